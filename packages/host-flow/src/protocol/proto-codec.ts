import { ByteWriter } from '@fairlead/json';
import { Failure } from '@fairlead/sdk';
import { BatchBuilder, type BatchItem, clearItem, emptyItem } from './batch-builder.ts';
import {
  type BatchName,
  documentOf,
  isKeyedBatch,
  type KeyedBatch,
  type Slices,
} from './batches.ts';
import type { Codec } from './codec.ts';
import type { MessageSet } from './message-set.ts';
import { DocumentPieces } from './document-pieces.ts';
import { readProto, sizeOfBytes, writeBytes, writeProto } from './proto-message.ts';
import { ProtoReader, varintLength, WireType, writeKey, writeVarint } from './proto-wire.ts';
import { fieldsByTag } from './shape-index.ts';
import { bufferOf } from './buffer-of.ts';

/** Messages as protobuf, each after its length as four bytes, the lowest first. */
export const protoCodec: Codec = {
  name: 'proto',

  announcedLength(bytes, start) {
    if (start + 4 > bytes.length) return undefined;
    return 4 + bufferOf(bytes).readUInt32LE(start);
  },

  frameEnd(bytes, start) {
    const length = protoCodec.announcedLength(bytes, start);
    return length === undefined || start + length > bytes.length ? undefined : start + length;
  },

  read(set, bytes, ends, strict) {
    const found: { readonly is: string }[] = [];
    const builder = new BatchBuilder(bytes);
    const item = emptyItem();
    let start = 0;
    for (const end of ends) {
      clearItem(item);
      const message = readMessage(set, bytes, start + 4, end, strict, item);
      start = end;
      const batch = typeof message === 'string' ? builder.add(message, item) : builder.take();
      if (batch !== undefined) found.push(batch);
      if (typeof message !== 'string') found.push(message);
    }
    const last = builder.take();
    if (last !== undefined) found.push(last);
    return found;
  },

  write(set, message, out) {
    if (isKeyedBatch(message)) return writeKeyed(set, message, out);
    const field = set.shapes[message.is];
    if (field === undefined) throw new Error(`no ${set.what} is called ${message.is}`);
    const body = new ByteWriter();
    writeProto(field.shape, message, body);
    writeLength(out, sizeOfBytes(field.tag, body.length));
    writeBytes(out, field.tag, body.view());
  },

  writeDocument(set, { is, binding, documents }, index, out) {
    const head = documentHead(binding);
    const document = documentOf(documents, index);
    const size = head.length + varintLength(document.length) + document.length;
    const tag = set.batches[is] ?? 0;
    writeLength(out, sizeOfBytes(tag, size));
    writeKey(out, tag, WireType.bytes);
    writeVarint(out, size);
    out.bytes(head);
    writeVarint(out, document.length);
    out.bytes(document);
  },

  documentOutput(set, output) {
    const pieces = new DocumentPieces(output);
    return {
      write({ is, binding, documents }, from) {
        const key = (set.batches[is] ?? 0) * 8 + WireType.bytes;
        const between = Buffer.concat([Buffer.of(key), documentHead(binding)]);
        return pieces.write(documents, from, { form: 'frames', first: none, between });
      },
    };
  },
};

const none = new Uint8Array(0);

/** What is before the length of a document in its message. */
function documentHead(binding: number): Uint8Array {
  const head = new ByteWriter(16);
  if (binding !== 0) writeNumber(head, 1, binding);
  writeKey(head, 2, WireType.bytes);
  return head.take();
}

/** A single message, or the name of the batch that `item` is part of. */
function readMessage(
  set: MessageSet,
  bytes: Uint8Array,
  start: number,
  end: number,
  strict: boolean,
  item: BatchItem,
): { readonly is: string } | BatchName {
  const reader = new ProtoReader(bytes, start, end);
  let found: { readonly is: string } | BatchName | undefined;
  while (!reader.done) {
    const key = reader.key();
    const tag = key >>> 3;
    const isMessage = (key & 7) === WireType.bytes;
    const batch = isMessage ? batchWithTag(set, tag) : undefined;
    const named = isMessage ? fieldsByTag(set.shapes).get(tag) : undefined;
    if (batch === undefined && named === undefined) {
      if (strict && tag !== internalTag)
        throw new Failure('data', `no ${set.what} has number ${tag}`);
      reader.skip(key & 7);
      continue;
    }
    if (found !== undefined) throw new Failure('data', `a ${set.what} is one message, not two`);
    if (batch !== undefined) {
      const length = reader.length();
      readItem(bytes, reader.at, reader.at + length, batch, strict, item);
      reader.at += length;
      found = batch;
    } else if (named?.field.kind === 'message') {
      found = { is: named.name, ...readProto(named.field.shape, reader.bytes(), strict) };
    }
  }
  if (found === undefined) throw new Failure('data', `a ${set.what} of no known kind`);
  return found;
}

