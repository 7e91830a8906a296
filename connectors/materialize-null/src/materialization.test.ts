import {
  connectMaterialization,
  createLog,
  encodeDocuments,
  type LogFields,
  wholeRange,
} from '@fairlead/sdk';
import { expect, test } from 'vitest';
import { nul } from './materialization.ts';

const signal = new AbortController().signal;
const table = {
  resource: { table: 'a' },
  columns: [],
  write: 'append',
  deletes: 'ignore',
} as const;

test('takes everything, keeps nothing, and says how much it was', async () => {
  const told: LogFields[] = [];
  const log = createLog((_, message, fields) => told.push({ message, ...fields }));
  const connected = connectMaterialization(nul, nul.address?.parse('null:'));
  await connected.check({ log, signal });
  await using destination = await connected.connect({ log, signal });
  expect(await destination.plan([table])).toEqual({ changes: [] });
  expect(await destination.saved({ task: 't', range: wholeRange })).toBeNull();
  await using writer = await destination.open({ task: 't', range: wholeRange, tables: [table] });
  expect(writer.checkpoint).toBeNull();
  await writer.store(0, encodeDocuments([{ id: 1 }, { id: 2 }]));
  await writer.truncate(0);
  expect(await writer.commit('one')).toBeNull();
  await writer.commit('two');
  expect(told).toEqual([
    { message: 'forgotten', documents: 2, bytes: 18 },
    { message: 'forgotten', documents: 0, bytes: 0 },
  ]);
});

test('a table that it was not told of is a bug of the host', async () => {
  const connected = connectMaterialization(nul, {});
  await using destination = await connected.connect({ log: createLog(() => {}), signal });
  await using writer = await destination.open({ task: 't', range: wholeRange, tables: [] });
  await expect(writer.store(0, encodeDocuments([{}]))).rejects.toThrow('there is no table 0');
  await writer.alter([table]);
  await writer.store(0, encodeDocuments([{}]));
});
