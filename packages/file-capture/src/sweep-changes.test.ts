import { hash32 } from '@fairlead/sdk';
import { describe, expect, test } from 'vitest';
import { memoryStore } from './memory-store.ts';
import {
  applyDocuments,
  documentsOf,
  failureOf,
  kindsOf,
  longLines,
  run,
  shortLines,
} from './test-support.ts';

describe('a changed file', () => {
  test('is read anew, as upserts, and deletes for the records that it lost', async () => {
    const store = memoryStore({ 'a.jsonl': shortLines(1, 2, 3) });
    const first = await run(store);
    store.write('a.jsonl', shortLines(7));
    const second = await run(store, { state: first.state });
    expect(documentsOf(second.events)).toEqual([
      { op: 'upsert', document: { _meta: { file: 'a.jsonl', offset: 0 }, n: 7 } },
      { op: 'delete', document: { _meta: { file: 'a.jsonl', offset: 1 } } },
      { op: 'delete', document: { _meta: { file: 'a.jsonl', offset: 2 } } },
    ]);
    expect(second.state.bindings['s']).toEqual({ files: { 'a.jsonl': ['v2', 1] } });
  });

  test('that became empty loses all of its records', async () => {
    const store = memoryStore({ 'a.jsonl': shortLines(1, 2) });
    const first = await run(store);
    store.write('a.jsonl', '');
    const second = await run(store, { state: first.state });
    expect(documentsOf(second.events).map(({ op }) => op)).toEqual(['delete', 'delete']);
  });

  test('that has grown again after it shrank is still upserted', async () => {
    const store = memoryStore({ 'a.jsonl': shortLines(1, 2, 3) });
    let { state } = await run(store);
    store.write('a.jsonl', shortLines(1));
    ({ state } = await run(store, { state }));
    store.write('a.jsonl', shortLines(1, 2, 3));
    const { events } = await run(store, { state });
    expect(documentsOf(events).map(({ op }) => op)).toEqual(['upsert', 'upsert', 'upsert']);
  });

  test('loses a long tail in steps, and a kill between them costs nothing', async () => {
    const many = Array.from({ length: 25_000 }, (_, n) => n);
    const store = memoryStore({ 'a.jsonl': shortLines(...many) });
    const first = await run(store);
    store.write('a.jsonl', shortLines(1));
    const rows = applyDocuments(new Map(), documentsOf(first.events));
    let { state } = first;
    for (let runs = 0; runs < 4; runs++) {
      const part = await run(store, { state, checkpoints: 1 });
      applyDocuments(rows, documentsOf(part.events));
      state = part.state;
    }
    expect([...rows]).toHaveLength(1);
    expect(rows.get('a.jsonl#0')).toEqual({ n: 1 });
    expect(state.bindings['s']).toEqual({ files: { 'a.jsonl': ['v2', 1] } });
  });

  test('between two runs that each read a part of it is read anew from its beginning', async () => {
    const store = memoryStore({ 'a.jsonl': longLines(0, 40) });
    const before = await run(store, { checkpoints: 2 });
    const rows = applyDocuments(new Map(), documentsOf(before.events));
    expect(rows.size).toBeGreaterThan(20);
    store.write('a.jsonl', shortLines(1, 2));
    const after = await run(store, { state: before.state });
    expect(
      documentsOf(after.events)
        .slice(0, 2)
        .map(({ op }) => op),
    ).toEqual(['upsert', 'upsert']);
    applyDocuments(rows, documentsOf(after.events));
    expect([...rows.keys()]).toEqual(['a.jsonl#0', 'a.jsonl#1']);
  });

  test('while it is read fails as transient before its batch is handed out, and comes whole next time', async () => {
    const store = memoryStore(
      { 'a.jsonl': longLines(0, 60), 'b.jsonl': shortLines(1) },
      {
        beforeChunk(path, chunk) {
          if (path === 'a.jsonl' && chunk === 40 && ++changes === 1)
            store.write(path, longLines(9, 12));
        },
      },
    );
    let changes = 0;
    const first = await run(store);
    expect(failureOf(first)).toEqual({
      kind: 'transient',
      message: 'the file changed while it was read',
      where: 'a.jsonl',
      hint: undefined,
    });
    const rows = applyDocuments(new Map(), documentsOf(first.events));
    const second = await run(store, { state: first.state });
    applyDocuments(rows, documentsOf(second.events));
    expect([...rows.keys()]).toEqual(['a.jsonl#0', 'a.jsonl#1', 'a.jsonl#2', 'b.jsonl#0']);
  });

  test('after its last chunk was read is noticed at its end', async () => {
    let done = false;
    const store = memoryStore({ 'a.jsonl': shortLines(1) });
    const unchanged = {
      ...store,
      async unchanged() {
        done = true;
        return false;
      },
    };
    const result = await run(unchanged);
    expect(done).toBe(true);
    expect(failureOf(result).kind).toBe('transient');
    expect(result.state.bindings['s']).toBeUndefined();
  });

  test('between being listed and being opened is read as it is when opened', async () => {
    const store = memoryStore({ 'a.jsonl': shortLines(1) });
    const late = {
      ...store,
      async *list(options: { readonly signal: AbortSignal }) {
        yield* store.list(options);
        store.write('a.jsonl', shortLines(5, 6));
      },
    };
    const { events, state } = await run(late);
    expect(documentsOf(events)).toHaveLength(2);
    expect(state.bindings['s']).toEqual({ files: { 'a.jsonl': ['v2', 2] } });
  });

  test('is read anew when the settings change in its middle, but not when it has been read', async () => {
    const store = memoryStore({ 'a.csv': `n;m\n${'1;2\n'.repeat(40_000)}` });
    const before = await run(store, {
      settings: { format: { type: 'csv', delimiter: ';' } },
      checkpoints: 1,
    });
    expect(before.state.bindings['s']).toHaveProperty('reading');
    const after = await run(store, {
      settings: { format: { type: 'csv', delimiter: ';', typed: false } },
      state: before.state,
    });
    const rows = documentsOf(after.events);
    expect(rows[0]).toEqual({
      op: 'upsert',
      document: { _meta: { file: 'a.csv', offset: 0 }, n: '1', m: '2' },
    });
    expect(rows).toHaveLength(40_000);
    const again = await run(store, { settings: {}, state: after.state });
    expect(documentsOf(again.events)).toEqual([]);
  });
});

