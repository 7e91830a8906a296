import { checkpoint, documents, memorySource } from '@fairlead/testkit';
import { Failure } from '@fairlead/sdk';
import { describe, expect, test } from 'vitest';
import { launchInProcess } from '../preview/launch.ts';
import { captureRequests, type CaptureRequestDraft } from '../protocol/capture-messages.ts';
import type { CodecName } from '../protocol/codec.ts';
import { jsonText } from '../protocol/json-text.ts';
import { messageWriter } from '../protocol/message-writer.ts';
import { openOf } from '../testing/capture-task.ts';
import { serveCapture } from './serve-capture.ts';

const users = () =>
  memorySource({ streams: [{ name: 'users', script: [documents([{ id: 1 }]), checkpoint] }] });

/** Gives a capture some bytes and then the end of its input. */
async function feed(chunks: Iterable<Uint8Array>, codec: CodecName = 'json', source = users()) {
  const records: unknown[] = [];
  const launch = launchInProcess((io) => serveCapture(source, io), {
    onLog: (line) => records.push(JSON.parse(line)),
  });
  await using running = launch(codec);
  const output: Buffer[] = [];
  const reading = (async () => {
    for await (const chunk of running.output) output.push(Buffer.from(chunk));
  })();
  for (const chunk of chunks) await running.send(chunk);
  running.end();
  const { code, lastMessage } = await running.exited;
  await reading;
  return { code, lastMessage, last: records.at(-1), output: Buffer.concat(output).toString() };
}

const line = (text: string) => [Buffer.from(`${text}\n`)];

function* bytesOf(codec: CodecName, requests: readonly CaptureRequestDraft[]) {
  const writer = messageWriter<CaptureRequestDraft>(captureRequests, codec);
  for (const request of requests) yield Buffer.from(writer.encode(request));
}

