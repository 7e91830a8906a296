import { type CommitPattern, type Materialization } from '@fairlead/sdk';
import { memoryDestination, storedRows, type MemoryDestination } from '@fairlead/testkit';
import { describe, expect, test } from 'vitest';
import { replacingDestination } from './testing/replacing.ts';
import { configured, record, runWrite, state, status } from './testing/run-destination.ts';

const properties = { id: { type: 'integer' }, name: { type: ['null', 'string'] } };
const begun = [status('users', 'STARTED'), status('users', 'RUNNING')];
const complete = status('users', 'COMPLETE');

function users(mode: string, generation?: number, minimum?: number): object {
  const ids =
    generation === undefined
      ? {}
      : { generation_id: generation, minimum_generation_id: minimum ?? 0, sync_id: 7 };
  return configured('users', properties, {
    destination_sync_mode: mode,
    primary_key: [['id']],
    ...ids,
  });
}

/** The rows as `id name generation`. */
function rowsOf({ disk }: MemoryDestination, table = 'users'): readonly string[] | undefined {
  return storedRows(disk, table)?.map(({ values }) =>
    ['id', 'name', '_airbyte_generation_id'].map((name) => String(values[name])).join(' '),
  );
}

const row = (id: number, name: string) => record('users', { id, name });

const patterns: readonly CommitPattern[] = ['in-destination', 'staged', 'at-least-once'];
const destinations = [
  ...patterns.map((commits) => ({
    kind: commits as string,
    open: () => memoryDestination({ commits }),
  })),
  { kind: 'replacing', open: replacingDestination },
];

describe.each(destinations)('with a $kind destination', ({ open }) => {
  test.each([
    { mode: 'append', rows: ['1 a 1', '2 b 1', '1 c 2', '3 d 2'] },
    { mode: 'append_dedup', rows: ['1 c 2', '2 b 1', '3 d 2'] },
  ])('$mode keeps what is there', async ({ mode, rows }) => {
    const destination = open();
    await runWrite(destination, [users(mode, 1)], [...begun, row(1, 'a'), row(2, 'b'), complete]);
    const second = [...begun, row(1, 'c'), row(3, 'd'), state('users', { at: 2 }), complete];
    const { code, lines } = await runWrite(destination, [users(mode, 2)], second);
    expect(code).toBe(0);
    expect(rowsOf(destination)).toEqual(rows);
    expect(lines.map((line) => JSON.parse(line).state.destinationStats)).toEqual([
      { recordCount: 2 },
    ]);
  });

  test.each([
    { mode: 'overwrite', generation: 2, minimum: 2, rows: ['1 c 2', '1 d 2'] },
    { mode: 'overwrite', generation: 1, minimum: 1, rows: ['1 c 1', '1 d 1'] },
    { mode: 'overwrite_dedup', generation: 2, minimum: 2, rows: ['1 d 2'] },
    {
      mode: 'overwrite',
      generation: undefined,
      minimum: undefined,
      rows: ['1 c null', '1 d null'],
    },
    { mode: 'append', generation: 2, minimum: 2, rows: ['1 c 2', '1 d 2'] },
    { mode: 'append_dedup', generation: 2, minimum: 2, rows: ['1 d 2'] },
  ])('$mode replaces by generation $generation', async ({ mode, generation, minimum, rows }) => {
    const destination = open();
    await runWrite(destination, [users(mode, 1)], [...begun, row(1, 'a'), row(2, 'b'), complete]);
    const again = users(mode, generation, minimum);
    const lines = [...begun, row(1, 'c'), row(1, 'd'), complete];
    expect((await runWrite(destination, [again], lines)).code).toBe(0);
    expect(rowsOf(destination)).toEqual(rows);
  });

  test('a stream without records that is complete leaves an empty table', async () => {
    const destination = open();
    await runWrite(destination, [users('append', 1)], [row(1, 'a'), complete]);
    await runWrite(destination, [users('overwrite', 2, 2)], [...begun, complete]);
    expect(rowsOf(destination)).toEqual([]);
  });

  test('a stream that is not complete replaces nothing, and the sync fails', async () => {
    const destination = open();
    await runWrite(destination, [users('append', 1)], [row(1, 'a'), complete]);
    const lines = [...begun, row(2, 'b'), status('users', 'INCOMPLETE')];
    const { code, lines: told } = await runWrite(destination, [users('overwrite', 2, 2)], lines);
    expect(code).toBe(1);
    expect(JSON.parse(told.at(-1) ?? '').trace.error.failure_type).toBe('transient_error');
    expect(rowsOf(destination)).toEqual(['1 a 1']);
  });
});