describe('a removed file', () => {
  test('is kept unless the settings say otherwise, and not read again when it comes back', async () => {
    const store = memoryStore({ 'a.jsonl': shortLines(1), 'b.jsonl': shortLines(2) });
    const first = await run(store);
    store.remove('a.jsonl');
    const second = await run(store, { state: first.state });
    expect(kindsOf(second.events)).toEqual(['caught-up']);
    expect(second.state).toEqual(first.state);
  });

  test('is deleted when the settings say so, and upserted when it comes back', async () => {
    const store = memoryStore({ 'a.jsonl': shortLines(1, 2), 'b.jsonl': shortLines(3) });
    const written = { onRemoved: 'delete' as const };
    const first = await run(store, { settings: written });
    store.remove('a.jsonl');
    const second = await run(store, { settings: written, state: first.state });
    expect(documentsOf(second.events)).toEqual([
      { op: 'delete', document: { _meta: { file: 'a.jsonl', offset: 0 } } },
      { op: 'delete', document: { _meta: { file: 'a.jsonl', offset: 1 } } },
    ]);
    const third = await run(store, { settings: written, state: second.state });
    expect(kindsOf(third.events)).toEqual(['caught-up']);
    store.write('a.jsonl', shortLines(9));
    const fourth = await run(store, { settings: written, state: third.state });
    expect(documentsOf(fourth.events)).toEqual([
      { op: 'upsert', document: { _meta: { file: 'a.jsonl', offset: 0 }, n: 9 } },
    ]);
  });

  test('is deleted in steps that a kill does not undo', async () => {
    const written = { onRemoved: 'delete' as const };
    const store = memoryStore({
      'a.jsonl': shortLines(...Array.from({ length: 25_000 }, (_, n) => n)),
      'b.jsonl': shortLines(1),
    });
    const first = await run(store, { settings: written });
    store.remove('a.jsonl');
    const rows = applyDocuments(new Map(), documentsOf(first.events));
    const sizes: number[] = [];
    let { state } = first;
    for (let runs = 0; runs < 5; runs++) {
      const part = await run(store, { settings: written, state, checkpoints: 1 });
      state = part.state;
      sizes.push(applyDocuments(rows, documentsOf(part.events)).size);
    }
    expect(sizes).toEqual([15_001, 5_001, 1, 1, 1]);
  });

  test('that was half read counts as deleted, and is read whole when it comes back', async () => {
    const store = memoryStore({ 'a.jsonl': longLines(0, 40) });
    const before = await run(store, { checkpoints: 1 });
    store.remove('a.jsonl');
    const without = await run(store, { state: before.state });
    expect(without.state.bindings['s']).toEqual({ files: { 'a.jsonl': ['', expect.any(Number)] } });
    store.write('a.jsonl', shortLines(1));
    const after = await run(store, { state: without.state });
    const rows = applyDocuments(new Map(), documentsOf(before.events));
    expect(applyDocuments(rows, documentsOf(after.events)).size).toBe(1);
  });
});

