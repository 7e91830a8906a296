import type { ByteWriter } from '@fairlead/json';
import { Failure } from '@fairlead/sdk';
import { decodeBase64 } from './base64.ts';
import type { BatchItem } from './batch-builder.ts';
import type { BatchName } from './batches.ts';
import {
  backslash,
  closeBrace,
  colon,
  comma,
  malformed,
  openBrace,
  openBracket,
  pass,
  quote,
  skipSpace,
  stringEnd,
  valueEnd,
} from './json-scan.ts';
import type { ScanKernel } from './scan-kernel.ts';

/** Finds messages that come in batches, on the lines of some bytes. */
export interface BatchScan {
  readonly bytes: Uint8Array;
  /** Where packed keys and values go, which are base64 in JSON. */
  readonly side: ByteWriter;
  /** Which messages there are. */
  readonly names: readonly BatchName[];
  /** Whether a member that no table has is a failure rather than skipped. */
  readonly strict: boolean;
  /** Finds the ends of objects and arrays in `bytes`. */
  readonly kernel: ScanKernel;
}

/**
 * Which of the messages the line from `start` to `end` is, as far as its first member tells, with
 * what it says in `item`; undefined when it is none of them.
 * @throws {Failure} data
 */
export function scanBatchLine(
  scan: BatchScan,
  start: number,
  end: number,
  item: BatchItem,
): BatchName | undefined {
  const { bytes } = scan;
  const nameStart = pass(openBrace, bytes, start, end);
  if (nameStart >= end || bytes[nameStart] !== quote) return undefined;
  const found = scan.names.find((name) => isToken(bytes, nameStart, end, tokens[name]));
  if (found === undefined) return undefined;
  let at = pass(colon, bytes, nameStart + tokens[found].length, end);
  if (bytes[at] !== openBrace) return undefined;
  at = skipSpace(bytes, scanBatchBody(scan, found, at, end, item), end);
  // Nothing of ours follows; what does is passed over.
  while (at < end && bytes[at] === comma) {
    at = stringEnd(bytes, pass(comma, bytes, at, end), end);
    at = skipSpace(bytes, valueEnd(bytes, pass(colon, bytes, at, end), end), end);
  }
  if (pass(closeBrace, bytes, at, end) !== end) throw malformed('more follows the message');
  return found;
}

/**
 * Reads the object at `at` as a message into `item`.
 * @returns the index after it.
 * @throws {Failure} data
 */
export function scanBatchBody(
  scan: BatchScan,
  is: BatchName,
  start: number,
  end: number,
  item: BatchItem,
): number {
  const { bytes } = scan;
  let at = pass(openBrace, bytes, start, end);
  while (bytes[at] !== closeBrace || at >= end) {
    if (at >= end || bytes[at] !== quote) throw malformed('a name is expected');
    const nameStart = at;
    const nameEnd = stringEnd(bytes, at, end);
    const valueStart = pass(colon, bytes, nameEnd, end);
    const stop = endOf(scan, valueStart, end);
    takeMember(scan, nameStart, nameEnd, valueStart, stop, item);
    at = skipSpace(bytes, stop, end);
    if (at < end && bytes[at] === comma) at = pass(comma, bytes, at, end);
    else if (bytes[at] !== closeBrace) throw malformed('"," or "}" is expected');
  }
  const isDocument = is === 'captured' || is === 'loaded';
  if (isDocument && item.docEnd === item.docStart) {
    throw new Failure('data', `a message "${is}" has no document`);
  }
  return at + 1;
}

