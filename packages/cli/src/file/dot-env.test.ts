import { tempFolder } from '@fairlead/testkit';
import { expect, test } from 'vitest';
import { parseDotEnv, readDotEnv } from './dot-env.ts';

test.each([
  ['A=1', { A: '1' }],
  ['A=1\nB=2\r\nC=3', { A: '1', B: '2', C: '3' }],
  ['  export A = 1  ', { A: '1' }],
  ['A=', { A: '' }],
  ['A=a=b', { A: 'a=b' }],
  ['# A=1\nB=2 # two', { B: '2' }],
  ['A=b#c', { A: 'b#c' }],
  ['A=#c', { A: '' }],
  ["A='b # $c \\n'", { A: 'b # $c \\n' }],
  ['A="b # c\\n\\"d\\"\\\\e"', { A: 'b # c\n"d"\\e' }],
  ['A="\\q"', { A: '\\q' }],
  ['A="one\ntwo"\nB=3', { A: 'one\ntwo', B: '3' }],
  ["A='one\ntwo'\nB=3", { A: 'one\ntwo', B: '3' }],
  ['A="unclosed\nB=2', { A: '"unclosed', B: '2' }],
  ['A=1\nA=2', { A: '2' }],
  ['A=$(date) ${B}', { A: '$(date) ${B}' }],
  ['no assignment\n1A=2\nA-B=3', {}],
  ['__proto__=1', Object.fromEntries([['__proto__', '1']])],
])('%j', (text, expected) => {
  expect(Object.fromEntries(parseDotEnv(text))).toEqual(expected);
});

test('a file that is not there sets nothing', async () => {
  await using folder = await tempFolder();
  expect(readDotEnv(folder.join('.env')).size).toBe(0);
});

test('a folder in its place is an error', async () => {
  await using folder = await tempFolder();
  expect(() => readDotEnv(folder.path)).toThrow('EISDIR');
});
