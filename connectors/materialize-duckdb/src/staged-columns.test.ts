import type { ValueColumn } from '@fairlead/json';
import { expect, test } from 'vitest';
import { patchColumns } from './staged-columns.ts';

function columns(...pointers: readonly string[][]): ValueColumn[] {
  return pointers.map((pointer) => ({ pointer, type: 'integer' }));
}

test.each([
  { of: columns(['a'], ['b'], []), members: [], witnessOf: [0, 1, 2] },
  { of: columns(['a', 'b'], ['a', 'c'], ['d']), members: ['a'], witnessOf: [3, 3, 2] },
  { of: columns(['a', 'b'], ['a']), members: [], witnessOf: [1, 1] },
  { of: columns(['a', 'x'], ['b', 'x', 'y']), members: ['a', 'b'], witnessOf: [2, 3] },
])('$of are replaced with $witnessOf', ({ of, members, witnessOf }) => {
  const found = patchColumns(of);
  expect(found.witnesses.map(({ pointer }) => pointer)).toEqual(members.map((name) => [name]));
  expect(found.witnessOf).toEqual(witnessOf);
});