describe('key ranges', () => {
  test('share the files among them, and leave those of the others alone', async () => {
    const paths = Array.from({ length: 40 }, (_, index) => `f${index}.jsonl`);
    const store = memoryStore(Object.fromEntries(paths.map((path) => [path, shortLines(1)])));
    const written = { onRemoved: 'delete' as const };
    const middle = 0x7fff_ffff;
    const ranges = [
      { begin: 0, end: middle },
      { begin: middle + 1, end: 0xffff_ffff },
    ];
    const seen: string[] = [];
    for (const range of ranges) {
      const { events, state } = await run(store, { range, settings: written });
      const files = Object.keys((state.bindings['s'] as { files: object }).files);
      expect(files.length).toBeGreaterThan(5);
      expect(documentsOf(events)).toHaveLength(files.length);
      for (const path of files) expect(hash32(path) <= middle).toBe(range.begin === 0);
      seen.push(...files);
      const again = await run(store, { range, settings: written, state });
      expect(kindsOf(again.events)).toEqual(['caught-up']);
    }
    expect(seen.sort()).toEqual([...paths].sort());
  });

  test('that were one range before keep what the other now has', async () => {
    const paths = Array.from({ length: 20 }, (_, index) => `f${index}.jsonl`);
    const store = memoryStore(Object.fromEntries(paths.map((path) => [path, shortLines(1)])));
    const { state } = await run(store);
    const range = { begin: 0, end: 0x7fff_ffff };
    const { events } = await run(store, { state, range, settings: { onRemoved: 'delete' } });
    expect(kindsOf(events)).toEqual(['caught-up']);
  });
});

describe('without the member that is the key', () => {
  test('documents are as they are in the file', async () => {
    const store = memoryStore({ 'a.jsonl': shortLines(1) });
    const { events } = await run(store, { settings: { metadata: false } });
    expect(documentsOf(events)).toEqual([{ op: 'insert', document: { n: 1 } }]);
  });

  test('a shrunk file deletes nothing', async () => {
    const store = memoryStore({ 'a.jsonl': shortLines(1, 2) });
    const { state } = await run(store, { settings: { metadata: false } });
    store.write('a.jsonl', shortLines(1));
    const { events } = await run(store, { settings: { metadata: false }, state });
    expect(documentsOf(events)).toEqual([{ op: 'upsert', document: { n: 1 } }]);
  });
});