function takeMember(
  scan: BatchScan,
  nameStart: number,
  nameEnd: number,
  start: number,
  end: number,
  item: BatchItem,
): void {
  const { bytes } = scan;
  switch (memberOf(bytes, nameStart, nameEnd)) {
    case 'binding':
      item.binding = naturalNumber(bytes, start, end);
      return;
    case 'key':
      item.keyStart = start;
      item.keyEnd = end;
      return;
    case 'values':
      item.valuesStart = start;
      item.valuesEnd = end;
      return;
    case 'doc':
      item.docStart = start;
      item.docEnd = end;
      return;
    case 'keyPacked':
      if (bytes[start] === nullStart) return;
      item.packed = true;
      item.keyStart = scan.side.length;
      packed(scan, start, end);
      item.keyEnd = scan.side.length;
      return;
    case 'valuesPacked':
      if (bytes[start] === nullStart) return;
      item.packed = true;
      item.valuesStart = scan.side.length;
      packed(scan, start, end);
      item.valuesEnd = scan.side.length;
      return;
    case 'exists':
      item.flags |= bytes[start] === trueStart ? 1 : 0;
      return;
    case 'delete':
      item.flags |= bytes[start] === trueStart ? 2 : 0;
      return;
    case undefined:
      if (!scan.strict) return;
      throw new Failure('data', 'there is no such member in this message');
  }
}

/** The index after the value that begins at `start`. */
function endOf({ bytes, kernel }: BatchScan, start: number, end: number): number {
  const first = start < end ? bytes[start] : undefined;
  if (first !== openBrace && first !== openBracket) return valueEnd(bytes, start, end);
  const stop = kernel.containerEnd(start, end);
  if (stop === 0) throw malformed('it ends too early');
  return stop;
}

/** The member whose name is the token from `start` to `end`. */
function memberOf(bytes: Uint8Array, start: number, end: number): MemberName | undefined {
  const candidate = candidates[placeOf(end - start, bytes[start + 1] ?? 0)];
  if (candidate === undefined || !isToken(bytes, start, end, candidate.token)) return undefined;
  return candidate.name;
}

/** The length of a name, with its quotes, and its first letter are enough to tell which it can be. */
function placeOf(length: number, first: number): number {
  return length < longestToken ? length * 128 + (first & 0x7f) : 0;
}

type MemberName =
  | 'binding'
  | 'key'
  | 'keyPacked'
  | 'values'
  | 'valuesPacked'
  | 'doc'
  | 'exists'
  | 'delete';

const nullStart = 0x6e;
const trueStart = 0x74;

const memberNames: Readonly<Record<string, MemberName>> = {
  binding: 'binding',
  key: 'key',
  key_json: 'key',
  keyPacked: 'keyPacked',
  key_packed: 'keyPacked',
  values: 'values',
  values_json: 'values',
  valuesPacked: 'valuesPacked',
  values_packed: 'valuesPacked',
  doc: 'doc',
  doc_json: 'doc',
  exists: 'exists',
  delete: 'delete',
};

const longestToken = 16;

interface Candidate {
  readonly token: Uint8Array;
  readonly name: MemberName;
}

const candidates: readonly (Candidate | undefined)[] = Object.entries(memberNames).reduce(
  (places, [text, name]) => {
    const token = Buffer.from(`"${text}"`);
    places[placeOf(token.length, text.charCodeAt(0))] = { token, name };
    return places;
  },
  Array.from<Candidate | undefined>({ length: longestToken * 128 }),
);

const tokens: Readonly<Record<BatchName, Uint8Array>> = {
  captured: Buffer.from('"captured"'),
  loaded: Buffer.from('"loaded"'),
  load: Buffer.from('"load"'),
  store: Buffer.from('"store"'),
};

function isToken(bytes: Uint8Array, start: number, end: number, token: Uint8Array): boolean {
  if (end - start < token.length) return false;
  for (let index = 0; index < token.length; index++) {
    if (bytes[start + index] !== token[index]) return false;
  }
  return true;
}

function naturalNumber(bytes: Uint8Array, start: number, end: number): number {
  let value = 0;
  for (let at = start; at < end; at++) {
    const digit = (bytes[at] ?? 0) - 0x30;
    if (digit < 0 || digit > 9 || value > 0x1999_9999) {
      throw malformed('the number of a binding is expected');
    }
    value = value * 10 + digit;
  }
  if (value > 0xffff_ffff) throw malformed('the number of a binding is expected');
  return value;
}

function packed({ bytes, side }: BatchScan, start: number, end: number): void {
  if (bytes[start] !== quote) throw malformed('base64 in a string is expected');
  if (bytes.subarray(start, end).includes(backslash)) throw malformed('base64 has no escapes');
  decodeBase64(bytes, start + 1, end - 1, side);
}
