import { once } from 'node:events';
import { createServer } from 'node:http';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { connect } from './connect.ts';
import { type Failure, isFailure } from './failure.ts';
import { getJson } from './http.ts';
import { wholeRange } from './key-range.ts';
import { silentLog } from './log.ts';
import { secret } from './settings.ts';
import type { Source, SourceEvent } from './source.ts';
import { applyCheckpoint, emptyState, type SourceState } from './state.ts';
import { source, stream } from './stream.ts';

const Config = z.object({
  url: z.url().meta({ title: 'URL', description: 'Where the tracker is.' }),
  token: secret('API Token', 'A token with the issues:read scope.'),
});
type Config = z.infer<typeof Config>;

const Issue = z.looseObject({ id: z.int(), title: z.string(), updatedAt: z.iso.datetime() });
const Page = z.object({ items: z.array(Issue), next: z.string().optional() });

/** Issues, oldest change first. The server takes `since` as inclusive, so a tie is read twice. */
const issues = stream(Config, {
  name: 'issues',
  key: ['id'],
  document: Issue,
  cursor: z.iso.datetime().default('1970-01-01T00:00:00Z'),

  async *read({ config, cursor, signal }) {
    for await (const documents of listing(config, `/issues?since=${cursor}`, signal)) {
      yield { documents, cursor: documents.at(-1)?.updatedAt ?? cursor };
    }
  },
});

/** Users, all at once, and those that are gone. The cursor is a version of the list. */
const users = stream(Config, {
  name: 'users',
  key: ['org/unit', 'name~'],
  document: z.object({ name: z.string() }),
  cursor: z.object({ version: z.int() }).default({ version: 0 }),

  async *read({ cursor }) {
    const version = cursor.version + 1;
    yield { documents: [{ name: 'ada' }], deleted: [{ name: 'bob' }], cursor: { version } };
  },
});

const tracker: Source = source({
  name: 'source-tracker',
  title: 'Tracker',
  config: Config,
  streams: [issues, users],
  intervalMs: 60_000,
  async check({ config, signal }) {
    await get(config, '/me', signal);
  },
});

async function* listing(config: Config, path: string, signal: AbortSignal) {
  let next: string | undefined = path;
  while (next !== undefined) {
    const page: z.infer<typeof Page> = Page.parse(await get(config, next, signal));
    yield page.items;
    next = page.next;
  }
}

function get(config: Config, path: string, signal: AbortSignal) {
  return getJson(new URL(path, config.url), { bearer: config.token, signal, attempts: 1 });
}

test('streams are offered with key and schema', async () => {
  await using server = await serve();
  const [first, second] = await connect(tracker, server.settings).discover(scope());
  expect(first).toMatchObject({
    name: 'issues',
    key: ['/id'],
    schema: { type: 'object', required: ['id', 'title', 'updatedAt'] },
    resource: { stream: 'issues' },
  });
  expect(second?.key).toEqual(['/org~1unit', '/name~0']);
});

describe('a check', () => {
  test('passes with a good token', async () => {
    await using server = await serve();
    await expect(connect(tracker, server.settings).check(scope())).resolves.toBeUndefined();
  });

  test('fails as access with a wrong one', async () => {
    await using server = await serve();
    const wrong = connect(tracker, { ...server.settings, token: 'wrong' });
    await expect(wrong.check(scope())).rejects.toMatchObject({ name: 'Failure', kind: 'access' });
  });
});

describe('a first reading', () => {
  test('is a backfill, with a checkpoint after each page', async () => {
    await using server = await serve();
    expect(await story(tracker, server.settings)).toEqual([
      'backfill-begins',
      '1 at 08:00',
      '2 at 09:00',
      'checkpoint {"bindings":{"issues":"2024-01-01T09:00:00Z"}}',
      '3 at 09:00',
      '4 at 10:00',
      'checkpoint {"bindings":{"issues":"2024-01-01T10:00:00Z"}}',
      '5 at 11:00',
      'checkpoint {"bindings":{"issues":"2024-01-01T11:00:00Z"}}',
      'backfill-ends',
      'caught-up',
    ]);
  });

  test('of what there is nothing of goes on from the default', async () => {
    await using server = await serve([]);
    expect(await story(tracker, server.settings)).toEqual([
      'backfill-begins',
      'checkpoint {"bindings":{"issues":"1970-01-01T00:00:00Z"}}',
      'backfill-ends',
      'caught-up',
    ]);
  });
});

