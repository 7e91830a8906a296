import fc from 'fast-check';
import { expect, test } from 'vitest';
import { jsonText } from './json-text.ts';

test('is the same value', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 5 }), (value) => {
      // A minus zero has no sign in JSON.
      expect(JSON.parse(jsonText(value))).toEqual(JSON.parse(JSON.stringify(value)));
    }),
  );
});

test('objects are over several lines, lists on one where they fit', () => {
  const long = Array.from({ length: 9 }, (_, index) => `number ${index}`);
  expect(jsonText({ a: [], b: {}, c: [1, 'x', null], d: [{ e: true }, []], long, gone: undefined }))
    .toBe(`{
  "a": [],
  "b": {},
  "c": [1, "x", null],
  "d": [
    {
      "e": true
    },
    []
  ],
  "long": [
    "number 0",
    "number 1",
    "number 2",
    "number 3",
    "number 4",
    "number 5",
    "number 6",
    "number 7",
    "number 8"
  ]
}
`);
});
