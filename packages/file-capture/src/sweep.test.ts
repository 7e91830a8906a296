import { gzipSync } from 'node:zlib';
import { hash32, type SourceEvent } from '@fairlead/sdk';
import { describe, expect, test } from 'vitest';
import { memoryStore } from './memory-store.ts';
import { applyDocuments, documentsOf, failureOf, run } from './test-support.ts';

/** JSON lines with `n` from `from` up to `to`, each about 64 KiB long, so that few make a batch. */
function lines(from: number, to: number, text = 'x'): string {
  const numbers = Array.from({ length: to - from }, (_, index) => from + index);
  return numbers.map((n) => `{"n":${n},"pad":"${text.repeat(65_000)}"}\n`).join('');
}

const small = (...numbers: number[]) => numbers.map((n) => `{"n":${n}}\n`).join('');

function kinds(events: readonly SourceEvent[]): string[] {
  return events.map(({ is }) => is);
}

describe('a sweep', () => {
  test('reads each file once, in byte order of the paths, and says what it does', async () => {
    const store = memoryStore({
      'b.jsonl': small(3),
      'a/z.jsonl': small(1, 2),
      'a.jsonl': small(0),
    });
    const { events, state } = await run(store);
    expect(documentsOf(events)).toEqual([
      { op: 'insert', document: { _meta: { file: 'a.jsonl', offset: 0 }, n: 0 } },
      { op: 'insert', document: { _meta: { file: 'a/z.jsonl', offset: 0 }, n: 1 } },
      { op: 'insert', document: { _meta: { file: 'a/z.jsonl', offset: 1 }, n: 2 } },
      { op: 'insert', document: { _meta: { file: 'b.jsonl', offset: 0 }, n: 3 } },
    ]);
    const perFile = ['documents', 'progress', 'checkpoint'];
    expect(kinds(events)).toEqual([
      'backfill-begins',
      ...[...perFile, ...perFile, ...perFile],
      'backfill-ends',
      'checkpoint',
      'caught-up',
    ]);
    expect(state.bindings['s']).toEqual({
      files: { 'a.jsonl': ['v3', 1], 'a/z.jsonl': ['v2', 2], 'b.jsonl': ['v1', 1] },
    });
    const progress = events.filter((event) => event.is === 'progress');
    expect(progress.map(({ done, total }) => [done, total])).toEqual([
      [8, 32],
      [24, 32],
      [32, 32],
    ]);
    expect(store.openCount()).toBe(0);
  });

  test('without any files remembers that it began', async () => {
    const first = await run(memoryStore({}));
    expect(kinds(first.events)).toEqual([
      'backfill-begins',
      'backfill-ends',
      'checkpoint',
      'caught-up',
    ]);
    const second = await run(memoryStore({}), { state: first.state });
    expect(kinds(second.events)).toEqual(['caught-up']);
  });

  test('reads nothing again, and says nothing but that it has caught up', async () => {
    const store = memoryStore({ 'a.jsonl': small(1), 'b.csv': 'x,y\n1,2\n' });
    const { state } = await run(store);
    const opened = store.opened.length;
    expect(kinds((await run(store, { state })).events)).toEqual(['caught-up']);
    expect(store.opened.length).toBe(opened);
  });

  test('finds a late file that sorts before those that were read', async () => {
    const store = memoryStore({ 'b.jsonl': small(1) });
    const { state } = await run(store);
    store.write('a.jsonl', small(2));
    const { events } = await run(store, { state });
    expect(documentsOf(events)).toEqual([
      { op: 'insert', document: { _meta: { file: 'a.jsonl', offset: 0 }, n: 2 } },
    ]);
    expect(kinds(events)).not.toContain('backfill-begins');
  });

  test.each([
    ['empty', ''],
    ['blank', ' \n\n'],
    ['a byte-order mark', '\uFEFF'],
    ['only a header', 'a,b\n'],
    ['an empty array', '[]'],
  ])('remembers a file with nothing in it: %s', async (_, content) => {
    const store = memoryStore({ 'a.csv': content });
    const { events, state } = await run(store);
    expect(documentsOf(events)).toEqual([]);
    expect(state.bindings['s']).toEqual({ files: { 'a.csv': ['v1', 0] } });
    expect(kinds((await run(store, { state })).events)).toEqual(['caught-up']);
  });

  test('resumes a file in its middle by seeking, with minimal patches', async () => {
    const store = memoryStore({ 'a.jsonl': lines(0, 60) });
    const { events, state } = await run(store, { checkpoints: 2 });
    const [first, second] = events.filter((event) => event.is === 'checkpoint');
    const reading = { path: 'a.jsonl', version: 'v1', as: expect.any(String) };
    expect(first?.patch).toEqual({
      bindings: {
        s: {
          files: {},
          reading: { ...reading, offset: expect.any(Number), records: expect.any(Number) },
          backfill: true,
        },
      },
    });
    expect(second?.patch).toEqual({
      bindings: { s: { reading: { offset: expect.any(Number), records: expect.any(Number) } } },
    });
    const { offset } = (state.bindings['s'] as { reading: { offset: number } }).reading;
    const rest = await run(store, { state });
    expect(store.opened.at(-1)).toBe(`a.jsonl@${offset}`);
    const all = [...documentsOf(events), ...documentsOf(rest.events)];
    expect(all.map(({ document }) => (document as { n: number }).n)).toEqual(
      Array.from({ length: 60 }, (_, n) => n),
    );
    expect(kinds(rest.events)).not.toContain('backfill-begins');
    expect(kinds(rest.events)).toContain('backfill-ends');
  });

  const contents = {
    'values.jsonl': lines(0, 40),
    'array.json': `[${lines(0, 40).trim().split('\n').join(',\n ')}]`,
    'pages.json': [lines(0, 20), lines(20, 40)]
      .map((page) => `{"a":[1],"data":{"items":[${page.trim().split('\n').join(',')}]},"z":{}}`)
      .join('\n'),
    'rows.csv': `n,pad\n${Array.from({ length: 40 }, (_, n) => `${n},"${'y'.repeat(65_000)}"\r\n`).join('')}`,
    'values.jsonl.gz': gzipSync(lines(0, 40, 'z')),
    'wide.csv': Buffer.from(
      `\uFEFFn,pad\n${Array.from({ length: 40 }, (_, n) => `${n},${'é'.repeat(31_000)}\n`).join('')}`,
      'utf16le',
    ),
  };
  test.each(Object.entries(contents))(
    '%s is read once, wherever the run is cut',
    async (path, content) => {
      const store = memoryStore({ [path]: content }, { chunkBytes: 100_000 });
      const written = path.startsWith('pages')
        ? { format: { type: 'json' as const, path: '/data/items' } }
        : {};
      const whole = await run(store, { settings: written });
      const expected = documentsOf(whole.events);
      expect(expected.map(({ document }) => (document as { n: number }).n)).toEqual(
        Array.from({ length: 40 }, (_, n) => n),
      );
      const count = kinds(whole.events).filter((is) => is === 'checkpoint').length;
      expect(count).toBeGreaterThan(3);
      for (let cut = 1; cut < count; cut++) {
        const before = await run(store, { settings: written, checkpoints: cut });
        const after = await run(store, { settings: written, state: before.state });
        expect([...documentsOf(before.events), ...documentsOf(after.events)]).toEqual(expected);
        expect(after.state).toEqual(whole.state);
      }
      expect(store.openCount()).toBe(0);
    },
  );

  test('resumes in a store that cannot seek', async () => {
    const store = memoryStore({ 'a.jsonl': lines(0, 40) }, { canSeek: false });
    const before = await run(store, { checkpoints: 1 });
    const after = await run(store, { state: before.state });
    const all = [...documentsOf(before.events), ...documentsOf(after.events)];
    expect(all.map(({ document }) => (document as { n: number }).n)).toEqual(
      Array.from({ length: 40 }, (_, n) => n),
    );
  });

  test('finishes the half-read file before one that sorts before it', async () => {
    const store = memoryStore({ 'b.jsonl': lines(0, 40) });
    const before = await run(store, { checkpoints: 1 });
    store.write('a.jsonl', small(100));
    const after = await run(store, { state: before.state });
    const files = documentsOf(after.events).map(
      ({ document }) => (document as { _meta: { file: string } })._meta.file,
    );
    expect(files.at(0)).toBe('b.jsonl');
    expect(files.at(-1)).toBe('a.jsonl');
  });
});

