import { type Source, source, stream } from '@fairlead/sdk';
import { checkpoint, documents, memorySource } from '@fairlead/testkit';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { call, idsOf, sync } from './testing/sync.ts';

// What functions made by hand got wrong, each once.

const Config = z.object({
  limit: z.int().default(100).meta({ title: 'Limit', description: 'Rows of a page.' }),
});

/** A listing of bugs by offset, and what was asked of it. */
function listing(count: number) {
  const asked: { offset: number; limit: number }[] = [];
  const bugs = stream(Config, {
    name: 'bugs',
    key: ['id'],
    document: z.object({ id: z.int() }),
    cursor: z.object({ offset: z.int(), done: z.boolean() }).default({ offset: 0, done: false }),
    async *read({ config: { limit }, cursor }) {
      let { offset } = cursor.done ? { offset: 0 } : cursor;
      for (;;) {
        asked.push({ offset, limit });
        const size = Math.min(limit, Math.max(0, count - offset));
        const page = Array.from({ length: size }, (_, index) => ({ id: offset + index }));
        offset += page.length;
        const done = page.length < limit;
        yield { documents: page, cursor: { offset, done } };
        if (done) return;
      }
    },
  });
  const tracker: Source = source({
    name: 'source-tracker',
    title: 'Tracker',
    config: Config,
    streams: [bugs],
    async check() {},
  });
  return { tracker, asked };
}

describe('pages', () => {
  test('go on by hasMore, in this spelling', async () => {
    const { tracker } = listing(250);
    const { text, content } = await call(tracker, {}, { budget: { stopBytes: 1 } });
    expect(content.hasMore).toBe(true);
    expect(text).not.toContain('has_more');
  });

  test('go on with a limit that is a text, as secrets are', async () => {
    const { tracker, asked } = listing(250);
    const { tables, calls } = await sync(tracker, {
      secrets: { limit: '100' },
      function: { budget: { stopBytes: 1 } },
    });
    expect(idsOf(tables.rowsOf('bugs'))).toEqual(Array.from({ length: 250 }, (_, id) => id));
    expect(asked.every(({ limit }) => limit === 100)).toBe(true);
    expect(calls).toBeGreaterThan(2);
  });

  test('are several in a call, each asked for once, from the first row on', async () => {
    const { tracker, asked } = listing(250);
    const first = await sync(tracker, { secrets: { limit: '100' } });
    expect(first.calls).toBe(1);
    expect(asked.map(({ offset }) => offset)).toEqual([0, 100, 200]);
    asked.length = 0;
    await sync(tracker, { secrets: { limit: '100' }, state: first.state });
    expect(asked.map(({ offset }) => offset)).toEqual([0, 100, 200]);
  });
});

test('an answer has nothing of the clock', async () => {
  const script = [documents([{ id: 1 }]), checkpoint];
  const at = (ms: number) =>
    call(memorySource({ streams: [{ name: 'a', script }] }), {}, { now: () => ms });
  expect((await at(1)).text).toBe((await at(1_700_000_000_000)).text);
});

test('a test of the settings reads nothing', async () => {
  const { tracker, asked } = listing(250);
  const { content } = await call(tracker, { setup_test: true });
  expect(content).toEqual({ state: {}, hasMore: false });
  expect(asked).toEqual([]);
});

describe('there is an answer in JSON', () => {
  const plain = memorySource({ streams: [{ name: 'a' }] });
  const thrown: readonly unknown[] = [
    new RangeError('x'),
    'a text',
    undefined,
    null,
    { odd: true },
  ];
  const fails = (error: unknown) => () => {
    throw error;
  };

  // oxlint-disable-next-line eslint/require-yield -- it comes to no event
  async function* failing(error: unknown): AsyncGenerator<never> {
    fails(error)();
  }

  test.each(thrown)('whatever is thrown (%s)', async (error) => {
    const sources: readonly [Source, object][] = [
      [{ ...plain, check: fails(error) }, { setup_test: true }],
      [{ ...plain, check: async () => fails(error)() }, { setup_test: true }],
      [{ ...plain, discover: fails(error) }, {}],
      [{ ...plain, pull: fails(error) }, {}],
      [{ ...plain, pull: () => failing(error) }, {}],
    ];
    for (const [broken, request] of sources) {
      const { status, content } = await call(broken, request);
      expect(status).toBe(500);
      expect(content).toMatchObject({ errorType: 'bug', errorMessage: expect.any(String) });
      expect(Array.isArray(content.stackTrace)).toBe(true);
    }
  });

  test.each([
    { what: 'when there is nothing to say', request: {} },
    { what: 'when the source ends without a checkpoint', request: {} },
  ])('$what', async ({ what, request }) => {
    const script = what.includes('ends') ? [documents([{ id: 1 }])] : [];
    const { status, content } = await call(
      memorySource({ streams: [{ name: 'a', script }] }),
      request,
    );
    if (script.length === 0) {
      expect(status).toBe(200);
      expect(content).toMatchObject({ insert: {}, hasMore: false });
    } else expect(content.errorMessage).toMatch(/the source ended without a checkpoint/);
  });
});
