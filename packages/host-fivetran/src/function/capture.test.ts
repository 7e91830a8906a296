import {
  backfill,
  changes,
  checkpoint,
  documents,
  generatedStream,
  memorySource,
  waits,
} from '@fairlead/testkit';
import { describe, expect, test } from 'vitest';
import { call, idsOf, numbered, one, stateOf, sync } from './testing/sync.ts';

describe('a call', () => {
  test('stops at the first checkpoint after its budget of bytes', async () => {
    const streams = [generatedStream('a', { count: 400, batch: 10, batches: 4 })];
    const { content } = await call(memorySource({ streams }), {}, { budget: { stopBytes: 5_000 } });
    expect(content.insert.a).toHaveLength(40);
    expect(content.hasMore).toBe(true);
  });

  test('takes several checkpoints', async () => {
    const streams = [generatedStream('a', { count: 400, batch: 10 })];
    const { content } = await call(
      memorySource({ streams }),
      {},
      { budget: { stopBytes: 20_000 } },
    );
    expect(content.insert.a.length).toBeGreaterThan(50);
    expect(content.insert.a.length % 10).toBe(0);
  });

  test('leaves what came after a checkpoint when the rest has no room', async () => {
    const sized = (id: number, size: number) => documents([{ id, text: 'x'.repeat(size) }]);
    const source = one(sized(0, 4_000), checkpoint, sized(1, 10), sized(2, 6_000), checkpoint);
    const options = { limits: { responseBytes: 9_000 }, budget: { stopBytes: 8_500 } };
    const first = await call(source, {}, options);
    expect(idsOf(first.content.insert.a)).toEqual([0]);
    expect(first.content.hasMore).toBe(true);
    const { content } = await call(source, { state: first.content.state }, options);
    expect(idsOf(content.insert.a)).toEqual([1, 2]);
  });

  test('brings back a row that was replaced after the checkpoint', async () => {
    const source = one(
      documents([{ id: 1, n: 1 }]),
      checkpoint,
      changes(['delete', { id: 1 }], ['upsert', { id: 2, text: 'x'.repeat(9_000) }]),
      checkpoint,
    );
    const limits = { responseBytes: 9_400 };
    const { content } = await call(source, {}, { limits, budget: { stopBytes: 9_300 } });
    expect(content.insert).toEqual({ a: [{ id: 1, n: 1 }] });
    expect(content.delete).toBeUndefined();
  });

  test('does not say that a table is read anew when that came after the checkpoint', async () => {
    const sized = (id: number, size: number) => documents([{ id, text: 'x'.repeat(size) }]);
    const source = one(sized(0, 4_000), checkpoint, ...backfill(sized(1, 6_000)));
    const options = { limits: { responseBytes: 9_000 }, budget: { stopBytes: 8_500 } };
    const first = await call(source, {}, options);
    // It begins anew after the checkpoint, and then has room: nothing of the first row is left.
    expect(first.content).toMatchObject({ softDelete: ['a'], insert: { a: [{ id: 1 }] } });
    const both = one(sized(0, 4_000), checkpoint, ...backfill(sized(1, 4_000), sized(2, 6_000)));
    const cut = await call(both, {}, options);
    expect(cut.content.softDelete).toBeUndefined();
    expect(idsOf(cut.content.insert.a)).toEqual([0]);
  });

  test('fails when a checkpoint has more than an answer holds, and names the stream', async () => {
    const source = one(documents([{ id: 1, text: 'x'.repeat(9_000) }]), checkpoint);
    const { status, content } = await call(source, {}, { limits: { responseBytes: 5_000 } });
    expect(status).toBe(500);
    expect(content.errorMessage).toMatch(/^stream a: there is more .* than the 0\.0 MB .*smaller/);
  });

  test('fails when the state alone is larger than an answer', async () => {
    const memory = one();
    async function* pull() {
      const position = { at: 1, seen: Array.from({ length: 500 }, (_, index) => index) };
      yield { is: 'checkpoint', patch: { bindings: { a: position } } } as const;
    }
    const limits = { responseBytes: 1_000 };
    const { status, content } = await call({ ...memory, pull }, {}, { limits });
    expect(status).toBe(500);
    expect(content.errorMessage).toMatch(/has \d+ bytes, and may have 1000; its state takes most/);
  });

  test('counts its state once, however often it has changed', async () => {
    const script = Array.from({ length: 3_000 }, (_, id) => [numbered(id, id + 1), checkpoint]);
    // Of all that was patched there is far more than an answer holds.
    const limits = { responseBytes: 60_000 };
    const options = { limits, budget: { stopBytes: 60_000 } };
    const { content } = await call(one(...script.flat()), {}, options);
    expect(content.hasMore).toBe(false);
    expect(content.insert.a).toHaveLength(3_000);
  });

  test('stops in time at a checkpoint, while the source is waiting', async () => {
    const source = one(
      numbered(0, 2),
      checkpoint,
      waits(() => new Promise(() => {})),
    );
    const limits = { timeoutMs: 600_000 };
    const { content } = await call(source, {}, { limits, budget: { stopMs: 30, lookAheadMs: 10 } });
    expect(idsOf(content.insert.a)).toEqual([0, 1]);
    expect(content.hasMore).toBe(true);
    expect(source.open).toBe(0);
  });

  test('does not end while it has no rows, until its time is up', async () => {
    let nowMs = 0;
    const later = waits(async () => (nowMs += 150));
    const rows = [numbered(0, 1), checkpoint, numbered(1, 2), checkpoint];
    const source = one(later, checkpoint, later, checkpoint, later, ...rows);
    const options = { limits: { timeoutMs: 1_000 }, budget: { stopMs: 100 }, now: () => nowMs };
    const { content } = await call(source, {}, options);
    expect(idsOf(content.insert.a)).toEqual([0]);
    expect(content).toMatchObject({ hasMore: true, state: { bindings: { a: { at: 7 } } } });
  });

  test('that has come further without rows says so when its time is up', async () => {
    const source = one(
      numbered(0, 0),
      checkpoint,
      waits(() => new Promise(() => {})),
    );
    const { status, content } = await call(source, {}, { limits: { timeoutMs: 50 } });
    expect(status).toBe(200);
    expect(content).toMatchObject({ insert: {}, hasMore: true, state: { sync: { empty: 1 } } });
  });

  test('ends the sync before ten answers in a row had no rows', async () => {
    const source = one(
      checkpoint,
      waits(() => new Promise(() => {})),
    );
    const streams = [{ name: 'a', key: ['/id'], resource: { stream: 'a' } }];
    const open = { id: 's', streams, empty: 9, done: [] };
    const request = { state: stateOf({}, { sync: open }), sync_id: 's' };
    const { content } = await call(source, request, { limits: { timeoutMs: 50 } });
    expect(content).toMatchObject({ hasMore: false, state: { bindings: { a: { at: 1 } } } });
    expect(content.state.sync).toBeUndefined();
  });

  test('that comes no further at all fails when its time is up', async () => {
    const source = one(
      numbered(0, 2),
      waits(() => new Promise(() => {})),
    );
    const { status, content } = await call(source, {}, { limits: { timeoutMs: 50 } });
    expect(status).toBe(500);
    expect(content.errorMessage).toMatch(/no checkpoint was reached in the time of a call/);
    expect(content.errorType).toBe('transient');
  });

  test.each([
    { what: 'the discovery', slow: { discover: () => new Promise<never>(() => {}) } },
    {
      what: 'the discovery, which fails when it is asked to end,',
      slow: { discover: untilAborted },
    },
  ])('is over in time when $what does not end', async ({ slow }) => {
    const source = { ...one(numbered(0, 1), checkpoint), ...slow };
    const { status, content } = await call(source, {}, { limits: { timeoutMs: 50 } });
    expect(status).toBe(500);
    expect(content.errorMessage).toBe('the streams could not be discovered within 45 ms');
  });

  async function untilAborted({ signal }: { signal: AbortSignal }): Promise<never> {
    await new Promise((resolve) => signal.addEventListener('abort', resolve));
    throw signal.reason;
  }

  test('counts its time from its begin', async () => {
    let nowMs = 0;
    const memory = one(numbered(0, 1), checkpoint, numbered(1, 2), checkpoint);
    const source = {
      ...memory,
      discover(...scope: Parameters<typeof memory.discover>) {
        nowMs += 800;
        return memory.discover(...scope);
      },
    };
    const { content } = await call(source, {}, { limits: { timeoutMs: 1_000 }, now: () => nowMs });
    expect(idsOf(content.insert.a)).toEqual([0]);
  });

  test('is over in time with a source that does not end when it is asked to', async () => {
    const deaf = one(numbered(0, 2), checkpoint);
    const source = {
      ...deaf,
      async *pull(request: Parameters<typeof deaf.pull>[0]) {
        yield* deaf.pull(request);
        await new Promise(() => {});
      },
    };
    const { content } = await call(source, {}, { limits: { timeoutMs: 200 } });
    expect(idsOf(content.insert.a)).toEqual([0, 1]);
    expect(content.hasMore).toBe(true);
  });

  test('knows at its last checkpoint that there is no more', async () => {
    const { answers } = await sync(one(numbered(0, 1), checkpoint, numbered(1, 2), checkpoint), {
      function: { budget: { stopBytes: 1 } },
    });
    expect(answers.map(({ hasMore }) => hasMore)).toEqual([true, false]);
  });

  test('does not read a stream again that has come to its end in the same sync', async () => {
    const asked: string[] = [];
    const memory = memorySource({ streams: [{ name: 'a' }, { name: 'b' }] });
    // Both are read from their beginning whenever they are read, without a position.
    async function* pull({ bindings }: Parameters<typeof memory.pull>[0]) {
      for (const [binding, { stream }] of bindings.entries()) {
        asked.push(stream);
        yield { is: 'documents', binding, documents: numbered(0, 9).documents } as const;
        yield { is: 'checkpoint', patch: {} } as const;
        yield { is: 'caught-up', binding } as const;
      }
    }
    const options = { function: { budget: { stopBytes: 1 } } };
    const { answers, tables, state } = await sync(
      { ...memory, pull },
      { ...options, syncId: 'one' },
    );
    expect(answers.map(({ insert }) => [...insert.keys()])).toEqual([['a'], ['b']]);
    expect(tables.rowsOf('b')).toHaveLength(9);
    await sync({ ...memory, pull }, { ...options, syncId: 'two', state });
    expect(asked).toEqual(['a', 'b', 'b', 'a', 'b', 'b']);
  });

  test('never calls committed, as nobody says when an answer is durable', async () => {
    const source = one(numbered(0, 2), checkpoint);
    await sync(source);
    expect(source.committed).toEqual([]);
  });

  test('gives back the memory of each batch once', async () => {
    const memory = one(numbered(0, 2), numbered(2, 4), checkpoint);
    let given = 0;
    let back = 0;
    const source = {
      ...memory,
      async *pull(request: Parameters<typeof memory.pull>[0]) {
        for await (const event of memory.pull(request)) {
          if (event.is !== 'documents') {
            yield event;
            continue;
          }
          given++;
          const bytes = Uint8Array.from(event.documents.bytes);
          const release = () => {
            back++;
            bytes.fill(0x20);
          };
          yield { ...event, documents: { ...event.documents, bytes }, release };
        }
      },
    };
    const { content } = await call(source, {});
    expect(idsOf(content.insert.a)).toEqual([0, 1, 2, 3]);
    expect([given, back]).toEqual([2, 2]);
  });
});
