import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { hasVariables, substitute, VariableProblem } from './variables.ts';

const variables = {
  env: (name: string) => ({ NAME: 'value', EMPTY: '', DOLLAR: '${env:NAME}$&' })[name],
  file(path: string) {
    if (path === 'lines.txt') return 'one\ntwo\n\n';
    if (path === 'windows.txt') return 'one\r\n';
    throw Object.assign(new Error('no such file'), { code: 'ENOENT' });
  },
};

test.each([
  ['plain', 'plain'],
  ['', ''],
  ['${env:NAME}', 'value'],
  ['a-${env:NAME}-b-${env:NAME}', 'a-value-b-value'],
  ['${env:EMPTY}', ''],
  ['${env:EMPTY:-other}', 'other'],
  ['${env:MISSING:-other: 1}', 'other: 1'],
  ['${env:MISSING:-}', ''],
  ['${env:MISSING:-two\nlines}', 'two\nlines'],
  ['${env:NAME:-other}', 'value'],
  ['${file:lines.txt}', 'one\ntwo\n'],
  ['${file:windows.txt}', 'one'],
  ['$${env:NAME}', '${env:NAME}'],
  ['$$${env:NAME}', '$${env:NAME}'],
  ['$5 and {x}', '$5 and {x}'],
  ['${env:DOLLAR}', '${env:NAME}$&'],
])('%j becomes %j', (text, expected) => {
  expect(substitute(text, variables)).toBe(expected);
});

test.each([
  ['${env:MISSING}', 'the environment variable MISSING is not set'],
  ['${env:}', '"${env:}" does not name a variable'],
  ['${env:A-B}', '"${env:A-B}" does not name a variable'],
  ['${env:1A}', '"${env:1A}" does not name a variable'],
  ['${file:}', '"${file:}" names no file'],
  ['${file:none.txt}', 'the file "none.txt" cannot be read (ENOENT)'],
  ['${NAME}', '"${NAME}" is no variable'],
  ['${vault:key}', '"${vault:key}" is no variable'],
  ['${}', '"${}" is no variable'],
  ['${env:NAME', '"${" is not closed'],
  ['a ${', '"${" is not closed'],
])('%j is refused', (text, message) => {
  const replace = () => substitute(text, variables);
  expect(replace).toThrow(VariableProblem);
  expect(replace).toThrow(message);
});

test('a text without variables is never changed', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      fc.pre(!hasVariables(text));
      expect(substitute(text, variables)).toBe(text);
    }),
  );
});

test('any text can be written by escaping its variables', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      const written = text.replaceAll('${', () => '$${');
      expect(substitute(written, variables)).toBe(text);
    }),
    { examples: [['${env:NAME}'], ['a$${b'], ['$$${']] },
  );
});
