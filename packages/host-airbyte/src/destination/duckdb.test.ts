import { duckdb } from '@fairlead/materialize-duckdb';
import { tempFolder } from '@fairlead/testkit';
import { expect, test } from 'vitest';
import { duckdbRows } from './testing/duckdb-rows.ts';
import { configured, record, runWrite, state, status } from './testing/run-destination.ts';

const properties = {
  id: { type: 'integer' },
  at: { type: ['null', 'string'], format: 'date-time' },
  price: { type: 'number' },
  tags: { type: 'array' },
};
const stream = (mode: string, generation: number, minimum: number) =>
  configured('orders', properties, {
    destination_sync_mode: mode,
    primary_key: [['id']],
    generation_id: generation,
    minimum_generation_id: minimum,
    sync_id: generation,
  });

const row = (id: number, more: object = {}) => record('orders', { id, ...more });
const complete = status('orders', 'COMPLETE');

test.each([
  { mode: 'append', rows: ['1', '2', '2', '3'] },
  { mode: 'append_dedup', rows: ['1', '2', '3'] },
  { mode: 'overwrite', rows: ['2', '3'] },
  { mode: 'overwrite_dedup', rows: ['2', '3'] },
])('$mode into DuckDB', async ({ mode, rows }) => {
  await using folder = await tempFolder();
  const config = { path: folder.join('test.duckdb') };
  const minimum = (generation: number) => (mode.startsWith('overwrite') ? generation : 0);
  const first = [row(1, { price: 1.5, tags: ['a'] }), row(2), state('orders', { p: 1 }), complete];
  const second = [
    row(2, { at: '2024-02-29T00:00:00Z' }),
    row(3),
    state('orders', { p: 2 }),
    complete,
  ];
  for (const [index, lines] of [first, second].entries()) {
    const streams = [stream(mode, index + 1, minimum(index + 1))];
    const { code, lines: told } = await runWrite(duckdb, streams, lines, { config });
    expect([code, ...told.map((line) => JSON.parse(line).type)]).toEqual([0, 'STATE']);
  }
  const found = await duckdbRows(config.path, 'SELECT id FROM orders ORDER BY id');
  expect(found.map(([id]) => String(id))).toEqual(rows);
});

test('an interrupted refresh goes on beside the table, and then takes its place', async () => {
  await using folder = await tempFolder();
  const config = { path: folder.join('test.duckdb') };
  const ids = async () =>
    (await duckdbRows(config.path, 'SELECT id FROM orders ORDER BY id')).map(([id]) => String(id));
  await runWrite(duckdb, [stream('append_dedup', 1, 0)], [row(1), complete], { config });
  const begun = [row(2), state('orders', { p: 1 })];
  const refresh = [stream('append_dedup', 2, 2)];
  const { code, lines } = await runWrite(duckdb, refresh, begun, { config });
  expect([code, ...lines.map((line) => JSON.parse(line).type)]).toEqual([1, 'STATE', 'TRACE']);
  expect(await ids()).toEqual(['1']);
  await runWrite(duckdb, refresh, [row(3), complete], { config });
  expect(await ids()).toEqual(['2', '3']);
});
