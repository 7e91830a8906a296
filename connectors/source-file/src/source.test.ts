import { appendFile, chmod, rm } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import { connect, createLog, isFailure, silentLog, type SourceEvent } from '@fairlead/sdk';
import { linesOf, pull, pullAll, stateAfter, tempFolder, type TempFolder } from '@fairlead/testkit';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { connector, file } from './index.ts';
import { unprivileged } from './unprivileged.ts';

let folder: TempFolder;
const { signal } = new AbortController();
const scope = { signal, log: silentLog };

beforeEach(async () => {
  folder = await tempFolder();
});
afterEach(() => folder[Symbol.asyncDispose]());

const at = (paths: string | readonly string[], more: object = {}) => ({
  paths,
  root: folder.path,
  ...more,
});

async function write(files: Record<string, string | Uint8Array>): Promise<void> {
  for (const [name, content] of Object.entries(files)) await folder.write(name, content);
}

function failures(events: readonly SourceEvent[]) {
  return events.flatMap((event) => (event.is === 'failed' ? [event.failure] : []));
}

async function failureOf(promise: Promise<unknown>) {
  const error = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!isFailure(error)) throw new Error(`no failure but ${String(error)}`);
  const { kind, message, where, hint } = error;
  return { kind, message, where, hint };
}

test('is exported under the name by which a host loads it', () => {
  expect(connector).toBe(file);
  expect([file.name, file.title]).toEqual(['source-file', 'Files']);
});

describe('reading', () => {
  test('CSV and JSON, plain and compressed, each as it is', async () => {
    const csv = 'id,name,price\n1,Anna,1.50\n2,"B ""x"", y",\n';
    await write({
      'b.csv': csv,
      'c.csv.gz': gzipSync(csv),
      'd.jsonl': '{"id":12345678901234567890,"price":1.50}\n',
      'e.json': '[{"id":1},\n {"id":2}]',
      'f.tsv': 'a\tb\n1\tx\n',
    });
    const events = await pullAll(file, at('*'));
    expect(linesOf(events)).toEqual([
      'insert {"_meta":{"file":"b.csv","offset":0},"id":1,"name":"Anna","price":1.50}',
      'insert {"_meta":{"file":"b.csv","offset":1},"id":2,"name":"B \\"x\\", y","price":null}',
      'insert {"_meta":{"file":"c.csv.gz","offset":0},"id":1,"name":"Anna","price":1.50}',
      'insert {"_meta":{"file":"c.csv.gz","offset":1},"id":2,"name":"B \\"x\\", y","price":null}',
      'insert {"_meta":{"file":"d.jsonl","offset":0},"id":12345678901234567890,"price":1.50}',
      'insert {"_meta":{"file":"e.json","offset":0},"id":1}',
      'insert {"_meta":{"file":"e.json","offset":1},"id":2}',
      'insert {"_meta":{"file":"f.tsv","offset":0},"a":1,"b":"x"}',
    ]);
  });

  test('a line of 20 MB', async () => {
    await write({ 'a.jsonl': `{"s":"${'x'.repeat(20_000_000)}"}\n{"s":"y"}\n` });
    const lines = linesOf(await pullAll(file, at('a.jsonl')));
    expect(lines.map((line) => line.length > 20_000_000)).toEqual([true, false]);
  });

  test('files of one stream whose formats differ', async () => {
    await write({ 'a-2024-01.csv': 'n\n1\n', 'a-2024-02.jsonl.gz': gzipSync('{"n":2}\n') });
    const lines = linesOf(await pullAll(file, at('.'))).map((line) => JSON.parse(line.slice(7)));
    expect(lines.map(({ n }) => n)).toEqual([1, 2]);
  });

  test('names with quotes, spaces and other alphabets', async () => {
    const name = 'Größe "x" \\ 数.csv';
    await write({ [name]: 'n\n1\n' });
    const [line = ''] = linesOf(await pullAll(file, at('.')));
    expect(JSON.parse(line.slice(7))).toEqual({ _meta: { file: name, offset: 0 }, n: 1 });
  });

  test('a member of another name, or none', async () => {
    await write({ 'a.csv': '_meta\n1\n' });
    expect(linesOf(await pullAll(file, at('.', { metadata: 'source' })))).toEqual([
      'insert {"source":{"file":"a.csv","offset":0},"_meta":1}',
    ]);
    expect(linesOf(await pullAll(file, at('.', { metadata: false })))).toEqual([
      'insert {"_meta":1}',
    ]);
  });

  test('documents at a path', async () => {
    await write({ 'a.json': '{"meta":{"n":2},"data":{"items":[{"a":1},{"a":2}]}}' });
    const settings = at('.', { format: { type: 'json', path: '/data/items' } });
    expect(linesOf(await pullAll(file, settings))).toHaveLength(2);
  });
});