describe('a later reading', () => {
  test('begins at the cursor, and reads a tie twice rather than missing it', async () => {
    await using server = await serve();
    const state = { bindings: { issues: '2024-01-01T09:00:00Z' } };
    expect(await story(tracker, server.settings, { state })).toEqual([
      '2 at 09:00',
      '3 at 09:00',
      'checkpoint {}',
      '4 at 10:00',
      '5 at 11:00',
      'checkpoint {"bindings":{"issues":"2024-01-01T11:00:00Z"}}',
      'caught-up',
    ]);
  });

  test('after a stop at any checkpoint misses nothing', async () => {
    await using server = await serve();
    const whole = await read(tracker, server.settings);
    const cuts = whole.flatMap(({ is }, index) => (is === 'checkpoint' ? [index + 1] : []));
    for (const cut of cuts) {
      const before = whole.slice(0, cut);
      const state = before.reduce(fold, emptyState);
      const after = await read(tracker, server.settings, { state });
      expect(new Set([...idsOf(before), ...idsOf(after)])).toEqual(new Set([1, 2, 3, 4, 5]));
    }
    expect(cuts).toHaveLength(3);
  });

  test('with a cursor that no longer fits fails as state', async () => {
    await using server = await serve();
    const [event] = await read(tracker, server.settings, { state: { bindings: { issues: 7 } } });
    expect(failureOf(event)).toMatchObject({ kind: 'state', where: 'stream issues' });
  });

  test('of a cursor of several members says what has changed', async () => {
    const state = { bindings: { users: { version: 4, old: true } } };
    const events = await read(tracker, settings, { state, streams: ['users'] });
    const patches = events.flatMap((event) => (event.is === 'checkpoint' ? [event.patch] : []));
    expect(patches).toEqual([{ bindings: { users: { version: 5, old: null } } }]);
  });
});

test('documents that are gone come as deletes, after the others of their page', async () => {
  const events = await read(tracker, settings, { streams: ['users'] });
  const batches = events.flatMap((event) => (event.is === 'documents' ? [event.documents] : []));
  expect(batches.map(({ bytes }) => Buffer.from(bytes).toString())).toEqual([
    '{"name":"ada"}\n',
    '{"name":"bob"}\n',
  ]);
  expect(batches.map(({ ops }) => ops)).toEqual([undefined, Uint8Array.of(3)]);
});

test('a stream that fails leaves the others alone', async () => {
  await using server = await serve();
  const wrong = { ...server.settings, token: 'wrong' };
  const events = await read(tracker, wrong, { streams: ['issues', 'users'] });
  expect(
    events.map((event) => ('binding' in event ? `${event.binding} ${event.is}` : event.is)),
  ).toEqual([
    '0 failed',
    '1 backfill-begins',
    '1 documents',
    '1 documents',
    'checkpoint',
    '1 backfill-ends',
    '1 caught-up',
  ]);
});

test('a binding of a stream that is not there fails as config, and names those that are', async () => {
  const [event] = await read(tracker, settings, { streams: ['isues'] });
  const failure = failureOf(event);
  expect(failure).toMatchObject({ kind: 'config', message: 'source-tracker has no stream isues' });
  expect(failure?.hint).toBe('Its streams are issues, users.');
});

test('a cursor without a default is a bug of the connector', async () => {
  const careless = source({
    name: 'source-careless',
    title: 'Careless',
    config: Config,
    streams: [{ name: 'a', document: z.object({}), cursor: z.string(), async *read() {} }],
    async check() {},
  });
  const reading = read(careless, settings, { streams: ['a'] });
  await expect(reading).rejects.toThrow('the cursor of the stream a has no default');
  await expect(reading).rejects.not.toMatchObject({ name: 'Failure' });
});

describe('an abort', () => {
  test('while the server is asked ends the reading with its reason', async () => {
    const abort = new AbortController();
    await using server = await serve(list, () => abort.abort(new Error('enough')));
    const reading = read(tracker, server.settings, { signal: abort.signal });
    await expect(reading).rejects.toThrow('enough');
  });

  test('between two pages ends the reading after a checkpoint', async () => {
    await using server = await serve();
    const abort = new AbortController();
    const told: string[] = [];
    const reading = (async () => {
      for await (const event of pull(tracker, server.settings, { signal: abort.signal })) {
        told.push(event.is);
        if (event.is === 'documents') abort.abort(new Error('enough'));
      }
    })();
    await expect(reading).rejects.toThrow('enough');
    expect(told).toEqual(['backfill-begins', 'documents', 'checkpoint']);
  });
});

