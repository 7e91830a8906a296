// What protobuf allows and Firestore does not send: fields twice, in another order, or that nobody knows.
import { pastField, pastVarint, varintAt, Wire } from './skip.ts';

/** A part of some bytes. */
export interface Range {
  start: number;
  end: number;
}

/** Where the key and the value of the map entry from `start` to `end` are: an absent one is empty. */
export interface Entry {
  readonly key: Range;
  readonly value: Range;
}

/** The map entry from `start` to `end`, or a word on what is wrong with it. */
export function readEntry(bytes: Uint8Array, start: number, end: number): Entry | string {
  const entry: Entry = { key: { start, end: start }, value: { start, end: start } };
  let values = 0;
  for (let at = start; at < end;) {
    const next = pastField(bytes, at, end);
    if (next < 0) return cutOff;
    const tag = varintAt(bytes, at);
    if (tag === 0x0a || tag === 0x12) {
      const range = tag === 0x0a ? entry.key : entry.value;
      if (tag === 0x12) values++;
      range.start = pastVarint(bytes, pastVarint(bytes, at, next), next);
      range.end = next;
    }
    at = next;
  }
  return values > 1 ? inPieces : entry;
}

/**
 * The one field of the `Value` from `start` to `end` that counts, with its tag; a word on what is wrong
 * when there is none.
 */
export function readValue(bytes: Uint8Array, start: number, end: number): Range | string {
  const found = { start: end, end };
  let foundTag = 0;
  for (let at = start; at < end;) {
    const next = pastField(bytes, at, end);
    if (next < 0) return cutOff;
    const tag = varintAt(bytes, at);
    if (valueTags.has(tag)) {
      // Protobuf joins a message that comes twice in a row with what came before it.
      if (tag === foundTag && messageTags.has(tag)) return inPieces;
      foundTag = tag;
      found.start = at;
      found.end = next;
    }
    at = next;
  }
  return foundTag === 0 ? noType : found;
}

export const cutOff = 'is cut off or garbled';
const noType = 'has no value, or one of a type that is not known';
const inPieces = 'comes in several pieces';

const valueTags = new Set([
  8 + Wire.varint,
  16 + Wire.varint,
  24 + Wire.fixed64,
  40 + Wire.length,
  48 + Wire.length,
  64 + Wire.length,
  72 + Wire.length,
  80 + Wire.length,
  88 + Wire.varint,
  136 + Wire.length,
  144 + Wire.length,
]);

const messageTags = new Set([48, 64, 72, 80].map((field) => field + Wire.length));
