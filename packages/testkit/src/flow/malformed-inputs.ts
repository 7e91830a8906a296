import type { CodecName, MessageSet } from '@fairlead/host-flow';

/** Bytes that no connector may take. */
export interface MalformedInput {
  readonly what: string;
  readonly input: readonly Uint8Array[];
}

/**
 * Inputs that are wrong in one way each.
 * @param good a request that is fine.
 */
export function malformedInputs(
  { codec, requests }: { readonly codec: CodecName; readonly requests: MessageSet },
  good: Buffer,
): readonly MalformedInput[] {
  const unopened = 'flush' in requests.shapes ? 'flush' : 'acknowledge';
  const tagOf = (name: string) => requests.shapes[name]?.tag ?? 0;
  const own =
    codec === 'json' ? wrongLines(unopened) : wrongFrames(tagOf(unopened), tagOf('validate'));
  return [
    ...own.map(({ what, input }) => ({ what, input: [input] })),
    { what: 'an end in the middle of a request', input: [good.subarray(0, -2)] },
    { what: 'an end in the middle of a second request', input: [good, good.subarray(0, 9)] },
  ];
}

interface Wrong {
  readonly what: string;
  readonly input: Uint8Array;
}

function wrongLines(unopened: string): readonly Wrong[] {
  return [
    { what: 'a malformed line', text: '{"spec":{"config":{}' },
    { what: 'a line that is no object', text: '17' },
    { what: 'a line of something else', text: 'GET / HTTP/1.1' },
    { what: 'an unknown request', text: '{"rewind":{}}' },
    { what: `a request out of order: ${unopened}`, text: `{"${unopened}":{}}` },
    { what: 'a lone surrogate', text: '{"validate":{"name":"a","config":{"a":"\\ud800"}}}' },
    { what: 'settings that are no object', text: '{"validate":{"name":"a","config":"text"}}' },
  ].map(({ what, text }) => ({ what, input: Buffer.from(`${text}\n`) }));
}

function wrongFrames(early: number, validate: number): readonly Wrong[] {
  const config = (json: string) => field(validate, field(1, 'a'), field(3, json));
  return [
    { what: 'a malformed message', body: Buffer.of(0x0a, 0x7f, 0x01) },
    { what: 'a message without a request', body: Buffer.alloc(0) },
    { what: 'an unknown request', body: field(77, '') },
    { what: 'a request out of order', body: field(early, '') },
    { what: 'settings that are no JSON', body: config('{"a":') },
    { what: 'a lone surrogate', body: config('{"a":"\\ud800"}') },
    { what: 'settings that are no object', body: config('"text"') },
  ].map(({ what, body }) => ({ what, input: frame(body) }));
}

/** A field of bytes with a number below 2¹¹ and less than 128 bytes. */
function field(tag: number, ...content: readonly (string | Uint8Array)[]): Buffer {
  const body = Buffer.concat(content.map((part) => Buffer.from(part)));
  const key = tag * 8 + 2;
  const keyBytes = key < 128 ? [key] : [(key & 127) | 128, key >> 7];
  return Buffer.concat([Buffer.of(...keyBytes, body.length), body]);
}

function frame(body: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32LE(body.length);
  return Buffer.concat([length, body]);
}
