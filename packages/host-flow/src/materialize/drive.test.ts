import { memoryDestination } from '@fairlead/testkit';
import { expect, test } from 'vitest';
import { connectInProcess, spawnConnector } from './connection.ts';
import { drive, driveSpec, readFixture } from './drive.ts';
import { collections, makeTransactions } from './test-workload.ts';

test('a fixture is documents of collections, and a commit after each transaction', () => {
  const text =
    '["a",{"id":1}]\n["b",{"id":12345678901234567890}]\n{"commit":true}\n\n{"commit":true}\n["a",{"id":2}]\n';
  expect(readFixture(text)).toEqual([
    [
      { collection: 'a', document: { id: 1 } },
      { collection: 'b', document: { id: 12345678901234567890n } },
    ],
    [],
    [{ collection: 'a', document: { id: 2 } }],
  ]);
});

test.each(['["a"]', '{"id":1}', '["a",1]', '1'])('a fixture has no line like %s', (line) => {
  expect(() => readFixture(`["a",{}]\n${line}\n`)).toThrow(
    expect.objectContaining({ kind: 'data', where: 'line 2' }),
  );
});

test('a materialization tells its settings without any', async () => {
  const memory = memoryDestination({ commits: 'staged' });
  const { resourceConfigSchema } = await driveSpec(() => connectInProcess(memory, 'proto'));
  expect(resourceConfigSchema).toMatchObject({ type: 'object', required: ['table'] });
});

test('what a materialization says at its end is what fails', async () => {
  const memory = memoryDestination({ commits: 'staged', refuses: new Error('the door is closed') });
  const transactions = makeTransactions(1, 1);
  const driven = drive({
    connect: () => connectInProcess(memory, 'json'),
    task: 't',
    config: {},
    collections,
    transactions,
  });
  await expect(driven).rejects.toThrow('the door is closed');
});

test.each([
  ['a program that ends', ['-e', 'process.exit(3)'], 'exited with code 3'],
  [
    'a program that says why',
    ['-e', `console.error('{"message":"no luck"}'); process.exit(1)`],
    'no luck',
  ],
  ['a program that is no connector', ['-e', `console.log('hello')`], /malformed|expected|JSON/i],
])('%s is told', async (_, args, message) => {
  const connect = () => spawnConnector({ command: process.execPath, args }, 'json');
  await expect(driveSpec(connect)).rejects.toThrow(message);
});
