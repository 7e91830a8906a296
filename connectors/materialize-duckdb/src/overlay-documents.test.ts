import fc from 'fast-check';
import { expect, test } from 'vitest';
import { overlayChains, overlayDocument } from './overlay-documents.ts';

function overlay(document: string, patch: string): string {
  return Buffer.from(overlayDocument(Buffer.from(document), Buffer.from(patch))).toString();
}

test.each([
  ['{}', '{}', '{}'],
  ['{"a":1}', '{}', '{"a":1}'],
  ['{}', '{"a":1.10}', '{"a":1.10}'],
  ['{"a":1,"b":2,"c":3}', '{"b":{"x":null}}', '{"a":1,"b":{"x":null},"c":3}'],
  ['{"a":1}', '{"c":3,"b":2}', '{"a":1,"c":3,"b":2}'],
  ['{"a":{"x":1}}', '{"a":{"y":2}}', '{"a":{"y":2}}'],
  ['{"\\u0061":1}', '{"a":2}', '{"a":2}'],
  ['{"a" : 1e400 , "b":[] }', '{"c":null}', '{"a" : 1e400,"b":[],"c":null}'],
])('%s with %s over it is %s', (document, patch, result) => {
  expect(overlay(document, patch)).toBe(result);
});

test('it is what spreading objects gives', () => {
  const object = fc.dictionary(fc.string({ maxLength: 3 }), fc.jsonValue({ maxDepth: 1 }));
  fc.assert(
    fc.property(object, object, (document, patch) => {
      const merged = overlay(JSON.stringify(document), JSON.stringify(patch));
      expect(JSON.parse(merged)).toEqual(JSON.parse(JSON.stringify({ ...document, ...patch })));
    }),
  );
});

test('chains that go over several batches become a row for each key', async () => {
  async function* batches(): AsyncGenerator<readonly string[]> {
    yield [
      '36028797018960000 {"a":1}',
      '36028797018960000 {"b":2}',
      '36028797018960001 {"x":"ü\\""}',
    ];
    yield [];
    yield ['36028797018960001 {"y":1}', '36028797018960002 {"z":1}'];
  }
  const found: unknown[] = [];
  for await (const { rows, documents } of overlayChains(batches())) {
    for (const [index, row] of rows.entries())
      found.push([row, Buffer.from(documents[index] ?? []).toString()]);
  }
  expect(found).toEqual([
    [36028797018960000n, '{"a":1,"b":2}'],
    [36028797018960001n, '{"x":"ü\\"","y":1}'],
    [36028797018960002n, '{"z":1}'],
  ]);
});
