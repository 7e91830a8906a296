import { emptyState, Failure, silentLog, wholeRange, type SourceEvent } from '@fairlead/sdk';
import { describe, expect, test } from 'vitest';
import { captureFiles, type FileBinding, type FileCapture } from './capture.ts';
import { memoryStore, type MemoryStore } from './memory-store.ts';
import { documentsOf, settings } from './test-support.ts';

function binding(stream: string, store: FileBinding['store']): FileBinding {
  return { stream, stateKey: stream, store, settings: settings() };
}

function capture(bindings: readonly FileBinding[], options: Partial<FileCapture> = {}) {
  return captureFiles({
    bindings,
    state: { bindings: {} },
    until: 'caught-up',
    range: wholeRange,
    signal: new AbortController().signal,
    log: silentLog,
    intervalMs: 60_000,
    ...options,
  });
}

async function all(events: AsyncIterable<SourceEvent>): Promise<SourceEvent[]> {
  const found: SourceEvent[] = [];
  for await (const event of events) found.push(event);
  return found;
}

const of = (events: readonly SourceEvent[], wanted: number) =>
  events.filter((event) => 'binding' in event && event.binding === wanted).map(({ is }) => is);

describe('a capture', () => {
  test('reads every stream and ends when each has caught up', async () => {
    const events = await all(
      capture([
        binding('a', memoryStore({ 'a.jsonl': '{"n":1}\n' })),
        binding('b', memoryStore({ 'b.jsonl': '{"n":2}\n' })),
      ]),
    );
    expect(documentsOf(events)).toHaveLength(2);
    for (const index of [0, 1]) expect(of(events, index).at(-1)).toBe('caught-up');
  });

  test('goes on with the others when a stream fails', async () => {
    const broken: MemoryStore = {
      ...memoryStore({ 'a.jsonl': '' }),
      list() {
        throw new Failure('access', 'no');
      },
    };
    const events = await all(
      capture([binding('a', broken), binding('b', memoryStore({ 'b.jsonl': '{"n":2}\n' }))]),
    );
    expect(events[0]).toMatchObject({ is: 'failed', binding: 0, failure: { kind: 'access' } });
    expect(of(events, 1)).toContain('documents');
  });

  test('a bug ends all of it', async () => {
    const broken: MemoryStore = {
      ...memoryStore({}),
      list() {
        throw new TypeError('bug');
      },
    };
    await expect(all(capture([binding('a', broken)]))).rejects.toThrow(TypeError);
  });

  test('for ever looks again after each interval, and stops when it is told to', async () => {
    const store = memoryStore({ 'a.jsonl': '{"n":1}\n' });
    const controller = new AbortController();
    const waits: number[] = [];
    const wait = async (ms: number, signal: AbortSignal) => {
      waits.push(ms);
      if (waits.length === 1) store.write('b.jsonl', '{"n":2}\n');
      if (waits.length === 3) controller.abort();
      signal.throwIfAborted();
    };
    const events: SourceEvent[] = [];
    const run = async () => {
      const { signal } = controller;
      const endless = capture([binding('a', store)], { until: 'forever', signal, wait });
      for await (const event of endless) events.push(event);
    };
    await expect(run()).rejects.toMatchObject({ name: 'AbortError' });
    expect(waits).toEqual([60_000, 60_000, 60_000]);
    expect(documentsOf(events)).toHaveLength(2);
    expect(events.filter(({ is }) => is === 'caught-up')).toHaveLength(3);
    expect(events.filter(({ is }) => is === 'backfill-begins')).toHaveLength(1);
    expect(store.openCount()).toBe(0);
  });

  test('for ever ends its real wait as soon as it is aborted', async () => {
    const controller = new AbortController();
    const endless = capture([binding('a', memoryStore({}))], {
      until: 'forever',
      signal: controller.signal,
      intervalMs: 3_600_000,
    });
    const reason = new Error('enough');
    const run = async () => {
      for await (const event of endless)
        if (event.is === 'caught-up') queueMicrotask(() => controller.abort(reason));
    };
    await expect(run()).rejects.toBe(reason);
  });

  test('for ever leaves a failed stream out, and ends when none is left', async () => {
    let lists = 0;
    const broken: MemoryStore = {
      ...memoryStore({}),
      list() {
        lists++;
        throw new Failure('config', 'no');
      },
    };
    let waits = 0;
    const later = memoryStore({});
    const failsLater: MemoryStore = {
      ...later,
      async *list(options) {
        if (waits >= 2) throw new Failure('config', 'no more');
        yield* later.list(options);
      },
    };
    const wait = async () => void waits++;
    const events = await all(
      capture([binding('a', broken), binding('b', failsLater)], { until: 'forever', wait }),
    );
    expect(lists).toBe(1);
    expect(of(events, 0)).toEqual(['failed']);
    expect(of(events, 1).filter((is) => is === 'caught-up')).toHaveLength(2);
    expect(of(events, 1).at(-1)).toBe('failed');
  });

  test('an abort in the middle of a file closes it', async () => {
    const controller = new AbortController();
    const line = `{"pad":"${'x'.repeat(60_000)}"}\n`;
    const store = memoryStore({ 'a.jsonl': line.repeat(100) });
    const run = async () => {
      for await (const event of capture([binding('a', store)], { signal: controller.signal })) {
        if (event.is === 'checkpoint') controller.abort();
      }
    };
    await expect(run()).rejects.toMatchObject({ name: 'AbortError' });
    expect(store.openCount()).toBe(0);
  });

  test('leaving after any number of events closes every file', async () => {
    const line = `{"pad":"${'x'.repeat(60_000)}"}\n`;
    const files = { 'a.jsonl': line.repeat(50), 'b.jsonl': line.repeat(50) };
    const total = (await all(capture([binding('a', memoryStore(files))]))).length;
    for (let count = 1; count <= total; count++) {
      const store = memoryStore(files);
      let seen = 0;
      for await (const event of capture([binding('a', store)])) {
        expect(event.is).toBeDefined();
        if (++seen === count) break;
      }
      expect([count, store.openCount()]).toEqual([count, 0]);
    }
  });

  test('of no streams ends at once', async () => {
    expect(await all(capture([], { until: 'forever' }))).toEqual([]);
    expect(emptyState.bindings).toEqual({});
  });
});
