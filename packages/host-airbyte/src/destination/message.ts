import {
  decodeValue,
  JsonSyntaxError,
  members,
  validateJson,
  type ByteRange,
  type JsonFault,
} from '@fairlead/json';
import { Failure } from '@fairlead/sdk';
import type { StreamStatus } from '../protocol/messages.ts';
import type { StreamDescriptor } from '../protocol/stream-id.ts';

/** A line of input that is a message, as far as a destination cares about it. */
export type Message = RecordMessage | StateMessage | StatusMessage | { readonly is: 'other' };

export interface RecordMessage {
  readonly is: 'record';
  readonly stream: StreamDescriptor;
  /** The row, an object. */
  readonly data: ByteRange;
  /** The number literal; absent when there is none. */
  readonly emittedAt: ByteRange | undefined;
  /** What is between the brackets of `meta.changes`; absent when that is empty. */
  readonly changes: Uint8Array | undefined;
}

export interface StateMessage {
  readonly is: 'state';
  /** Of a state of one stream; absent when it covers all that came before. */
  readonly stream: StreamDescriptor | undefined;
  /** The object under `state`. */
  readonly state: ByteRange;
}

interface StatusMessage {
  readonly is: 'status';
  readonly stream: StreamDescriptor;
  readonly status: StreamStatus;
}

/**
 * The message on a line, its members in any order; undefined when the line is no message. Written for
 * the lines that are not like the one before: see `record-layout.ts` for those that are.
 * @throws {Failure} data, for a record without stream or data, and for one that is not valid JSON:
 * what else is no message may be a line that some library has printed, but that would be a row lost.
 */
export function readMessage(line: Uint8Array): Message | undefined {
  const fault = validateJson(line);
  if (fault !== undefined && seemsRecord(line)) throw badRecord(fault);
  // What a source writes into its state is its own affair, as long as it can be given back.
  if (fault !== undefined && !isLoose(line)) return undefined;
  try {
    const envelope = objectAt(line, { start: 0, end: line.length });
    switch (textAt(line, envelope?.get('type'))) {
      case 'RECORD':
        if (fault !== undefined) throw badRecord(fault);
        return readRecord(line, envelope?.get('record'));
      case 'STATE':
        return readState(line, envelope?.get('state'));
      case 'TRACE':
        return readTrace(line, envelope?.get('trace'));
      case undefined:
        return undefined;
      default:
        return other;
    }
  } catch (error) {
    // A name that is no text, such as one with a lone surrogate.
    if (error instanceof JsonSyntaxError) return undefined;
    throw error;
  }
}

const other: Message = { is: 'other' };

function badRecord({ reason }: JsonFault): Failure {
  return new Failure('data', `a record is not valid JSON: ${reason}`);
}

/** Whether a line is JSON in which strings may hold halves of characters. */
function isLoose(line: Uint8Array): boolean {
  try {
    JSON.parse(Buffer.from(line).toString());
    return true;
  } catch {
    return false;
  }
}

/** Whether a line begins as records do. */
function seemsRecord(line: Uint8Array): boolean {
  const begin = Buffer.from(line.subarray(0, 64)).toString('latin1');
  return /^\s*\{\s*"type"\s*:\s*"RECORD"/.test(begin);
}

function readRecord(line: Uint8Array, place: ByteRange | undefined): Message {
  const record = objectAt(line, place);
  const stream = streamOf(line, record?.get('stream'), record?.get('namespace'));
  const data = record?.get('data');
  if (stream === undefined || data === undefined || line[data.start] !== openBrace) {
    const where = stream === undefined ? {} : { where: `stream ${stream.name}` };
    throw new Failure('data', 'a record has no stream or no object as its data', where);
  }
  const changes = objectAt(line, record?.get('meta'))?.get('changes');
  return {
    is: 'record',
    stream,
    data,
    emittedAt: record?.get('emitted_at'),
    changes: changes && insideOfArray(line, changes),
  };
}

function readState(line: Uint8Array, place: ByteRange | undefined): Message | undefined {
  const state = objectAt(line, place);
  if (place === undefined || state === undefined) return undefined;
  const type = textAt(line, state.get('type'));
  const own = objectAt(line, state.get('stream'));
  if (type === 'GLOBAL' || type === 'LEGACY' || own === undefined) {
    return { is: 'state', stream: undefined, state: place };
  }
  const descriptor = objectAt(line, own.get('stream_descriptor'));
  const stream = streamOf(line, descriptor?.get('name'), descriptor?.get('namespace'));
  return stream && { is: 'state', stream, state: place };
}

function readTrace(line: Uint8Array, place: ByteRange | undefined): Message {
  const trace = objectAt(line, place);
  const report = objectAt(line, trace?.get('stream_status'));
  const descriptor = objectAt(line, report?.get('stream_descriptor'));
  const stream = streamOf(line, descriptor?.get('name'), descriptor?.get('namespace'));
  const status = textAt(line, report?.get('status'));
  if (textAt(line, trace?.get('type')) !== 'STREAM_STATUS' || stream === undefined) return other;
  return isStatus(status) ? { is: 'status', stream, status } : other;
}

function isStatus(status: string | undefined): status is StreamStatus {
  return (
    status === 'STARTED' || status === 'RUNNING' || status === 'COMPLETE' || status === 'INCOMPLETE'
  );
}

function streamOf(
  line: Uint8Array,
  namePlace: ByteRange | undefined,
  namespacePlace: ByteRange | undefined,
): StreamDescriptor | undefined {
  const name = textAt(line, namePlace);
  const namespace = textAt(line, namespacePlace);
  if (name === undefined) return undefined;
  return namespace === undefined ? { name } : { name, namespace };
}

/** The members of an object; of those with one name the last, as `JSON.parse` has it. */
function objectAt(
  line: Uint8Array,
  place: ByteRange | undefined,
): ReadonlyMap<string, ByteRange> | undefined {
  if (place === undefined || firstByte(line, place) !== openBrace) return undefined;
  const found = new Map<string, ByteRange>();
  for (const { name, start, end } of members(line, place.start, place.end)) {
    found.set(name, { start, end });
  }
  return found;
}

/** Undefined for what is no string. */
function textAt(line: Uint8Array, place: ByteRange | undefined): string | undefined {
  if (place === undefined || line[place.start] !== quote) return undefined;
  return String(decodeValue(line, place.start, place.end));
}

function insideOfArray(line: Uint8Array, { start, end }: ByteRange): Uint8Array | undefined {
  if (line[start] !== openBracket) return undefined;
  const inside = Buffer.from(line.subarray(start + 1, end - 1))
    .toString('utf8')
    .trim();
  return inside === '' ? undefined : Buffer.from(inside);
}

function firstByte(line: Uint8Array, { start, end }: ByteRange): number | undefined {
  let at = start;
  while (at < end && (line[at] ?? 0) <= 0x20) at++;
  return line[at];
}

const quote = 0x22;
const openBracket = 0x5b;
const openBrace = 0x7b;
