import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { memoryStore } from './memory-store.ts';
import { documentsOf, kindsOf, longLines, run, shortLines } from './test-support.ts';

describe('a sweep', () => {
  test('reads each file once, in byte order of the paths, and says what it does', async () => {
    const store = memoryStore({
      'b.jsonl': shortLines(3),
      'a/z.jsonl': shortLines(1, 2),
      'a.jsonl': shortLines(0),
    });
    const { events, state } = await run(store);
    expect(documentsOf(events)).toEqual([
      { op: 'insert', document: { _meta: { file: 'a.jsonl', offset: 0 }, n: 0 } },
      { op: 'insert', document: { _meta: { file: 'a/z.jsonl', offset: 0 }, n: 1 } },
      { op: 'insert', document: { _meta: { file: 'a/z.jsonl', offset: 1 }, n: 2 } },
      { op: 'insert', document: { _meta: { file: 'b.jsonl', offset: 0 }, n: 3 } },
    ]);
    const perFile = ['documents', 'progress', 'checkpoint'];
    expect(kindsOf(events)).toEqual([
      'backfill-begins',
      ...perFile,
      ...perFile,
      ...perFile,
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
    expect(kindsOf(first.events)).toEqual([
      'backfill-begins',
      'backfill-ends',
      'checkpoint',
      'caught-up',
    ]);
    const second = await run(memoryStore({}), { state: first.state });
    expect(kindsOf(second.events)).toEqual(['caught-up']);
  });

  test('reads nothing again, and says nothing but that it has caught up', async () => {
    const store = memoryStore({ 'a.jsonl': shortLines(1), 'b.csv': 'x,y\n1,2\n' });
    const { state } = await run(store);
    const opened = store.opened.length;
    expect(kindsOf((await run(store, { state })).events)).toEqual(['caught-up']);
    expect(store.opened.length).toBe(opened);
  });

  test('finds a late file that sorts before those that were read', async () => {
    const store = memoryStore({ 'b.jsonl': shortLines(1) });
    const { state } = await run(store);
    store.write('a.jsonl', shortLines(2));
    const { events } = await run(store, { state });
    expect(documentsOf(events)).toEqual([
      { op: 'insert', document: { _meta: { file: 'a.jsonl', offset: 0 }, n: 2 } },
    ]);
    expect(kindsOf(events)).not.toContain('backfill-begins');
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
    expect(kindsOf((await run(store, { state })).events)).toEqual(['caught-up']);
  });

  test('resumes a file in its middle by seeking, with minimal patches', async () => {
    const store = memoryStore({ 'a.jsonl': longLines(0, 60) });
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
    expect(kindsOf(rest.events)).not.toContain('backfill-begins');
    expect(kindsOf(rest.events)).toContain('backfill-ends');
  });

  const contents = {
    'values.jsonl': longLines(0, 40),
    'array.json': `[${longLines(0, 40).trim().split('\n').join(',\n ')}]`,
    'pages.json': [longLines(0, 20), longLines(20, 40)]
      .map((page) => `{"a":[1],"data":{"items":[${page.trim().split('\n').join(',')}]},"z":{}}`)
      .join('\n'),
    'rows.csv': `n,pad\n${Array.from({ length: 40 }, (_, n) => `${n},"${'y'.repeat(65_000)}"\r\n`).join('')}`,
    'values.jsonl.gz': gzipSync(longLines(0, 40, 'z')),
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
      const count = kindsOf(whole.events).filter((is) => is === 'checkpoint').length;
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
    const store = memoryStore({ 'a.jsonl': longLines(0, 40) }, { canSeek: false });
    const before = await run(store, { checkpoints: 1 });
    const after = await run(store, { state: before.state });
    const all = [...documentsOf(before.events), ...documentsOf(after.events)];
    expect(all.map(({ document }) => (document as { n: number }).n)).toEqual(
      Array.from({ length: 40 }, (_, n) => n),
    );
  });

  test('finishes the half-read file before one that sorts before it', async () => {
    const store = memoryStore({ 'b.jsonl': longLines(0, 40) });
    const before = await run(store, { checkpoints: 1 });
    store.write('a.jsonl', shortLines(100));
    const after = await run(store, { state: before.state });
    const files = documentsOf(after.events).map(
      ({ document }) => (document as { _meta: { file: string } })._meta.file,
    );
    expect(files.at(0)).toBe('b.jsonl');
    expect(files.at(-1)).toBe('a.jsonl');
  });
});