describe('from run to run', () => {
  test('new and changed files come, and others do not', async () => {
    await write({ 'a-2024-01.csv': 'n\n1\n2\n', 'a-2024-02.csv': 'n\n3\n' });
    const first = await pullAll(file, at('.'));
    await folder.write('a-2023-12.csv', 'n\n0\n');
    await folder.write('a-2024-01.csv', 'n\n9\n');
    const second = await pullAll(file, at('.'), { state: stateAfter(first) });
    expect(linesOf(second)).toEqual([
      'insert {"_meta":{"file":"a-2023-12.csv","offset":0},"n":0}',
      '{"_meta":{"file":"a-2024-01.csv","offset":0},"n":9}',
      'delete {"_meta":{"file":"a-2024-01.csv","offset":1}}',
    ]);
    const state = stateAfter(second, stateAfter(first));
    expect(linesOf(await pullAll(file, at('.'), { state }))).toEqual([]);
  });

  test('a new file that appears while others are read comes in the next run', async () => {
    await write({ 'a-1.jsonl': '{"n":1}\n' });
    const events: SourceEvent[] = [];
    for await (const event of pull(file, at('.'))) {
      if (event.is === 'documents') await folder.write('a-0.jsonl', '{"n":0}\n');
      events.push(event);
    }
    expect(linesOf(events)).toHaveLength(1);
    await rm(folder.join('a-0.jsonl'));
    await folder.write('a-1-2024-01.jsonl', '{"n":0}\n');
    const next = await pullAll(file, at('.'), { state: stateAfter(events) });
    expect(linesOf(next)).toEqual([
      'insert {"_meta":{"file":"a-1-2024-01.jsonl","offset":0},"n":0}',
    ]);
  });

  test('removed files are kept, or deleted on request, but never because a folder is missing', async () => {
    await write({ 'in/a.csv': 'n\n1\n', 'in/b.csv': 'n\n2\n' });
    const settings = at('in/*.csv', {
      onRemoved: 'delete',
      streams: [{ name: 's', paths: 'in/*' }],
    });
    const first = await pullAll(file, settings);
    const state = stateAfter(first);
    await rm(folder.join('in/a.csv'));
    const source = connect(file, settings);
    const again = async () => {
      const events: SourceEvent[] = [];
      const binding = { stream: 's', resource: { stream: 's' }, stateKey: 's' };
      const range = { begin: 0, end: 0xffff_ffff };
      for await (const event of source.pull({
        ...scope,
        bindings: [binding],
        state,
        until: 'caught-up',
        range,
      })) {
        events.push(event);
      }
      return events;
    };
    expect(linesOf(await again())).toEqual(['delete {"_meta":{"file":"in/a.csv","offset":0}}']);
    await rm(folder.join('in'), { recursive: true });
    const events = await again();
    expect(linesOf(events)).toEqual([]);
    expect(failures(events)).toMatchObject([{ kind: 'config', where: 'in' }]);
  });

  test('a file that grows while it is read fails as transient, and comes whole next time', async () => {
    const line = (n: number) => `{"n":${n},"pad":"${'x'.repeat(1000)}"}\n`;
    await write({ 'a.jsonl': Array.from({ length: 5000 }, (_, n) => line(n)).join('') });
    const events: SourceEvent[] = [];
    let grown = false;
    for await (const event of pull(file, at('.'))) {
      events.push(event);
      if (event.is === 'checkpoint' && !grown) {
        grown = true;
        await appendFile(folder.join('a.jsonl'), line(5000));
      }
    }
    expect(failures(events)).toMatchObject([
      { kind: 'transient', message: 'the file changed while it was read', where: 'a.jsonl' },
    ]);
    const next = await pullAll(file, at('.'), { state: stateAfter(events) });
    expect(failures(next)).toEqual([]);
    expect(linesOf(next)).toHaveLength(5001);
  });

  test('watching sees what is written, and ends when it is told to', async () => {
    await write({ 'a.jsonl': '{"n":1}\n' });
    const controller = new AbortController();
    const events: SourceEvent[] = [];
    const watching = async () => {
      const options = { until: 'forever' as const, signal: controller.signal };
      let sweeps = 0;
      for await (const event of pull(file, at('.', { interval: '1ms' }), options)) {
        events.push(event);
        if (event.is !== 'caught-up') continue;
        if (++sweeps === 1) await folder.write('a-2024-01.jsonl', '{"n":2}\n');
        if (linesOf(events).length === 2) controller.abort(new Error('enough'));
      }
    };
    await expect(watching()).rejects.toThrow('enough');
    expect(linesOf(events).map((line) => JSON.parse(line.slice(7)).n)).toEqual([1, 2]);
  });
});

