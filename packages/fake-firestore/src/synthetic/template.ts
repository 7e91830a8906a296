import type { Micros } from '../time/micros.ts';
import type { Ids } from './ids.ts';
import { mix } from './mix.ts';
import { integer, join, marked, nested, raw, text, varint, type Piece } from './wire-piece.ts';

/** Encoded documents of one length. Copying `bytes` and then calling `fill` gives one of them. */
export interface Template {
  readonly bytes: Buffer;
  /** Writes over what differs between documents; `at` is where the copy begins. */
  fill(out: Buffer, at: number, index: number): void;
}

export interface TemplateOptions {
  /** The name of every document up to its id. */
  readonly prefix: string;
  readonly ids: Ids;
  readonly seed: number;
  /** About how many bytes a document has. */
  readonly bytes: number;
  readonly createdAt: Micros;
}

const sentence = 'The harbour was quiet when the pilot came aboard and asked for the log. ';
/** How many beginnings the texts of documents have. */
const beginnings = 1 << 16;
const earliest = 1_600_000_000;

/**
 * The template of all documents whose index has `digits` bytes as a varint. Fields: index, score, active,
 * seen, label, place, tags and a text that fills the document up.
 */
export function createTemplate(options: TemplateOptions, digits: number): Template {
  const { ids, seed } = options;
  const room = options.bytes - build(options, digits, 0).bytes.length - 16;
  const textLength = Math.min(Math.max(0, room), 1_000_000);
  const prose = Buffer.alloc(textLength + beginnings, sentence);
  const { bytes, marks } = build(options, digits, textLength);
  const place = (name: string) => marks.get(name) ?? 0;
  const idAt = place('id');
  const indexAt = place('index');
  const scoreAt = place('score');
  const activeAt = place('active');
  const seenAt = place('seen');
  const labelAt = place('label');
  const textAt = place('text');
  return {
    bytes: Buffer.from(bytes),
    fill(out, at, index) {
      ids.write(out, at + idAt, index);
      const hash = mix(index, seed + 1);
      let rest = index;
      for (let byte = 0; byte < digits - 1; byte++) {
        out[at + indexAt + byte] = (rest & 127) | 128;
        rest >>>= 7;
      }
      out[at + indexAt + digits - 1] = rest;
      out.writeDoubleLE((hash % 100_000) / 100, at + scoreAt);
      out[at + activeAt] = hash & 1;
      let seconds = earliest + (hash >>> 5);
      for (let byte = 0; byte < 4; byte++) {
        out[at + seenAt + byte] = (seconds & 127) | 128;
        seconds >>>= 7;
      }
      out[at + seenAt + 4] = seconds;
      out.copy(out, at + labelAt, at + idAt, at + idAt + 8);
      if (textLength > 0) {
        const start = hash % beginnings;
        prose.copy(out, at + textAt, start, start + textLength);
      }
    },
  };
}

function build(options: TemplateOptions, digits: number, textLength: number): Piece {
  const { prefix, ids, createdAt } = options;
  const name = join(raw(Buffer.from(prefix)), marked('id', new Uint8Array(ids.length)));
  const time = timestamp(createdAt);
  const tags = nested(9, join(tag('north'), tag('sea')));
  return join(
    nested(1, name),
    member('index', join(raw([0x10]), marked('index', new Uint8Array(digits)))),
    member('score', join(raw([0x19]), marked('score', new Uint8Array(8)))),
    member('active', join(raw([0x08]), marked('active', [0]))),
    member('seen', nested(10, join(raw([0x08]), marked('seen', new Uint8Array(5))))),
    member('label', nested(17, marked('label', new Uint8Array(8)))),
    member('place', nested(8, raw([0x09, ...double(53.5), 0x11, ...double(10)]))),
    member('tags', tags),
    ...(textLength > 0
      ? [member('text', nested(17, marked('text', new Uint8Array(textLength))))]
      : []),
    nested(3, time),
    nested(4, time),
  );
}

function member(key: string, value: Piece): Piece {
  return nested(2, join(text(1, key), nested(2, value)));
}

function tag(word: string): Piece {
  return nested(1, text(17, word));
}

function timestamp(micros: Micros): Piece {
  const seconds = Math.floor(micros / 1e6);
  const nanos = (micros - seconds * 1e6) * 1000;
  return join(integer(1, seconds), nanos === 0 ? raw([]) : integer(2, nanos));
}

function double(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleLE(value);
  return bytes;
}

/** The bytes of an index as a varint. */
export function digitsOf(index: number): number {
  return varint(index).length;
}
