import { wholeRange, type KeyRange } from '@fairlead/sdk';
import { memoryDestination, memoryDisk, storedRows } from '@fairlead/testkit';
import { describe, expect, test } from 'vitest';
import type { MaterializeRequestDraft } from '../protocol/materialize-messages.ts';
import { jsonBytes } from './answers.ts';
import { connectInProcess, type Connection } from './connection.ts';
import { checkpointAfter } from './runtime-log.ts';
import { peopleBinding } from './test-specs.ts';
import { serveAll } from './test-serve.ts';

const config = jsonBytes({});
const materialization = { name: 'acmeCo/test', config, bindings: [peopleBinding()] };

function open(range: KeyRange = wholeRange, spec: object = {}): MaterializeRequestDraft {
  return {
    is: 'open',
    materialization: { ...materialization, ...spec },
    range: { keyBegin: range.begin, keyEnd: range.end },
  };
}

function line(text: string): Uint8Array {
  return Buffer.from(`${text}\n`);
}

const acknowledge = { is: 'acknowledge' } as const;
const flush = { is: 'flush' } as const;
const startCommit = { is: 'startCommit', runtimeCheckpoint: checkpointAfter(1) } as const;
const store = line('{"store":{"key":[1],"values":[1,"x"],"doc":{"id":1,"amount":1,"name":"x"}}}');
const load = line('{"load":{"key":[1]}}');

describe('what ends with a failure', () => {
  test.each<[string, readonly (MaterializeRequestDraft | Uint8Array)[], RegExp]>([
    ['a line that is no JSON', [line('{"open"')], /JSON|malformed|expected/i],
    ['an unknown request', [line('{"dance":{}}')], /./],
    ['half a line', [Buffer.from('{"spec":')], /ended in the middle/],
    ['a store before open', [store], /store is out of order/],
    ['a store before flush', [open(), acknowledge, store], /store is out of order/],
    ['a load before acknowledge', [open(), load], /load is out of order/],
    ['a load after flush', [open(), acknowledge, flush, load], /load is out of order/],
    ['a flush before acknowledge', [open(), flush], /flush is out of order/],
    ['a commit before flush', [open(), acknowledge, startCommit], /startCommit is out of order/],
    ['two acknowledges', [open(), acknowledge, acknowledge], /acknowledge is out of order/],
    ['a second open', [open(), open()], /open is out of order/],
    [
      'a binding that there is not',
      [open(), acknowledge, line('{"load":{"binding":7,"key":[1]}}')],
      /binding 7/,
    ],
    ['an end after a load', [open(), acknowledge, load], /middle of a transaction/],
    ['an end among stores', [open(), acknowledge, flush, store], /middle of a transaction/],
    [
      'a store without document',
      [open(), acknowledge, flush, line('{"store":{"key":[1]}}')],
      /no document/,
    ],
    [
      'a value that does not fit',
      [open(), acknowledge, flush, line('{"store":{"key":["a"],"doc":{"id":"a"}}}'), startCommit],
      /column/,
    ],
    [
      'settings that do not fit',
      [open(wholeRange, { config: jsonBytes({ account: 7 }) })],
      /account/,
    ],
    [
      'settings of a table that do not fit',
      [open(wholeRange, { bindings: [peopleBinding({ resourceConfig: jsonBytes({}) })] })],
      /table/,
    ],
    ['a task without a name', [open(wholeRange, { name: '' })], /no name/],
  ])('%s', async (_, requests, message) => {
    const memory = memoryDestination({ commits: 'in-destination' });
    const { exitCode, logged } = await serveAll(memory, requests);
    expect(exitCode).toBeGreaterThan(0);
    expect(logged.at(-1)).toMatch(message);
    expect(storedRows(memory.disk, 'people') ?? []).toEqual([]);
  });

  test('a state of another connector, where the state is the truth', async () => {
    const memory = memoryDestination({ commits: 'staged' });
    const state = jsonBytes({ bindingStateV1: { people: { cursor: 1 } } });
    const { exitCode, logged } = await serveAll(memory, [
      { is: 'open', materialization, range: { keyEnd: wholeRange.end }, state },
    ]);
    expect(exitCode).toBe(6);
    expect(logged.at(-1)).toContain('not one of this connector');
  });

  test('a checkpoint that another host has written', async () => {
    const disk = memoryDisk();
    disk.fences.push({
      task: 'acmeCo/test',
      range: wholeRange,
      fence: 1,
      checkpoint: '{"state":1}',
    });
    const memory = memoryDestination({ commits: 'in-destination', disk });
    const { exitCode, logged } = await serveAll(memory, [open()]);
    expect(exitCode).toBe(6);
    expect(logged.at(-1)).toContain('not written by Flow');
  });

  test('a later shard of a runtime that takes one checkpoint', async () => {
    const labels = { labels: [{ name: 'estuary.dev/flag/enable-runtime-v2', value: 'true' }] };
    const request = open({ begin: 1, end: wholeRange.end }, { shardTemplate: { labels } });
    const memory = memoryDestination({ commits: 'in-destination' });
    expect(await serveAll(memory, [request])).toMatchObject({ exitCode: 2 });
  });
});