describe('streams', () => {
  test('are discovered with key, schema and resource, in the same order each time', async () => {
    await write({ 'b.csv': 'x,y\n1,a\n', 'a/orders-2024-01.jsonl': '{"id":1}\n' });
    const source = connect(file, at('.'));
    const streams = await source.discover(scope);
    expect(streams).toMatchObject([
      {
        name: 'b',
        key: ['/_meta/file', '/_meta/offset'],
        textual: true,
        resource: { stream: 'b' },
        schema: { properties: { x: { type: 'integer' }, y: { type: 'string' } } },
      },
      { name: 'orders', schema: { properties: { id: { type: 'integer' } } } },
    ]);
    expect(streams[1]).not.toHaveProperty('textual');
    expect(await source.discover(scope)).toEqual(streams);
  });

  test('have no key without the member', async () => {
    await write({ 'b.csv': 'x\n1\n' });
    const [stream] = await connect(file, at('.', { metadata: false })).discover(scope);
    expect(stream?.key).toEqual([]);
  });

  test('that cannot be sampled are offered, with a warning, unless none can be', async () => {
    await write({ 'a.csv': 'PAR1\x15\x00', 'b.csv': 'x\n1\n' });
    const warnings: unknown[] = [];
    const log = createLog(
      (level, _, fields) => void (level === 'warn' && warnings.push(fields['file'])),
    );
    const streams = await connect(file, at('.')).discover({ signal, log });
    expect(streams.map(({ name }) => name)).toEqual(['a', 'b']);
    expect(warnings).toEqual(['a.csv']);
    await rm(folder.join('b.csv'));
    expect(await failureOf(connect(file, at('.')).discover(scope))).toMatchObject({
      kind: 'config',
      where: 'a.csv',
      message: 'the file is a Parquet file, which this version does not read',
    });
  });

  test('fail alone', async () => {
    await write({ 'a.csv': 'x\n1\n', 'b.csv': 'x\n1\n', 'c.json': '[{"x":1},{"x":}]' });
    await chmod(folder.path, 0o755);
    await chmod(folder.join('a.csv'), 0);
    const events = await unprivileged(() => pullAll(file, at('.')));
    expect(linesOf(events, 1)).toHaveLength(1);
    expect(failures(events)).toMatchObject([
      { kind: 'access', where: 'a.csv', message: 'this process may not read it' },
      { kind: 'data', where: 'c.json, record 2, byte 14' },
    ]);
    expect(linesOf(events, 2)).toHaveLength(1);
  });

  test('without files catch up at once', async () => {
    await write({ 'a.csv': 'x\n1\n' });
    const settings = at('.', { streams: [{ name: 'none', paths: '*.json' }] });
    const events = await pullAll(file, settings, { streams: ['none'] });
    expect(events.map(({ is }) => is)).toEqual([
      'backfill-begins',
      'backfill-ends',
      'checkpoint',
      'caught-up',
    ]);
  });
});

describe('a check', () => {
  test.each<[string, string | string[], object]>([
    [
      'a path that does not exist',
      'no.csv',
      {
        kind: 'config',
        message: 'there is no such file or folder',
        where: 'no.csv',
        hint: expect.stringContaining('root'),
      },
    ],
    [
      'a pattern that finds nothing',
      ['*.csv', 'x/*.json'],
      {
        kind: 'config',
        message: 'there are no files here',
        where: '*.csv, x/*.json',
        hint: expect.stringContaining('pattern'),
      },
    ],
    ['an empty folder', 'x', { kind: 'config', message: 'there are no files here', where: 'x' }],
    [
      'a file that is no text',
      'noise.bin',
      {
        kind: 'config',
        message: 'the file is not a text file',
        where: 'noise.bin',
      },
    ],
    [
      'a truncated gzip file',
      'cut.csv.gz',
      {
        kind: 'data',
        message: 'the gzip file is truncated',
        where: 'cut.csv.gz',
      },
    ],
  ])('fails for %s', async (_, paths, expected) => {
    await write({
      'x/.hidden': 'x',
      'noise.bin': Buffer.from(Array.from({ length: 300 }, (__, n) => n % 7)),
      'cut.csv.gz': gzipSync('a,b\n1,2\n').subarray(0, 20),
    });
    expect(await failureOf(connect(file, at(paths)).check(scope))).toMatchObject(expected);
  });

  test('passes for what can be read', async () => {
    await write({ 'a.csv': 'PAR1\x15\x00', 'b.csv': 'x\n1\n' });
    await expect(connect(file, at('.')).check(scope)).resolves.toBeUndefined();
  });
});
