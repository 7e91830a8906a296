import { fileURLToPath } from 'node:url';
import {
  connect,
  connectMaterialization,
  emptyState,
  Op,
  silentLog,
  wholeRange,
} from '@fairlead/sdk';
import { encodeDocuments, type SourceEvent, type SourceState, type Table } from '@fairlead/sdk';
import { tempFolder } from '@fairlead/testkit';
import { expect, test } from 'vitest';
import { duckdbRows } from '../destination/testing/duckdb-rows.ts';
import { airbyteDestination } from './airbyte-destination.ts';
import { airbyteSource } from './airbyte-source.ts';

const script = (name: string) => fileURLToPath(new URL(`testing/${name}`, import.meta.url));
const numbers = (config: object) =>
  connect(airbyteSource, { command: [process.execPath, script('numbers-source.mjs')], config });
const scope = { log: silentLog, signal: new AbortController().signal };

async function pullAll(config: object, state: SourceState) {
  const source = numbers(config);
  const [info] = await source.discover(scope);
  const bindings = [{ stream: 'numbers', stateKey: 'n', resource: info?.resource ?? null }];
  const events: SourceEvent[] = [];
  const request = { ...scope, bindings, state, until: 'caught-up', range: wholeRange } as const;
  for await (const event of source.pull(request)) events.push(event);
  const ids = events.flatMap((event) =>
    event.is === 'documents'
      ? Buffer.from(event.documents.bytes)
          .toString()
          .trim()
          .split('\n')
          .map((line) => JSON.parse(line).id)
      : [],
  );
  const patches = events.flatMap((event) => (event.is === 'checkpoint' ? [event.patch] : []));
  return { ids, patches, kinds: [...new Set(events.map(({ is }) => is))] };
}

test('a foreign source is checked and discovered', async () => {
  await expect(numbers({ last: 1 }).check(scope)).resolves.toBeUndefined();
  await expect(numbers({ last: -1 }).check(scope)).rejects.toMatchObject({ kind: 'config' });
  expect(await numbers({ last: 1 }).discover(scope)).toMatchObject([
    { name: 'numbers', key: ['/id'], cursor: '/id' },
  ]);
});

test('a foreign source goes on from its own state, which stays a text', async () => {
  const first = await pullAll({ last: 150 }, emptyState);
  expect(first.ids).toHaveLength(150);
  expect(first.kinds).toEqual(['backfill-begins', 'documents', 'checkpoint', 'caught-up']);
  const { bindings = {} } = first.patches.at(-1) ?? {};
  expect(JSON.parse(Object(bindings)['n'].state).stream.stream_state).toEqual({ at: 150 });
  const second = await pullAll({ last: 160 }, { bindings });
  expect(second.kinds).toEqual(['documents', 'checkpoint', 'caught-up']);
  expect(second.ids).toEqual([151, 152, 153, 154, 155, 156, 157, 158, 159, 160]);
});

test('what a foreign source says went wrong is a failure', async () => {
  await expect(pullAll({ last: 150, fails: true }, emptyState)).rejects.toMatchObject({
    kind: 'transient',
    message: 'The numbers ran out.',
  });
});

test('a foreign destination merges, deletes and begins anew', async () => {
  await using folder = await tempFolder();
  const path = folder.join('test.duckdb');
  const command = [process.execPath, '--import', 'tsx', '--conditions=source'];
  const settings = { command: [...command, script('duckdb-destination.ts')], config: { path } };
  const connected = connectMaterialization(airbyteDestination, settings);
  await connected.check(scope);
  const table: Table = {
    resource: { name: 'people' },
    columns: [
      { name: 'id', pointer: '/id', schema: { type: 'integer' }, key: true },
      { name: 'name', pointer: '/name', schema: { type: ['string', 'null'] }, key: false },
    ],
    write: 'merge',
    deletes: 'hard',
  };
  const rows = async () =>
    (await duckdbRows(path, 'SELECT id, name FROM people ORDER BY id')).map((row) => row.join(' '));
  await using destination = await connected.connect(scope);
  await using writer = await destination.open({ task: 't', range: wholeRange, tables: [table] });
  await writer.store(
    0,
    encodeDocuments([
      { id: 1, name: 'a' },
      { id: 2, name: 'b' },
    ]),
  );
  await writer.commit('');
  await writer.store(0, encodeDocuments([{ id: 1 }], Op.delete));
  await writer.store(0, encodeDocuments([{ id: 2, name: 'c' }]));
  await writer.commit('');
  expect(await rows()).toEqual(['2 c']);
  await writer.truncate(0);
  await writer.store(0, encodeDocuments([{ id: 3, name: 'd' }]));
  await writer.commit('');
  expect(await rows()).toEqual(['3 d']);
});