test.each<[string, readonly (MaterializeRequestDraft | Uint8Array)[], string[]]>([
  ['nothing at all', [], []],
  ['an end before any transaction', [open(), acknowledge], ['opened', 'acknowledged']],
  [
    'an empty transaction',
    [open(), acknowledge, flush, startCommit, acknowledge],
    ['opened', 'acknowledged', 'flushed', 'startedCommit', 'acknowledged'],
  ],
  [
    'an end without the last acknowledge',
    [open(), acknowledge, flush, store, startCommit],
    ['opened', 'acknowledged', 'flushed', 'startedCommit'],
  ],
  [
    'fields that nobody knows',
    [line('{"spec":{"config":{},"new":1},"$internal":"AA=="}')],
    ['spec'],
  ],
])('%s ends well', async (_, requests, expected) => {
  const memory = memoryDestination({ commits: 'in-destination' });
  const { exitCode, responses } = await serveAll(memory, requests);
  expect(exitCode).toBe(0);
  expect(responses.map(({ is }) => is)).toEqual(expected);
});

test('what was committed without its acknowledgement is there', async () => {
  const memory = memoryDestination({ commits: 'in-destination' });
  await serveAll(memory, [open(), acknowledge, flush, store, startCommit]);
  expect(storedRows(memory.disk, 'people')).toHaveLength(1);
});

test.each([
  ['exists', '"exists":true', 1],
  ['is new', '', 1],
  ['is deleted', '"exists":true,"delete":true', 0],
  ['came and went', '"delete":true', 0],
])('of a document that %s, there are the right rows', async (_, flags, count) => {
  const memory = memoryDestination({ commits: 'in-destination' });
  const settings = { config: jsonBytes({ hardDelete: true }) };
  const changed = `{"store":{"key":[1],"values":[2,"y"],"doc":{"id":1,"amount":2,"name":"y"}${flags === '' ? '' : `,${flags}`}}}`;
  const before = flags.includes('exists') ? [store] : [];
  const { exitCode } = await serveAll(memory, [
    open(wholeRange, settings),
    acknowledge,
    flush,
    ...before,
    startCommit,
    acknowledge,
    flush,
    line(changed),
    startCommit,
  ]);
  expect(exitCode).toBe(0);
  expect(storedRows(memory.disk, 'people')).toHaveLength(count);
});

test('numbers keep all their digits on the way in and out', async () => {
  const memory = memoryDestination({ commits: 'in-destination' });
  const document = '{"id":1,"amount":9007199254740993,"name":"x","more":0.1000000000000000055511}';
  const { bytes } = await serveAll(memory, [
    open(),
    acknowledge,
    flush,
    line(`{"store":{"key":[1],"values":[9007199254740993,"x"],"doc":${document}}}`),
    startCommit,
    acknowledge,
    load,
    flush,
    startCommit,
  ]);
  expect(bytes.toString('utf8')).toContain(`{"loaded":{"binding":0,"doc":${document}}}`);
});

