import fc from 'fast-check';
import type { Batch, BatchName, Slices } from '../protocol/batches.ts';
import type { MessageSet } from '../protocol/message-set.ts';
import { protoOf } from '../protocol/proto-message.ts';
import {
  defaultOf,
  type DraftOf,
  type Field,
  type Shape,
  type SingleField,
} from '../protocol/shape.ts';

/** Any single message of a set, with every kind of field present or not. */
export function arbitraryMessage(set: MessageSet): fc.Arbitrary<{ readonly is: string }> {
  const kinds = Object.entries(set.shapes).map(([is, field]) =>
    arbitraryShape(field.shape).map((fields) => ({ is, ...fields })),
  );
  return fc.oneof(...kinds);
}

/** Any batch of this kind. */
export function arbitraryBatch(is: BatchName): fc.Arbitrary<Batch> {
  const binding = fc.nat(70_000);
  if (is === 'captured' || is === 'loaded') {
    return fc
      .tuple(binding, fc.array(document, { minLength: 1, maxLength: 5 }))
      .map(([number, documents]) => ({ is, binding: number, documents: linesOf(documents) }));
  }
  const item = fc.record({
    key: fc.array(fc.oneof(fc.integer(), fc.string({ unit: 'grapheme' }))),
    values: fc.option(fc.array(fc.jsonValue())),
    document: fc.option(document),
    flags: fc.nat(3),
  });
  const items = fc.array(item, { minLength: 1, maxLength: 5 });
  return fc.tuple(binding, items, fc.boolean()).map(([number, found, packed]): Batch => {
    const keys = slicesOf(found.map(({ key }) => JSON.stringify(key)));
    if (is === 'load') return { is, binding: number, packed, keys };
    return {
      is,
      binding: number,
      packed,
      keys,
      values: slicesOf(found.map(({ values }) => (values === null ? '' : JSON.stringify(values)))),
      documents: slicesOf(found.map((one) => one.document ?? '')),
      flags: Uint8Array.from(found.map(({ flags }) => flags)),
    };
  });
}

/** What a batch says, without saying where it lies in memory. */
export function plainBatch(message: { readonly is: string }): unknown {
  const plain = (value: unknown): unknown => {
    if (isSlices(value)) {
      const { bytes, starts, ends } = value;
      return [...starts].map((start, index) => latin1(bytes.subarray(start, ends[index])));
    }
    if (value instanceof Uint8Array) return latin1(value);
    if (value instanceof Uint32Array) return [...value];
    if (Array.isArray(value)) return value.map(plain);
    if (typeof value === 'bigint') return `${value}n`;
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, plain(part)]));
  };
  return plain(message);
}

const document = fc
  .dictionary(fc.string(), fc.jsonValue(), { maxKeys: 4 })
  .map((value) => JSON.stringify(value));

const json = fc.jsonValue().map((value) => Buffer.from(JSON.stringify(value)));

function arbitraryShape(shape: Shape): fc.Arbitrary<Record<string, unknown>> {
  const always: Record<string, fc.Arbitrary<unknown>> = {};
  const sometimes: Record<string, fc.Arbitrary<unknown>> = {};
  for (const [name, field] of Object.entries(shape)) {
    // What has no number is in JSON alone.
    if (field.tag === 0) always[name] = fc.constant(defaultOf(field));
    else if (defaultOf(field) === undefined) sometimes[name] = arbitraryField(field);
    else always[name] = arbitraryField(field);
  }
  return fc.record({ ...always, ...sometimes }, { requiredKeys: Object.keys(always) });
}

function arbitraryField(field: Field): fc.Arbitrary<unknown> {
  if (field.kind === 'list') return fc.array(arbitrarySingle(field.of), { maxLength: 2 });
  if (field.kind === 'map') {
    return fc.dictionary(fc.string(), arbitrarySingle(field.of), {
      maxKeys: 3,
      noNullPrototype: true,
    });
  }
  return arbitrarySingle(field);
}

function arbitrarySingle(field: SingleField): fc.Arbitrary<unknown> {
  switch (field.kind) {
    case 'string':
      return fc.string({ unit: 'grapheme' });
    case 'bool':
      return fc.boolean();
    case 'uint32':
    case 'fixed32':
      return fc.nat(0xffff_ffff);
    case 'int64':
      return fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n);
    case 'fixed64':
      return fc.bigInt(0n, 2n ** 64n - 1n);
    case 'double':
      // Neither codec tells the zeros apart.
      return fc.double({ noNaN: true }).map((value) => value + 0);
    case 'json':
      return json;
    case 'bytes':
      return fc.uint8Array({ minLength: 1 });
    case 'enum':
      return fc.constantFrom(...Object.keys(field.names));
    case 'message':
      return arbitraryShape(field.shape);
    case 'opaque':
      return arbitraryShape(field.shape).map((draft) =>
        protoOf(field.shape, draft as DraftOf<Shape>),
      );
  }
}

function linesOf(documents: readonly string[]) {
  const lines = documents.map((text) => Buffer.from(`${text}\n`));
  let end = 0;
  const ends = Uint32Array.from(lines, (line) => (end += line.length));
  return { bytes: Buffer.concat(lines), ends };
}

function slicesOf(pieces: readonly string[]): Slices {
  const parts = pieces.map((piece) => Buffer.from(piece));
  let end = 0;
  const ends = Uint32Array.from(parts, (part) => (end += part.length));
  const starts = ends.map((stop, index) => stop - (parts[index]?.length ?? 0));
  return { bytes: Buffer.concat(parts), starts, ends };
}

function isSlices(value: unknown): value is Slices {
  return typeof value === 'object' && value !== null && 'starts' in value;
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('latin1');
}