describe('a capture ends with a failure, told by its last log record, on', () => {
  test.each([
    ['a malformed line', '{"spec":{"config":{}', 5, /^malformed JSON/],
    ['a line that is no object', '17', 5, /^malformed JSON/],
    ['an unknown request', '{"rewind":{}}', 5, /^a capture request of no known kind$/],
    ['an acknowledgement of nothing', '{"acknowledge":{"checkpoints":1}}', 5, /out of order/],
    [
      'settings that do not fit',
      '{"discover":{"config":{"account":7}}}',
      2,
      /^settings of source-memory: account: /,
    ],
    [
      'settings with a number that a double would change',
      '{"discover":{"config":{"account":12345678901234567890}}}',
      2,
      /^settings of source-memory: account: /,
    ],
    [
      'settings with a lone surrogate',
      '{"discover":{"config":{"account":"\\ud800"}}}',
      5,
      /lone surrogate/,
    ],
    [
      'a binding without a stream',
      '{"validate":{"config":{},"bindings":[{"resourceConfig":{}}]}}',
      2,
      /^binding 0: stream: the name of a stream is expected$/,
    ],
    [
      'two bindings of one stream',
      '{"validate":{"config":{},"bindings":[{"resourceConfig":{"stream":"a"}},{"resourceConfig":{"stream":"a"}}]}}',
      2,
      /^stream a: two bindings read this stream$/,
    ],
    [
      'several things at once',
      '{"validate":{"config":{},"bindings":[{"resourceConfig":{"stream":7}},{"resourceConfig":3}]}}',
      2,
      /^2 things are wrong: binding 0: .*; binding 1: /,
    ],
  ])('%s', async (_what, text, code, message) => {
    const ended = await feed(line(text));
    expect(ended).toMatchObject({ code, last: { level: 'error' }, output: '' });
    expect(ended.lastMessage).toMatch(message);
    expect(ended.lastMessage).not.toContain('\n');
  });

  test.each<[string, CodecName]>([
    ['JSON', 'json'],
    ['protobuf', 'proto'],
  ])('an input that ends in the middle of a message, in %s', async (_what, codec) => {
    const [bytes] = bytesOf(codec, [{ is: 'spec', config: jsonText({}) }]);
    const ended = await feed([bytes?.subarray(0, -2) ?? Buffer.alloc(0)], codec);
    expect(ended).toMatchObject({
      code: 5,
      lastMessage: 'the input ended in the middle of a capture request',
    });
  });

  test('a line of 100 MB, before all of it was kept', async () => {
    const piece = Buffer.alloc(1_000_000, 'x');
    const ended = await feed(Array.from({ length: 100 }, () => piece));
    expect(ended).toMatchObject({
      code: 5,
      lastMessage: 'a capture request is longer than 67108864 bytes',
    });
  });

  test('a message that says it has 4 GB', async () => {
    const ended = await feed([Buffer.from('ffffffff0a00', 'hex')], 'proto');
    expect(ended.lastMessage).toBe('a capture request is longer than 67108864 bytes');
  });

  test.each([
    [{ bindingStateV1: { users: { cursor: 'x' } } }, /^stream users: the saved state does not fit/],
    [{ bindingStateV1: [1] }, /^the saved state is not one of a capture/],
    ['a text', /^the saved state is not one of a capture/],
  ])('the state of another connector: %j', async (state, message) => {
    const ended = await feed(bytesOf('json', [openOf(['users'], { state })]));
    expect(ended.code).toBe(6);
    expect(ended.lastMessage).toMatch(message);
  });

  test('a part of the keys when the source cannot be split', async () => {
    const open = openOf(['users'], { range: { keyEnd: 0x7fff_ffff } });
    const ended = await feed(bytesOf('json', [open]));
    expect(ended).toMatchObject({
      code: 2,
      lastMessage:
        'key range 00000000-7fffffff: source-memory cannot be split over several shards. Join the shards of the task into one.',
    });
  });

  test.each<CodecName>(['json', 'proto'])('a second open, in %s', async (codec) => {
    const open = openOf(['users']);
    const ended = await feed(bytesOf(codec, [open, open]), codec);
    expect(ended).toMatchObject({ code: 5, lastMessage: 'the request "open" is out of order' });
  });

  test('a system that refuses', async () => {
    const refuses = new Failure('access', 'the account is locked', { hint: 'Ask its owner.' });
    const source = memorySource({ streams: [], refuses });
    const ended = await feed(line('{"validate":{"config":{}}}'), 'json', source);
    expect(ended).toMatchObject({
      code: 3,
      lastMessage: 'the account is locked. Ask its owner.',
      last: { fields: { kind: 'access' } },
    });
  });

  test('a bug, which is told with its stack', async () => {
    const source = memorySource({ streams: [], refuses: new TypeError('x is not a function') });
    const ended = await feed(line('{"validate":{"config":{}}}'), 'json', source);
    expect(ended).toMatchObject({
      code: 1,
      lastMessage: 'x is not a function',
      last: { fields: { error: expect.stringContaining('bad-input.test.ts') } },
    });
  });
});

test('nobody reading any more ends a capture with a failure', async () => {
  const script = Array.from({ length: 20 }, (_, id) => [documents([{ id }]), checkpoint]).flat();
  const source = memorySource({ streams: [{ name: 'users', script }] });
  await using running = launchInProcess((io) => serveCapture(source, io))('json');
  for (const bytes of bytesOf('json', [openOf(['users'])])) await running.send(bytes);
  for await (const _first of running.output) break;
  await running[Symbol.asyncDispose]();
  expect(await running.exited).toEqual({
    code: 4,
    lastMessage: 'the reader of the output has gone away',
  });
  expect(source.open).toBe(0);
});

test('an input without any request is no failure', async () => {
  expect(await feed([])).toMatchObject({ code: 0, output: '' });
});

test('members that nobody knows are ignored in requests and settings', async () => {
  const text =
    '{"discover":{"config":{"account":"a","_later":1},"secrets":{"/a":"b"}},"$internal":"AA=="}';
  expect(await feed(line(text))).toMatchObject({
    code: 0,
    output: expect.stringMatching(/^{"discovered":/),
  });
});