test('a sync of the same generation goes on with what an interrupted one has gathered', async () => {
  const destination = replacingDestination();
  await runWrite(destination, [users('append', 1)], [row(1, 'a'), complete]);
  const first = [...begun, row(2, 'b'), state('users', { page: 1 })];
  const { lines } = await runWrite(destination, [users('overwrite', 2, 2)], first);
  expect(lines.filter((line) => line.includes('"STATE"'))).toHaveLength(1);
  expect(rowsOf(destination)).toEqual(['1 a 1']);
  await runWrite(destination, [users('overwrite', 2, 2)], [...begun, row(3, 'c'), complete]);
  expect(rowsOf(destination)).toEqual(['2 b 2', '3 c 2']);
});

test('what an interrupted sync has gathered is not for another generation', async () => {
  const destination = replacingDestination();
  await runWrite(destination, [users('overwrite', 2, 2)], [...begun, row(2, 'b')]);
  await runWrite(destination, [users('overwrite', 3, 3)], [...begun, row(3, 'c'), complete]);
  expect(rowsOf(destination)).toEqual(['3 c 3']);
  expect(rowsOf(destination, 'users_airbyte_generation_2')).toEqual([]);
});

test.each(['append', 'append_dedup'])(
  '%s keeps the rows of a host that never raises the generation',
  async (mode) => {
    const destination = replacingDestination();
    for (const id of [1, 2]) {
      await runWrite(destination, [users(mode, 1, 1)], [...begun, row(id, 'a'), complete]);
    }
    expect(rowsOf(destination)).toEqual(['1 a 1', '2 a 1']);
  },
);

test('a host without statuses completes a sync by its end', async () => {
  const destination = replacingDestination();
  expect((await runWrite(destination, [users('overwrite')], [row(1, 'a')])).code).toBe(0);
  expect(rowsOf(destination)).toEqual(['1 a null']);
});

test('deletions that a source reads from a log take rows away', async () => {
  const destination = memoryDestination({ commits: 'in-destination' });
  const at = { type: ['null', 'string'], format: 'date-time' };
  const stream = configured(
    'users',
    { ...properties, _ab_cdc_deleted_at: at },
    { destination_sync_mode: 'append_dedup', primary_key: [['id']] },
  );
  const gone = record('users', { id: 1, _ab_cdc_deleted_at: '2024-01-01T00:00:00Z' });
  const kept = record('users', { id: 2, name: 'b', _ab_cdc_deleted_at: null });
  await runWrite(destination, [stream], [row(1, 'a'), kept, gone]);
  expect(rowsOf(destination)).toEqual(['2 b null']);
});

test('a value that does not fit is null, and the row says so', async () => {
  const destination = memoryDestination({ commits: 'in-destination' });
  const changes = [{ field: 'x', change: 'TRUNCATED', reason: 'SOURCE_FIELD_SIZE_LIMITATION' }];
  const lines = [
    record('users', { id: 'one', name: 'a' }),
    record('users', { id: 2, name: 3, other: {} }, { meta: { changes } }),
    record('users', { id: 3, _airbyte_meta: 'of another sync', _airbyte_raw_id: 1 }),
    record('users', { id: 4 }, { meta: { changes: [] } }),
  ];
  await runWrite(destination, [users('append')], lines);
  const nulled = { change: 'NULLED', reason: 'DESTINATION_TYPECAST_ERROR' };
  expect(
    storedRows(destination.disk, 'users')?.map(({ values }) => [
      values['id'],
      values['name'],
      values['_airbyte_meta'],
    ]),
  ).toEqual([
    [null, 'a', { changes: [{ field: 'id', ...nulled }] }],
    [2, null, { changes: [...changes, { field: 'name', ...nulled }] }],
    [3, null, { changes: [] }],
    [4, null, { changes: [] }],
  ]);
});

