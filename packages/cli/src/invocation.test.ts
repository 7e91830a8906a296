import { Failure } from '@fairlead/sdk';
import { expect, test } from 'vitest';
import { conclude } from './invocation.ts';
import { OutputClosed, type Output } from './output.ts';

const failure = new Failure('data', 'a row is torn');
const closed: Output = { write: () => Promise.reject(new OutputClosed()) };

test('a result is written before its failure is thrown', async () => {
  const written: unknown[] = [];
  const output: Output = { write: async (text) => void written.push(text) };
  await expect(conclude(output, 'table\n', failure)).rejects.toBe(failure);
  await conclude(output, 'more\n', undefined);
  expect(written).toEqual(['table\n', 'more\n']);
});

test('a reader that has left hides no failure', async () => {
  await expect(conclude(closed, 'table\n', failure)).rejects.toBe(failure);
  await expect(conclude(closed, 'table\n', undefined)).rejects.toThrow(OutputClosed);
});

test('a result that cannot be written is a failure of its own', async () => {
  const full: Output = { write: () => Promise.reject(new Error('disk full')) };
  await expect(conclude(full, 'table\n', failure)).rejects.toThrow('disk full');
});