describe('a changed file', () => {
  test('is read anew, as upserts, and deletes for the records that it lost', async () => {
    const store = memoryStore({ 'a.jsonl': small(1, 2, 3) });
    const first = await run(store);
    store.write('a.jsonl', small(7));
    const second = await run(store, { state: first.state });
    expect(documentsOf(second.events)).toEqual([
      { op: 'upsert', document: { _meta: { file: 'a.jsonl', offset: 0 }, n: 7 } },
      { op: 'delete', document: { _meta: { file: 'a.jsonl', offset: 1 } } },
      { op: 'delete', document: { _meta: { file: 'a.jsonl', offset: 2 } } },
    ]);
    expect(second.state.bindings['s']).toEqual({ files: { 'a.jsonl': ['v2', 1] } });
  });

  test('that became empty loses all of its records', async () => {
    const store = memoryStore({ 'a.jsonl': small(1, 2) });
    const first = await run(store);
    store.write('a.jsonl', '');
    const second = await run(store, { state: first.state });
    expect(documentsOf(second.events).map(({ op }) => op)).toEqual(['delete', 'delete']);
  });

  test('that has grown again after it shrank is still upserted', async () => {
    const store = memoryStore({ 'a.jsonl': small(1, 2, 3) });
    let { state } = await run(store);
    store.write('a.jsonl', small(1));
    ({ state } = await run(store, { state }));
    store.write('a.jsonl', small(1, 2, 3));
    const { events } = await run(store, { state });
    expect(documentsOf(events).map(({ op }) => op)).toEqual(['upsert', 'upsert', 'upsert']);
  });

  test('loses a long tail in steps, and a kill between them costs nothing', async () => {
    const many = Array.from({ length: 25_000 }, (_, n) => n);
    const store = memoryStore({ 'a.jsonl': small(...many) });
    const first = await run(store);
    store.write('a.jsonl', small(1));
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
    const store = memoryStore({ 'a.jsonl': lines(0, 40) });
    const before = await run(store, { checkpoints: 2 });
    const rows = applyDocuments(new Map(), documentsOf(before.events));
    expect(rows.size).toBeGreaterThan(20);
    store.write('a.jsonl', small(1, 2));
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
      { 'a.jsonl': lines(0, 60), 'b.jsonl': small(1) },
      {
        beforeChunk(path, chunk) {
          if (path === 'a.jsonl' && chunk === 40 && ++changes === 1)
            store.write(path, lines(9, 12));
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
    const store = memoryStore({ 'a.jsonl': small(1) });
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
    const store = memoryStore({ 'a.jsonl': small(1) });
    const late = {
      ...store,
      async *list(options: { readonly signal: AbortSignal }) {
        yield* store.list(options);
        store.write('a.jsonl', small(5, 6));
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
    const store = memoryStore({ 'a.jsonl': small(1), 'b.jsonl': small(2) });
    const first = await run(store);
    store.remove('a.jsonl');
    const second = await run(store, { state: first.state });
    expect(kinds(second.events)).toEqual(['caught-up']);
    expect(second.state).toEqual(first.state);
  });

  test('is deleted when the settings say so, and upserted when it comes back', async () => {
    const store = memoryStore({ 'a.jsonl': small(1, 2), 'b.jsonl': small(3) });
    const written = { onRemoved: 'delete' as const };
    const first = await run(store, { settings: written });
    store.remove('a.jsonl');
    const second = await run(store, { settings: written, state: first.state });
    expect(documentsOf(second.events)).toEqual([
      { op: 'delete', document: { _meta: { file: 'a.jsonl', offset: 0 } } },
      { op: 'delete', document: { _meta: { file: 'a.jsonl', offset: 1 } } },
    ]);
    const third = await run(store, { settings: written, state: second.state });
    expect(kinds(third.events)).toEqual(['caught-up']);
    store.write('a.jsonl', small(9));
    const fourth = await run(store, { settings: written, state: third.state });
    expect(documentsOf(fourth.events)).toEqual([
      { op: 'upsert', document: { _meta: { file: 'a.jsonl', offset: 0 }, n: 9 } },
    ]);
  });

  test('is deleted in steps that a kill does not undo', async () => {
    const written = { onRemoved: 'delete' as const };
    const store = memoryStore({
      'a.jsonl': small(...Array.from({ length: 25_000 }, (_, n) => n)),
      'b.jsonl': small(1),
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
    const store = memoryStore({ 'a.jsonl': lines(0, 40) });
    const before = await run(store, { checkpoints: 1 });
    store.remove('a.jsonl');
    const without = await run(store, { state: before.state });
    expect(without.state.bindings['s']).toEqual({ files: { 'a.jsonl': ['', expect.any(Number)] } });
    store.write('a.jsonl', small(1));
    const after = await run(store, { state: without.state });
    const rows = applyDocuments(new Map(), documentsOf(before.events));
    expect(applyDocuments(rows, documentsOf(after.events)).size).toBe(1);
  });
});

describe('key ranges', () => {
  test('share the files among them, and leave those of the others alone', async () => {
    const paths = Array.from({ length: 40 }, (_, index) => `f${index}.jsonl`);
    const store = memoryStore(Object.fromEntries(paths.map((path) => [path, small(1)])));
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
      expect(kinds(again.events)).toEqual(['caught-up']);
    }
    expect(seen.sort()).toEqual([...paths].sort());
  });

  test('that were one range before keep what the other now has', async () => {
    const paths = Array.from({ length: 20 }, (_, index) => `f${index}.jsonl`);
    const store = memoryStore(Object.fromEntries(paths.map((path) => [path, small(1)])));
    const { state } = await run(store);
    const range = { begin: 0, end: 0x7fff_ffff };
    const { events } = await run(store, { state, range, settings: { onRemoved: 'delete' } });
    expect(kinds(events)).toEqual(['caught-up']);
  });
});

describe('without the member that is the key', () => {
  test('documents are as they are in the file', async () => {
    const store = memoryStore({ 'a.jsonl': small(1) });
    const { events } = await run(store, { settings: { metadata: false } });
    expect(documentsOf(events)).toEqual([{ op: 'insert', document: { n: 1 } }]);
  });

  test('a shrunk file deletes nothing', async () => {
    const store = memoryStore({ 'a.jsonl': small(1, 2) });
    const { state } = await run(store, { settings: { metadata: false } });
    store.write('a.jsonl', small(1));
    const { events } = await run(store, { settings: { metadata: false }, state });
    expect(documentsOf(events)).toEqual([{ op: 'upsert', document: { n: 1 } }]);
  });
});
