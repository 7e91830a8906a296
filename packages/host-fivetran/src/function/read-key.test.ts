import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { KeyIndex } from './key-index.ts';
import { readKey } from './read-key.ts';

const columns = (...names: readonly string[]) => names.map((name) => ({ name, path: [name] }));

/** Puts documents one after the other, and answers for each which one had its key before. */
function put(documents: readonly string[], key: ReturnType<typeof columns>): (number | string)[] {
  const index = new KeyIndex();
  return documents.map(
    (document, row) => readKey(Buffer.from(document), key, index) ?? index.put(row),
  );
}

describe('keys are the same', () => {
  test.each([
    ['1', '1'],
    ['1', ' 1'],
    ['10', '1e1'],
    ['10', '10.0'],
    ['1.5', '15e-1'],
    ['-0', '0'],
    ['-3', '-3.0'],
    ['12345678901234567890', '12345678901234567890.0'],
    ['"a"', '"\\u0061"'],
    ['"/"', '"\\/"'],
    ['"\\n"', '"\\u000a"'],
    ['"\u2028"', '"\\u2028"'],
    ['true', 'true'],
  ])('where a value is written %s and %s', (one, other) => {
    expect(put([`{"id":${one}}`, `{"id":${other}}`], columns('id'))).toEqual([-1, 0]);
    const nested = [`{"x":0,"id" : ${one} }`, `{"id":${other},"x":1}`];
    expect(put(nested, columns('id'))).toEqual([-1, 0]);
  });

  test.each([
    ['1', '"1"'],
    ['1', '10'],
    ['1', '-1'],
    ['1.5', '15'],
    ['"a"', '"A"'],
    ['true', '"true"'],
    ['12345678901234567890', '12345678901234567891'],
  ])('not where it is %s and %s', (one, other) => {
    expect(put([`{"id":${one}}`, `{"id":${other}}`], columns('id'))).toEqual([-1, -1]);
  });

  test('of several columns only when all are, each in its place', () => {
    const documents = ['{"a":1,"b":12}', '{"b":12,"a":1}', '{"a":11,"b":2}', '{"a":12,"b":1}'];
    expect(put(documents, columns('a', 'b'))).toEqual([-1, 0, -1, -1]);
  });
});

test.each([
  { document: '{}', missing: 'a' },
  { document: '{"a":null,"b":1}', missing: 'a' },
  { document: '{"a":1}', missing: 'b' },
  { document: '{"a":1,"b": null}', missing: 'b' },
])('of $document, $missing is missing, and the next key is not touched by it', (given) => {
  const documents = [given.document, '{"a":1,"b":2}', '{"a":1,"b":2}'];
  expect(put(documents, columns('a', 'b'))).toEqual([given.missing, -1, 1]);
});

test('the index knows of every key the row that had it last', () => {
  const key = fc.oneof(
    fc.nat(20),
    fc.nat(5_000),
    fc.string({ maxLength: 5 }),
    fc.string({ minLength: 900 }),
  );
  fc.assert(
    fc.property(fc.array(key, { maxLength: 1_500, size: 'max' }), (keys) => {
      const model = new Map<string, number>();
      const documents = keys.map((id) => JSON.stringify({ id }));
      const expected = keys.map((id, row) => {
        const before = model.get(JSON.stringify(id)) ?? -1;
        model.set(JSON.stringify(id), row);
        return before;
      });
      expect(put(documents, columns('id'))).toEqual(expected);
    }),
    { numRuns: 30 },
  );
});

test('keys are found wherever members are, and however they are written', () => {
  const value = fc.oneof(fc.integer({ min: -3, max: 12 }), fc.constantFrom('', 'x', 'a"b', 'ü'));
  const other = fc.constantFrom(
    'null',
    '-1.5e3',
    '"{\\""',
    '{"a":9,"b":[8]}',
    '[{"a":9}]',
    '"\\u0041"',
  );
  const document = fc.record({
    a: value,
    b: value,
    x: other,
    order: fc.shuffledSubarray(['a', 'b', 'x'], { minLength: 3 }),
    glue: fc.constantFrom(',', ' , '),
  });
  fc.assert(
    fc.property(fc.array(document, { maxLength: 60 }), (all) => {
      const model = new Map<string, number>();
      const texts = all.map(({ a, b, x, order, glue }) => {
        const members = { a: JSON.stringify(a), b: JSON.stringify(b), x };
        const list = order.map((name) => `"${name}":${members[name as keyof typeof members]}`);
        return `{${list.join(glue)}}`;
      });
      const expected = all.map(({ a, b }, row) => {
        const key = JSON.stringify([a, b]);
        const before = model.get(key) ?? -1;
        model.set(key, row);
        return before;
      });
      expect(put(texts, columns('a', 'b'))).toEqual(expected);
    }),
  );
});