test('read forever, all streams catch up, and are read again after a while', async () => {
  await using server = await serve();
  const impatient = source({
    name: 'source-impatient',
    title: 'Impatient',
    config: Config,
    streams: [issues, users],
    intervalMs: 1,
    async check() {},
  });
  const abort = new AbortController();
  const options = { signal: abort.signal, until: 'forever', streams: ['issues', 'users'] } as const;
  const caughtUp = [0, 0];
  const reading = (async () => {
    for await (const event of pull(impatient, server.settings, options)) {
      if (event.is !== 'caught-up') continue;
      caughtUp[event.binding] = (caughtUp[event.binding] ?? 0) + 1;
      if (Math.min(...caughtUp) === 3) abort.abort(new Error('enough'));
    }
  })();
  await expect(reading).rejects.toThrow('enough');
  expect(Math.min(...caughtUp)).toBeGreaterThanOrEqual(3);
});

interface ReadOptions {
  readonly state?: SourceState;
  readonly streams?: readonly string[];
  readonly until?: 'caught-up' | 'forever';
  readonly signal?: AbortSignal;
}

const settings = { url: 'http://127.0.0.1:1', token: 't' };

function scope(signal: AbortSignal = new AbortController().signal) {
  return { signal, log: silentLog };
}

function pull(from: Source, config: unknown, options: ReadOptions = {}) {
  const { state = emptyState, streams = ['issues'], until = 'caught-up' } = options;
  return connect(from, config).pull({
    ...scope(options.signal),
    bindings: streams.map((name) => ({ stream: name, resource: { stream: name }, stateKey: name })),
    state,
    until,
    range: wholeRange,
  });
}

async function read(from: Source, config: unknown, options?: ReadOptions): Promise<SourceEvent[]> {
  const events: SourceEvent[] = [];
  for await (const event of pull(from, config, options)) events.push(event);
  return events;
}

async function story(from: Source, config: unknown, options?: ReadOptions): Promise<string[]> {
  return (await read(from, config, options)).flatMap((event) => {
    if (event.is === 'checkpoint') return [`checkpoint ${JSON.stringify(event.patch)}`];
    return event.is === 'documents' ? documentsOf(event).map(tellIssue) : [event.is];
  });
}

function documentsOf(event: SourceEvent): Issue[] {
  if (event.is !== 'documents') return [];
  const lines = Buffer.from(event.documents.bytes).toString('utf8').trimEnd().split('\n');
  return lines.map((line) => Issue.parse(JSON.parse(line)));
}
type Issue = z.infer<typeof Issue>;

function tellIssue({ id, updatedAt }: Issue): string {
  return `${id} at ${updatedAt.slice(11, 16)}`;
}

function idsOf(events: readonly SourceEvent[]): number[] {
  return events.flatMap((event) => documentsOf(event).map(({ id }) => id));
}

function fold(state: SourceState, event: SourceEvent): SourceState {
  return event.is === 'checkpoint' ? applyCheckpoint(state, event.patch) : state;
}

function failureOf(event: SourceEvent | undefined): Failure | undefined {
  return event?.is === 'failed' && isFailure(event.failure) ? event.failure : undefined;
}

const list = ['08', '09', '09', '10', '11'].map((hour, index) => ({
  id: index + 1,
  title: `issue ${index + 1}`,
  updatedAt: `2024-01-01T${hour}:00:00Z`,
}));

/** A tracker that answers two issues a page, to whoever has the token `t`. */
async function serve(all: readonly Issue[] = list, asked: () => void = () => {}) {
  const server = createServer((request, answer) => {
    asked();
    const url = new URL(request.url ?? '/', 'http://x');
    if (request.headers.authorization !== 'Bearer t') {
      answer.writeHead(401).end('{}');
      return;
    }
    const from = Number(url.searchParams.get('from') ?? 0);
    const since = url.searchParams.get('since') ?? '';
    const found = all.filter(({ updatedAt }) => updatedAt >= since);
    const next = from + 2 < found.length ? { next: `/issues?since=${since}&from=${from + 2}` } : {};
    answer.setHeader('connection', 'close');
    answer.end(JSON.stringify({ items: found.slice(from, from + 2), ...next }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  return {
    settings: { url: `http://127.0.0.1:${port}`, token: 't' },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
