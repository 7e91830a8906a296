import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { connect, connectMaterialization } from './connect.ts';
import { isFailure } from './failure.ts';
import { wholeRange } from './key-range.ts';
import { silentLog } from './log.ts';
import type { Destination, Materialization } from './materialization.ts';
import type { PullRequest, Source } from './source.ts';
import type { SourceState } from './state.ts';

const scope = { signal: new AbortController().signal, log: silentLog };

const source: Source = {
  name: 'source-test',
  title: 'Test',
  config: z.object({ retries: z.int().default(3) }),
  resource: z.object({ table: z.string(), mode: z.string().default('plain') }),
  cursor: z.object({ at: z.int() }),
  shared: z.object({ lsn: z.string() }),
  async check() {},
  async discover({ config }) {
    return [{ name: 'a', key: [], schema: {}, resource: { config: JSON.stringify(config) } }];
  },
  pull: (request) => {
    seen = request;
    return (async function* () {})();
  },
};
let seen: PullRequest | undefined;

test('settings are parsed once, with their defaults', async () => {
  const [info] = await connect(source, {}).discover(scope);
  expect(info?.resource).toEqual({ config: '{"retries":3}' });
});

test('settings that do not parse fail as config, with the name of the source', () => {
  expect(() => connect(source, { retries: 'many' })).toThrow('retries: invalid input');
  expect(failureOf(() => connect(source, { retries: 'many' }))).toMatchObject({
    kind: 'config',
    where: 'settings of source-test',
  });
});

describe('a pull', () => {
  test('gets settings, resources and state as their schemas make them', () => {
    const state = { shared: { lsn: '0/1' }, bindings: { k: { at: 7 }, other: 'of nobody' } };
    pull({ table: 't' }, state);
    expect(seen).toMatchObject({
      config: { retries: 3 },
      bindings: [{ stream: 's', stateKey: 'k', resource: { table: 't', mode: 'plain' } }],
      range: wholeRange,
    });
    expect(seen?.state).toEqual({ shared: { lsn: '0/1' }, bindings: { k: { at: 7 } } });
  });

  test('of a stream that was never read has no part of the state', () => {
    pull({ table: 't' }, { bindings: {} });
    expect(seen?.state).toEqual({ bindings: {} });
  });

  test('with a resource that does not parse fails as config, with the stream', () => {
    expect(failureOf(() => pull({ table: 1 }, { bindings: {} }))).toMatchObject({
      kind: 'config',
      where: 'stream s',
    });
  });

  test.each<SourceState>([
    { bindings: { k: { at: 'hunter2' } } },
    { bindings: { k: null } },
    { bindings: { k: [] } },
    { shared: { lsn: 7 }, bindings: {} },
  ])('with a state of another connector fails as state: %j', (state) => {
    const failure = failureOf(() => pull({ table: 't' }, state));
    expect(failure).toMatchObject({ kind: 'state' });
    expect(failure.hint).toContain('new backfill');
    expect(failure.message).not.toContain('hunter2');
  });

  test('of a source without a shared state gets none', () => {
    const { shared: _none, ...apart } = source;
    pull({ table: 't' }, { shared: 'left over', bindings: {} }, apart);
    expect(seen?.state).toEqual({ bindings: {} });
  });

  test('may have any state key', () => {
    const state: SourceState = JSON.parse('{"bindings":{"__proto__":{"at":1}}}');
    pull({ table: 't' }, state, source, '__proto__');
    expect(Object.entries(seen?.state.bindings ?? {})).toEqual([['__proto__', { at: 1 }]]);
    pull({ table: 't' }, { bindings: {} }, source, 'constructor');
    expect(seen?.state.bindings).toEqual({});
  });
});

describe('a materialization', () => {
  const configs: unknown[] = [];
  const materialization: Materialization = {
    name: 'materialize-test',
    title: 'Test',
    config: z.object({ path: z.string(), threads: z.int().default(2) }),
    resource: z.object({ table: z.string() }),
    commits: 'at-least-once',
    resourceFor: (stream) => ({ table: stream }),
    check: async ({ config }) => void configs.push(config),
    async connect({ config }): Promise<Destination> {
      configs.push(config);
      throw new Error('not here');
    },
  };

  test('gets its settings parsed', async () => {
    const connected = connectMaterialization(materialization, { path: 'x' });
    await connected.check(scope);
    await expect(connected.connect(scope)).rejects.toThrow('not here');
    expect(configs).toEqual([
      { path: 'x', threads: 2 },
      { path: 'x', threads: 2 },
    ]);
  });

  test('parses what one table is given', () => {
    const connected = connectMaterialization(materialization, { path: 'x' });
    expect(connected.parseResource({ table: 't' }, 'stream t')).toEqual({ table: 't' });
    expect(failureOf(() => connected.parseResource({}, 'stream t'))).toMatchObject({
      kind: 'config',
      where: 'stream t',
    });
  });

  test('refuses wrong settings as config', () => {
    expect(failureOf(() => connectMaterialization(materialization, {}))).toMatchObject({
      kind: 'config',
      where: 'settings of materialize-test',
    });
  });
});

function pull(
  resource: { readonly table: string | number },
  state: SourceState,
  from: Source = source,
  stateKey = 'k',
): void {
  connect(from, {}).pull({
    ...scope,
    bindings: [{ stream: 's', resource, stateKey }],
    state,
    until: 'caught-up',
    range: wholeRange,
  });
}

function failureOf(call: () => unknown) {
  try {
    call();
  } catch (error) {
    if (isFailure(error)) return error;
    throw error;
  }
  throw new Error('it was accepted');
}
