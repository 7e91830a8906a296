import type { Documents } from '@fairlead/sdk';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { StoreBatch } from '../protocol/batches.ts';
import {
  materializeRequests,
  type MaterializeRequestDraft,
} from '../protocol/materialize-messages.ts';
import { messageWriter } from '../protocol/message-writer.ts';
import type { BoundTable, TupleField } from './bind-table.ts';
import { packTuple } from './pack-tuple.ts';
import { requestReader } from './request-reader.ts';
import { StoreBatches } from './store-batches.ts';

interface Store {
  readonly key: readonly unknown[];
  readonly values: readonly unknown[];
  readonly document: unknown;
  readonly flags: number;
}

type Form = 'json' | 'spaced json' | 'proto';

const awkward = fc.constantFrom('"', '\\', '{', ']', ',', '\n', '\0', 'é', '🚢', 'x'.repeat(15));
const text = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 40 }),
  fc.array(awkward, { maxLength: 30 }).map((parts) => parts.join('')),
  fc.constantFrom('2026-08-21T10:00:00.1234567Z', '2026-08-21T10:00:00.12Z', '.12345678901'),
);
const plain = fc.oneof(
  fc.constantFrom(null, true, false),
  fc.constantFrom(0, 1, -1, 255, -255, 256, 65_536, 2 ** 48, -(2 ** 48), 2 ** 53 - 1, 1 - 2 ** 53),
  fc.maxSafeInteger(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  text,
);
const value = fc.oneof(
  { weight: 5, arbitrary: plain },
  { weight: 1, arbitrary: fc.array(plain, { maxLength: 3 }) },
  { weight: 1, arbitrary: fc.dictionary(text, plain, { maxKeys: 3 }) },
);
const field = (name: string) =>
  fc
    .constantFrom<TupleField['source']>('document', 'tuple', 'tuple', 'published', 'text')
    .map((source): TupleField => ({ name, source }));
const names = ['id', 'say "hi"', 'naïve', 'a_long_name_of_more_than_32_bytes_in_all', 'e'];
const fields = (most: number) =>
  fc.nat(most).chain((count) => fc.tuple(...names.slice(0, count).map((name) => field(name))));

const bound: fc.Arbitrary<BoundTable> = fc.record({
  name: fc.constant('t'),
  form: fc.constantFrom('document', 'row', 'row'),
  document: fc.constantFrom('flow_document', 'flow_document', ''),
  keys: fields(2),
  values: fields(5),
  table: fc.record({
    resource: fc.constant({}),
    columns: fc.constant([]),
    write: fc.constantFrom('merge', 'append'),
    deletes: fc.constantFrom('hard', 'ignore'),
  }),
});

/** Stores with as many elements as there are fields, or, sometimes, not. */
function storesFor({ keys, values }: BoundTable): fc.Arbitrary<readonly Store[]> {
  const elements = (count: number) =>
    fc.oneof(
      { weight: 12, arbitrary: fc.array(value, { minLength: count, maxLength: count }) },
      { weight: 1, arbitrary: fc.array(value, { maxLength: 6 }) },
    );
  return fc.array(
    fc.record({
      key: elements(Math.max(1, keys.length)),
      values: elements(values.length),
      document: fc.dictionary(text, value, { maxKeys: 5 }),
      flags: fc.nat(3),
    }),
    { maxLength: 12 },
  );
}

/** The stores as they come, in one batch or several. */
function* batchesOf(stores: readonly Store[], form: Form): Generator<StoreBatch> {
  const codec = form === 'proto' ? 'proto' : 'json';
  const bytesOf = (given: unknown): Buffer => {
    const json = JSON.stringify(given);
    if (form === 'spaced json') return Buffer.from(JSON.stringify(given, null, ' '));
    return Buffer.from(json);
  };
  const tupleOf = (tuple: readonly unknown[]) =>
    codec === 'proto' ? packTuple(tuple) : bytesOf(tuple);
  const slices = (pieces: readonly Buffer[]) => {
    let end = 0;
    const ends = Uint32Array.from(pieces, ({ length }) => (end += length));
    const starts = ends.map((stop, index) => stop - (pieces[index]?.length ?? 0));
    return { bytes: Buffer.concat(pieces), starts, ends };
  };
  const message: StoreBatch = {
    is: 'store',
    binding: 0,
    packed: codec === 'proto',
    keys: slices(stores.map(({ key }) => tupleOf(key))),
    values: slices(stores.map(({ values }) => tupleOf(values))),
    documents: slices(stores.map(({ document }) => bytesOf(document))),
    flags: Uint8Array.from(stores, ({ flags }) => flags),
  };
  const writer = messageWriter<MaterializeRequestDraft>(materializeRequests, codec);
  for (const request of requestReader(codec).read(writer.encode(message))) {
    if (request.is === 'store') yield request;
  }
}

function added(batches: Iterable<StoreBatch>, table: BoundTable, trustsInserts: boolean) {
  const gathered = new StoreBatches(table, trustsInserts);
  const taken: Documents[] = [];
  try {
    for (const batch of batches) {
      for (let next = 0; next < batch.flags.length;) {
        next = gathered.add(batch, next);
        if (gathered.isFull) taken.push(gathered.take());
      }
    }
  } catch (error) {
    return { taken: taken.map(told), failure: String(error) };
  }
  taken.push(gathered.take());
  return { taken: taken.map(told) };
}

function told({ bytes, ends, ops }: Documents) {
  return {
    text: Buffer.from(bytes).toString('latin1'),
    ends: [...ends],
    ops: ops === undefined ? undefined : [...ops],
  };
}

/** The same without what the kernel knows of them. */
function* withoutKernel(batches: Iterable<StoreBatch>): Generator<StoreBatch> {
  for (const { kernel: _, ...batch } of batches) yield batch;
}

describe.each<Form>(['json', 'spaced json', 'proto'])('stores in %s', (form) => {
  test('become the same rows by the kernel and without it', () => {
    let byKernel = 0;
    const stored = bound.chain((table) => fc.tuple(fc.constant(table), storesFor(table)));
    fc.assert(
      fc.property(stored, fc.boolean(), ([table, stores], trustsInserts) => {
        for (const { kernel } of batchesOf(stores, form)) if (kernel !== undefined) byKernel++;
        const quick = added(batchesOf(stores, form), table, trustsInserts);
        const slow = added(withoutKernel(batchesOf(stores, form)), table, trustsInserts);
        expect(quick).toEqual(slow);
      }),
      { numRuns: 300 },
    );
    expect(byKernel).toBeGreaterThan(100);
  });

  test('fill batches of a megabyte alike', () => {
    const table: BoundTable = {
      name: 't',
      form: 'row',
      document: 'doc',
      keys: [{ name: 'id', source: 'tuple' }],
      values: [{ name: 'at', source: 'published' }],
      table: { resource: {}, columns: [], write: 'merge', deletes: 'hard' },
    };
    const stores = Array.from({ length: 6000 }, (_, id) => ({
      key: [id],
      values: [`2026-08-21T10:00:00.${id % 100 === 0 ? '"' : ''}1234567Z`],
      document: { id, text: 'é"'.repeat(id % 1000 === 0 ? 30_000 : id % 300) },
      flags: id % 4,
    }));
    const quick = added(batchesOf(stores, form), table, true);
    expect(quick.taken.length).toBeGreaterThan(2);
    expect(quick).toEqual(added(withoutKernel(batchesOf(stores, form)), table, true));
  });
});

test('a document of protobuf may have line breaks, and its row has none', () => {
  const writer = messageWriter<MaterializeRequestDraft>(materializeRequests, 'proto');
  const slices = (piece: Buffer) => ({
    bytes: piece,
    starts: Uint32Array.of(0),
    ends: Uint32Array.of(piece.length),
  });
  const message = writer.encode({
    is: 'store',
    binding: 0,
    packed: true,
    keys: slices(packTuple([{ a: 1 }])),
    values: slices(packTuple(['x'])),
    documents: slices(Buffer.from('{\n "a": 1\n}')),
    flags: Uint8Array.of(0),
  });
  const fieldsOf = (...all: string[]) => all.map((name): TupleField => ({ name, source: 'tuple' }));
  const table: BoundTable = {
    name: 't',
    form: 'row',
    document: 'doc',
    keys: fieldsOf('k'),
    values: fieldsOf('v'),
    table: { resource: {}, columns: [], write: 'append', deletes: 'ignore' },
  };
  const rows = (form: BoundTable['form']) => {
    const batches = requestReader('proto').read(message) as Iterable<StoreBatch>;
    return added(batches, { ...table, form }, false).taken.map(({ text: line }) => line);
  };
  expect(rows('row')).toEqual(['{"k":{"a":1},"v":"x","doc":{  "a": 1 }}\n']);
  expect(rows('document')).toEqual(['{  "a": 1 }\n']);
});