const internalTag = 100;
const batchNames: readonly BatchName[] = ['store', 'load', 'captured', 'loaded'];

function batchWithTag(set: MessageSet, tag: number): BatchName | undefined {
  for (const name of batchNames) if (set.batches[name] === tag) return name;
  return undefined;
}

/** The fields of messages that come in batches. Those with documents alone have them as number 2. */
const Keyed = { key: 2, keyPacked: 3, values: 4, valuesPacked: 5, doc: 6, exists: 7, delete: 8 };

function readItem(
  bytes: Uint8Array,
  start: number,
  end: number,
  is: BatchName,
  strict: boolean,
  item: BatchItem,
): void {
  const reader = new ProtoReader(bytes, start, end);
  const isDocument = is === 'captured' || is === 'loaded';
  while (!reader.done) {
    const key = reader.key();
    const wireType = key & 7;
    const tag = key >>> 3;
    if (tag === 1 && wireType === WireType.varint) item.binding = reader.varint();
    else if (tag === Keyed.exists && wireType === WireType.varint && is === 'store') {
      if (reader.varint64() !== 0n) item.flags |= 1;
    } else if (tag === Keyed.delete && wireType === WireType.varint && is === 'store') {
      if (reader.varint64() !== 0n) item.flags |= 2;
    } else if (wireType === WireType.bytes) {
      const length = reader.length();
      const known = place(item, isDocument ? (tag === 2 ? Keyed.doc : 0) : tag, reader.at, length);
      if (!known && strict) throw new Failure('data', `there is no field ${tag} in this message`);
      reader.at += length;
    } else reader.skip(wireType);
  }
  if (isDocument && item.docEnd === item.docStart) {
    throw new Failure('data', `a message "${is}" has no document`);
  }
}

/** Notes where a field of bytes is. Empty ones are as if they were not there. */
function place(item: BatchItem, tag: number, start: number, length: number): boolean {
  if (tag === Keyed.doc) {
    item.docStart = start;
    item.docEnd = start + length;
    return true;
  }
  if (tag < Keyed.key || tag > Keyed.valuesPacked) return false;
  if (length === 0) return true;
  if (tag === Keyed.keyPacked || tag === Keyed.valuesPacked) item.packed = true;
  if (tag === Keyed.key || tag === Keyed.keyPacked) {
    item.keyStart = start;
    item.keyEnd = start + length;
  } else {
    item.valuesStart = start;
    item.valuesEnd = start + length;
  }
  return true;
}

function writeKeyed(set: MessageSet, batch: KeyedBatch, out: ByteWriter): void {
  const tag = set.batches[batch.is] ?? 0;
  const body = new ByteWriter();
  for (let index = 0; index < batch.keys.starts.length; index++) {
    body.truncate(0);
    if (batch.binding !== 0) writeNumber(body, 1, batch.binding);
    writeSlice(body, batch.packed ? Keyed.keyPacked : Keyed.key, batch.keys, index);
    if (batch.is === 'store') {
      writeSlice(body, batch.packed ? Keyed.valuesPacked : Keyed.values, batch.values, index);
      writeSlice(body, Keyed.doc, batch.documents, index);
      const flags = batch.flags[index] ?? 0;
      if ((flags & 1) !== 0) writeNumber(body, Keyed.exists, 1);
      if ((flags & 2) !== 0) writeNumber(body, Keyed.delete, 1);
    }
    writeLength(out, sizeOfBytes(tag, body.length));
    writeBytes(out, tag, body.view());
  }
}

function writeSlice(out: ByteWriter, tag: number, slices: Slices, index: number): void {
  const start = slices.starts[index] ?? 0;
  const end = slices.ends[index] ?? 0;
  if (end > start) writeBytes(out, tag, slices.bytes.subarray(start, end));
}

function writeNumber(out: ByteWriter, tag: number, value: number): void {
  writeKey(out, tag, WireType.varint);
  writeVarint(out, value);
}

function writeLength(out: ByteWriter, length: number): void {
  for (let shift = 0; shift < 32; shift += 8) out.byte(length >>> shift);
}
