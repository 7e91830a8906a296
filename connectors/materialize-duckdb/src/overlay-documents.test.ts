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
    yield ['0 {"a":1}', '0 {"b":2}', '7 {"x":"ü\\""}'];
    yield [];
    yield ['7 {"y":1}', '8 {"z":1}'];
  }
  const found: string[] = [];
  let rowCount = 0;
  for await (const rows of overlayChains(batches())) {
    found.push(Buffer.from(rows.bytes).toString());
    rowCount += rows.rowCount;
  }
  expect(found.join('')).toBe(
    [
      '{"r":0,"d":"{\\"a\\":1,\\"b\\":2}"}\n',
      '{"r":7,"d":"{\\"x\\":\\"ü\\\\\\"\\",\\"y\\":1}"}\n',
      '{"r":8,"d":"{\\"z\\":1}"}\n',
    ].join(''),
  );
  expect(rowCount).toBe(3);
});
