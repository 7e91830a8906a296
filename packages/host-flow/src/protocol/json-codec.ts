import { DocumentPieces } from './document-pieces.ts';
import { ByteWriter, members, JsonSyntaxError } from '@fairlead/json';
import { Failure } from '@fairlead/sdk';
import { BatchBuilder, type BatchItem, clearItem, emptyItem } from './batch-builder.ts';
import {
  type BatchName,
  type DocumentBatch,
  documentOf,
  isKeyedBatch,
  type KeyedBatch,
  type Slices,
} from './batches.ts';
import type { Codec } from './codec.ts';
import { type BatchScan, scanBatchBody, scanBatchLine } from './json-batch.ts';
import { onOneLine, readJson, writeJson } from './json-message.ts';
import { malformed, skipSpace } from './json-scan.ts';
import type { MessageSet } from './message-set.ts';
import { fieldsByName } from './shape-index.ts';
import { ScanKernel } from './scan-kernel.ts';

/** Messages as JSON, one on a line. */
export const jsonCodec: Codec = {
  name: 'json',

  announcedLength: () => undefined,

  frameEnd(bytes, start, searched) {
    const newline = bytes.indexOf(0x0a, Math.max(start, searched));
    return newline === -1 ? undefined : newline + 1;
  },

  read(set, bytes, ends, strict) {
    const found: { readonly is: string }[] = [];
    const side = new ByteWriter(16);
    const builder = new BatchBuilder(bytes, side);
    const names = batchNames(set);
    const scan: BatchScan = { bytes, side, names, strict, kernel: new ScanKernel(bytes) };
    const item = emptyItem();
    let start = 0;
    for (const end of ends) {
      const lineEnd = end - 1;
      const begin = skipSpace(bytes, start, lineEnd);
      start = end;
      if (begin === lineEnd) continue;
      clearItem(item);
      const is = scanBatchLine(scan, begin, lineEnd, item);
      const message = is === undefined ? readLine(set, scan, begin, lineEnd, item) : is;
      const batch = typeof message === 'string' ? builder.add(message, item) : builder.take();
      if (batch !== undefined) found.push(batch);
      if (typeof message !== 'string') found.push(message);
    }
    const last = builder.take();
    if (last !== undefined) found.push(last);
    return found;
  },

  writeDocument(_set, batch, index, out) {
    out.ascii(documentPrefix(batch));
    out.bytes(documentOf(batch.documents, index));
    out.bytes(after);
  },

  documentOutput(_set, output) {
    const pieces = new DocumentPieces(output);
    return {
      write(batch, from) {
        const first = Buffer.from(documentPrefix(batch));
        const between = Buffer.concat([after, first]);
        return pieces.write(batch.documents, from, { form: 'lines', first, between });
      },
    };
  },

  write(set, message, out) {
    if (isKeyedBatch(message)) return writeKeyed(message, out);
    const shape = set.shapes[message.is]?.shape;
    if (shape === undefined) throw new Error(`no ${set.what} is called ${message.is}`);
    out.ascii(`{"${message.is}":`);
    writeJson(shape, message, out);
    out.ascii('}\n');
  },
};

/** A single message; the name of a batch when the line is part of one after all. */
function readLine(
  set: MessageSet,
  scan: BatchScan,
  start: number,
  end: number,
  item: BatchItem,
): { readonly is: string } | BatchName {
  const { bytes, strict } = scan;
  let found: { readonly is: string } | BatchName | undefined;
  for (const member of topMembers(bytes, start, end)) {
    const { name } = member;
    const isNull = bytes[member.start] === 0x6e;
    const batch = scan.names.find((candidate) => candidate === name);
    const named = fieldsByName(set.shapes).get(name);
    if (isNull || name === '$internal') continue;
    if (batch === undefined && named === undefined) {
      if (strict) throw new Failure('data', `no ${set.what} has a member "${name}"`);
      continue;
    }
    if (found !== undefined) throw new Failure('data', `a ${set.what} is one message, not two`);
    if (batch !== undefined) {
      scanBatchBody(scan, batch, member.start, member.end, item);
      found = batch;
    } else if (named?.field.kind === 'message') {
      found = { is: named.name, ...readJson(named.field.shape, bytes, member, strict) };
    }
  }
  if (found === undefined) throw new Failure('data', `a ${set.what} of no known kind`);
  return found;
}

function* topMembers(bytes: Uint8Array, start: number, end: number) {
  try {
    yield* members(bytes, start, end);
  } catch (error) {
    throw error instanceof JsonSyntaxError ? malformed(error.reason) : error;
  }
}

function batchNames(set: MessageSet): readonly BatchName[] {
  const all: readonly BatchName[] = ['store', 'load', 'captured', 'loaded'];
  return all.filter((name) => set.batches[name] !== undefined);
}

function documentPrefix({ is, binding }: DocumentBatch): string {
  return `{"${is}":{"binding":${binding},"doc":`;
}

const after = Buffer.from('}}\n');

function writeKeyed(batch: KeyedBatch, out: ByteWriter): void {
  const { keys } = batch;
  for (let index = 0; index < keys.starts.length; index++) {
    out.ascii(`{"${batch.is}":{`);
    if (batch.binding !== 0) out.ascii(`"binding":${batch.binding},`);
    writeKeyMember(batch.packed ? '"keyPacked":' : '"key":', keys, index, batch.packed, out);
    if (batch.is === 'store') {
      const { values, documents, packed, flags } = batch;
      const valuesName = packed ? ',"valuesPacked":' : ',"values":';
      writeKeyMember(valuesName, values, index, packed, out);
      writeKeyMember(',"doc":', documents, index, false, out);
      const flag = flags[index] ?? 0;
      if ((flag & 1) !== 0) out.ascii(',"exists":true');
      if ((flag & 2) !== 0) out.ascii(',"delete":true');
    }
    out.ascii('}}\n');
  }
}

function writeKeyMember(
  name: string,
  slices: Slices,
  index: number,
  packed: boolean,
  out: ByteWriter,
): void {
  const start = slices.starts[index] ?? 0;
  const end = slices.ends[index] ?? 0;
  if (start === end) return;
  out.ascii(name);
  const piece = slices.bytes.subarray(start, end);
  if (packed) out.ascii(`"${Buffer.from(piece).toString('base64')}"`);
  else out.bytes(onOneLine(piece));
}
