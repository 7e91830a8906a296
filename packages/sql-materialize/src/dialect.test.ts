import { expect, test } from 'vitest';
import { doubleQuoted, singleQuoted } from './dialect.ts';

test.each([
  ['plain', '"plain"', "'plain'"],
  ['a"b', '"a""b"', `'a"b'`],
  ["it's", `"it's"`, "'it''s'"],
  ['\\n', '"\\n"', "'\\n'"],
  ['', '""', "''"],
])('%s is quoted as %s and %s', (text, identifier, literal) => {
  expect(doubleQuoted(text)).toBe(identifier);
  expect(singleQuoted(text)).toBe(literal);
});