test('keys that come while a commit goes on are answered after its acknowledgement', async () => {
  const commit = gate();
  const memory = memoryDestination({
    commits: 'in-destination',
    at: (point) => (point === 'commit' ? commit.opened : undefined),
  });
  await using connection = connectInProcess(memory, 'json');
  await connection.send(open());
  await connection.send(acknowledge);
  await expectNext(connection, 'opened', 'acknowledged');
  await connection.send(flush);
  await expectNext(connection, 'flushed');
  await connection.send(storeOf(1));
  await connection.send(startCommit);
  // Said before the commit is done, which the next acknowledgement waits for.
  await expectNext(connection, 'startedCommit');
  await connection.send(acknowledge);
  await connection.send(loadOf(1));
  await connection.send(flush);
  commit.open();
  await expectNext(connection, 'acknowledged', 'loaded', 'flushed');
});

test.each(['in-destination', 'staged'] as const)('a zombie is fenced out: %s', async (commits) => {
  const disk = memoryDisk();
  const memory = memoryDestination({ commits, disk });
  await using old = connectInProcess(memory, 'json');
  await old.send(open());
  await old.send(acknowledge);
  await expectNext(old, 'opened', 'acknowledged');
  await old.send(flush);
  await expectNext(old, 'flushed');
  await old.send(storeOf(1));
  await using young = connectInProcess(memory, 'json');
  await young.send(open());
  await young.send(acknowledge);
  await expectNext(young, 'opened', 'acknowledged');
  await old.send(startCommit);
  await old.send(acknowledge);
  const ended = async () => {
    for (;;) await old.next();
  };
  await expect(ended()).rejects.toThrow('fenced off');
  expect(storedRows(disk, 'people') ?? []).toEqual([]);
});

test.each(['in-destination', 'staged'] as const)(
  'shards of one task keep to their own ranges, split and joined: %s',
  async (commits) => {
    const disk = memoryDisk();
    const memory = memoryDestination({ commits, disk });
    const half = 0x8000_0000;
    let state = {};
    const session = async (range: KeyRange, stores: readonly number[]) => {
      const { exitCode, responses } = await serveAll(memory, [
        { ...open(range), state: jsonBytes(state) } as MaterializeRequestDraft,
        acknowledge,
        flush,
        ...stores.map((id) =>
          line(`{"store":{"key":[${id}],"values":[1,"x"],"doc":{"id":${id}}}}`),
        ),
        startCommit,
      ]);
      expect(exitCode).toBe(0);
      for (const response of responses) {
        if (!('state' in response) || response.state?.updated === undefined) continue;
        const patch = JSON.parse(Buffer.from(response.state.updated).toString('utf8')) as object;
        state = Object.fromEntries(
          Object.entries({ ...state, ...patch }).filter(([, value]) => value !== null),
        );
      }
    };
    await session(wholeRange, [1]);
    await session({ begin: 0, end: half - 1 }, [2]);
    await session({ begin: half, end: wholeRange.end }, [3]);
    await session(wholeRange, [4]);
    await session(wholeRange, []);
    const ids = (storedRows(disk, 'people') ?? []).map(({ values }) => Number(values['id']));
    expect(ids.sort((a, b) => a - b)).toEqual([1, 2, 3, 4]);
  },
);

async function expectNext(connection: Connection, ...names: readonly string[]): Promise<void> {
  for (const name of names) expect((await connection.next()).is).toBe(name);
}

function storeOf(id: number): MaterializeRequestDraft {
  const document = Buffer.from(`{"id":${id},"amount":1,"name":"x"}`);
  const key = Buffer.from(`[${id}]`);
  const none = { bytes: new Uint8Array(), starts: new Uint32Array(1), ends: new Uint32Array(1) };
  return {
    is: 'store',
    binding: 0,
    packed: false,
    keys: { bytes: key, starts: Uint32Array.of(0), ends: Uint32Array.of(key.length) },
    values: none,
    documents: {
      bytes: document,
      starts: Uint32Array.of(0),
      ends: Uint32Array.of(document.length),
    },
    flags: Uint8Array.of(0),
  };
}

function loadOf(id: number): MaterializeRequestDraft {
  const bytes = Buffer.from(`[${id}]`);
  const keys = { bytes, starts: Uint32Array.of(0), ends: Uint32Array.of(bytes.length) };
  return { is: 'load', binding: 0, packed: false, keys };
}

function gate(): { readonly opened: Promise<void>; open(): void } {
  let release = () => {};
  const opened = new Promise<void>((resolve) => (release = resolve));
  return { opened, open: () => release() };
}