test('states come back as they were, in order, with what was committed for each', async () => {
  const destination = memoryDestination({ commits: 'in-destination' });
  const odd =
    '{"state": {"zeta":1e2, "type":"GLOBAL","global":{"shared_state":{"lsn":9007199254740993}},"destinationStats":null}, "type":"STATE"}';
  const lines = [row(1, 'a'), state('users', { at: 1 }), row(2, 'b'), row(3, 'c'), odd, complete];
  const { lines: told } = await runWrite(destination, [users('append', 1)], lines);
  expect(told).toEqual([
    '{"type":"STATE","state":{"type":"STREAM","stream":{"stream_descriptor":{"name":"users"},"stream_state":{"at":1}},"destinationStats":{"recordCount":1.0}}}',
    odd.replace('null', '{"recordCount":2.0}'),
  ]);
});

test('no state comes back before what it stands for is committed', async () => {
  const told: string[] = [];
  const memory = memoryDestination({
    commits: 'in-destination',
    at: (point) => {
      told.push(point);
      if (point === 'commit') throw new Error('the disk is full');
    },
  });
  const { code, lines } = await runWrite(
    memory,
    [users('append', 1)],
    [row(1, 'a'), state('users', { at: 1 }), complete],
  );
  expect(code).toBe(1);
  expect(told).toContain('commit');
  expect(lines.map((line) => JSON.parse(line).type)).toEqual(['TRACE']);
});

test.each<{ what: string; streams: object[]; lines: (object | string)[]; type: string }>([
  {
    what: 'an unknown stream',
    streams: [users('append')],
    lines: [record('x', {})],
    type: 'config_error',
  },
  {
    what: 'a mode that is not supported',
    streams: [users('soft_delete')],
    lines: [],
    type: 'config_error',
  },
  { what: 'a minimum between', streams: [users('append', 3, 2)], lines: [], type: 'config_error' },
  {
    what: 'a key that is null',
    streams: [users('append_dedup')],
    lines: [record('users', { id: null })],
    type: 'system_error',
  },
  {
    what: 'a record without data',
    streams: [users('append')],
    lines: ['{"type":"RECORD","record":{"stream":"users"}}'],
    type: 'system_error',
  },
  {
    what: 'no terminal status',
    streams: [users('append', 1)],
    lines: [row(1, 'a')],
    type: 'transient_error',
  },
])('$what ends with a $type', async ({ streams, lines, type }) => {
  const destination = memoryDestination({ commits: 'in-destination' });
  const { code, lines: told } = await runWrite(destination, streams, lines);
  expect(code).toBe(1);
  expect(JSON.parse(told.at(-1) ?? '').trace.error.failure_type).toBe(type);
});

test('a signal makes durable what has come, and completes nothing', async () => {
  const destination: MemoryDestination & Materialization = replacingDestination();
  await runWrite(destination, [users('append', 1)], [row(1, 'a'), complete]);
  const stop = new AbortController();
  async function* input() {
    const { linesOf } = await import('./testing/run-destination.ts');
    yield linesOf([row(2, 'b'), state('users', { page: 1 })]);
    stop.abort();
    throw stop.signal.reason;
  }
  const { runCommand } = await import('./testing/run-destination.ts');
  const { tempFolder } = await import('@fairlead/testkit');
  await using folder = await tempFolder();
  const config = await folder.write('config.json', '{}');
  const streams = [users('overwrite', 2, 2)];
  const catalog = await folder.write('catalog.json', JSON.stringify({ streams }));
  const args = ['write', '--config', config, '--catalog', catalog];
  const { code, lines } = await runCommand(destination, args, {
    signal: stop.signal,
    input: input(),
  });
  expect(code).toBe(1);
  expect(lines).toHaveLength(1);
  expect(rowsOf(destination)).toEqual(['1 a 1']);
  expect(rowsOf(destination, 'users_airbyte_generation_2')).toEqual(['2 b 2']);
});
