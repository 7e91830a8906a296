import { createProjector } from '@fairlead/json';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { findNullKey } from './find-null-key.ts';
import { documentsOf } from './test-database.ts';

test.each([
  { rows: ['{"0":1,"1":2}', '{"0":"a","2":null}'], keys: 1, found: undefined },
  { rows: ['{"0":1}', '{"0":null,"1":2}'], keys: 1, found: { row: 1, column: 0 } },
  { rows: ['{"0":1}', '{}'], keys: 1, found: { row: 1, column: 0 } },
  { rows: ['{"1":1}'], keys: 1, found: { row: 0, column: 0 } },
  { rows: ['{"10":1}'], keys: 1, found: { row: 0, column: 0 } },
  { rows: ['{"o":3,"s":1}'], keys: 1, found: { row: 0, column: 0 } },
  { rows: ['{"0":1,"1":null}'], keys: 1, found: undefined },
  { rows: ['{"0":1,"1":null}'], keys: 2, found: { row: 0, column: 1 } },
  { rows: ['{"0":1}'], keys: 2, found: { row: 0, column: 1 } },
  { rows: ['{"0":1,"2":1}'], keys: 2, found: { row: 0, column: 1 } },
  { rows: ['{"0":"\\"}\\\\","1":true}'], keys: 2, found: undefined },
  { rows: ['{"0":"null","1":-1.5e3}'], keys: 2, found: undefined },
  { rows: ['{}'], keys: 0, found: undefined },
])('$rows with $keys key columns: $found', ({ rows, keys, found }) => {
  expect(findNullKey(documentsOf(rows).bytes, keys)).toEqual(found);
});

test('it finds in projected rows what is to be found', () => {
  const scalar = fc.oneof(
    fc.string(),
    fc.integer(),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.boolean(),
  );
  const value = fc.option(scalar, { freq: 12 });
  const document = fc.record(
    { a: value, b: value, c: fc.jsonValue() },
    { noNullPrototype: true, requiredKeys: ['c'] },
  );
  const projector = createProjector([
    { pointer: ['a'], form: 'plain' },
    { pointer: ['b'], form: 'text' },
    { pointer: ['c'], form: 'raw' },
  ]);
  fc.assert(
    fc.property(fc.array(document, { maxLength: 8 }), fc.boolean(), (documents, ops) => {
      const lines = documentsOf(documents.map((one) => JSON.stringify(one)));
      const options = ops
        ? { ops: new Uint8Array(documents.length), sequence: 7, presence: true }
        : {};
      const row = documents.findIndex(({ a, b }) => (a ?? null) === null || (b ?? null) === null);
      const column = (documents[row]?.a ?? null) === null ? 0 : 1;
      const expected = row === -1 ? undefined : { row, column };
      expect(findNullKey(projector.project(lines, options).bytes, 2)).toEqual(expected);
    }),
  );
});
