import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { encodeDocuments, Op, parseSettings, silentLog, wholeRange } from '@fairlead/sdk';
import { describe, expect, test } from 'vitest';
import { duckdb } from './materialization.ts';
import { documentsOf, tableOf, testDatabase } from './test-database.ts';

const table = tableOf({ 'id!': { type: 'integer' }, name: { type: ['string', 'null'] } });

function check(path: string): Promise<void> {
  const config = parseSettings(duckdb.config, { path }, 'test');
  return duckdb.check({ config, signal: new AbortController().signal, log: silentLog });
}

describe('a path that cannot work is refused, with what to do', () => {
  test('in a folder that does not exist', async () => {
    await using database = await testDatabase();
    await expect(check(database.folder.join('no', 'such.duckdb'))).rejects.toMatchObject({
      kind: 'config',
      message: expect.stringMatching(/^the folder .*no does not exist$/),
      hint: expect.stringContaining('Create it'),
    });
  });

  test('of a folder', async () => {
    await using database = await testDatabase();
    await expect(check(database.folder.path)).rejects.toMatchObject({ kind: 'config' });
  });

  test('below a file', async () => {
    await using database = await testDatabase();
    const file = await database.folder.write('file', 'x');
    await expect(check(`${file}/a.duckdb`)).rejects.toMatchObject({ kind: 'config' });
  });

  test.each([
    ['nothing', ''],
    ['text', 'this is a text of some length, and no database'],
    ['another header', `${'\0'.repeat(8)}DICK${'\0'.repeat(5000)}`],
    ['half a header', `${'\0'.repeat(8)}DUCK`],
  ])('of a file with %s in it', async (_, content) => {
    await using database = await testDatabase();
    await writeFile(database.path, content);
    await expect(check(database.path)).rejects.toMatchObject({
      kind: 'config',
      where: database.path,
      hint: expect.stringMatching(/\w/),
    });
    expect(await readFile(database.path, 'latin1')).toBe(content);
    expect(await readdir(database.folder.path)).toEqual(['test.duckdb']);
  });

  test('of a file that was damaged', async () => {
    await using database = await testDatabase();
    await database.run('CREATE TABLE t (a INTEGER)');
    const bytes = await readFile(database.path);
    bytes[12] = 200;
    await writeFile(database.path, bytes);
    await expect(check(database.path)).rejects.toMatchObject({ kind: 'config' });
  });

  test('where names are views', async () => {
    await using database = await testDatabase();
    await database.run('CREATE VIEW t AS SELECT 1 AS id');
    await using destination = await database.connect();
    await expect(destination.plan([table])).rejects.toMatchObject({
      kind: 'config',
      where: 'table main.t',
      message: 'there is a view of this name',
    });
  });
});

describe('tables that cannot be together are refused:', () => {
  test.each([
    { what: 'two of one name', tables: [table, { ...table, resource: { table: 'T' } }] },
    {
      what: 'that of the checkpoints',
      tables: [{ ...table, resource: { table: 'Fairlead_Checkpoints' } }],
    },
    { what: 'one to be merged without a key', tables: [tableOf({ a: {} }, { write: 'merge' })] },
  ])('$what', async ({ tables }) => {
    await using database = await testDatabase();
    await using destination = await database.connect();
    const request = { task: 'test', range: wholeRange, tables };
    await expect(destination.plan(tables)).rejects.toMatchObject({ kind: 'config' });
    await expect(destination.open(request)).rejects.toMatchObject({ kind: 'config' });
  });
});

describe('a file that is in use', () => {
  test('by another process is a transient failure that names the process', async () => {
    await using database = await testDatabase();
    await database.run('CREATE TABLE t (a INTEGER)');
    const holder = spawn(process.execPath, ['-e', holdOpen, database.path], { stdio: 'pipe' });
    try {
      await once(holder.stdout, 'data');
      await expect(check(database.path)).rejects.toMatchObject({
        kind: 'transient',
        message: `the database is in use by another process (PID ${holder.pid})`,
        where: database.path,
      });
    } finally {
      const exited = once(holder, 'exit');
      holder.stdin.end();
      await exited;
    }
    await check(database.path);
  });

  test('by this process is shared, and closed with the last of its users', async () => {
    await using database = await testDatabase();
    {
      await using first = await database.connect();
      const second = await database.connect();
      await second[Symbol.asyncDispose]();
      await first.apply(await first.plan([table]));
      expect(await outsideError(database.path)).toContain('Could not set lock');
    }
    expect(await outsideError(database.path)).toBe('');
  });

  test('is known by each of its names', async () => {
    await using database = await testDatabase();
    await using first = await database.connect();
    await first.apply(await first.plan([table]));
    const config = { ...database.config, path: `${database.folder.path}/./test.duckdb` };
    const scope = { config, signal: new AbortController().signal, log: silentLog };
    await using second = await duckdb.connect(scope);
    expect(await second.plan([table])).toEqual({ changes: [] });
  });
});

describe('a database that was not there', () => {
  test('is not there after a check or a plan', async () => {
    await using database = await testDatabase();
    await check(database.path);
    {
      await using destination = await database.connect();
      await destination.plan([table]);
    }
    expect(await readdir(database.folder.path)).toEqual([]);
  });

  test('is not there after a run that has committed nothing', async () => {
    await using database = await testDatabase();
    await database.write([table], async (writer) => {
      await writer.store(0, encodeDocuments([{ id: 1 }]));
    });
    expect(await readdir(database.folder.path)).toEqual([]);
  });

  test('stays after a commit', async () => {
    await using database = await testDatabase();
    await database.write([table], async (writer) => {
      await writer.commit('{}');
      await writer.store(0, encodeDocuments([{ id: 1 }]));
    });
    expect(await readdir(database.folder.path)).toEqual(['test.duckdb']);
  });

  test('is not removed when it was there before', async () => {
    await using database = await testDatabase();
    await database.run('CREATE TABLE mine (a INTEGER)');
    await database.write([table], async (writer) => {
      await writer.store(0, encodeDocuments([{ id: 1 }]));
    });
    expect(await database.rows('SELECT count(*) FROM mine')).toEqual([['0']]);
  });
});

describe('values that do not fit', () => {
  test.each([
    { op: Op.insert, when: 'inserts' },
    { op: Op.upsert, when: 'changes' },
  ])('fail as data among $when, without being repeated, and leave nothing', async ({ op }) => {
    await using database = await testDatabase({ advanced: { segmentBytes: '1KiB' } });
    await database.write([table], async (writer) => {
      await writer.store(0, documentsOf(['{"id":1}'], op));
      await writer.commit('{}');
    });
    const failure = await database
      .write([table], async (writer) => {
        await writer.store(0, documentsOf(['{"id":2}', '{"id":"s3cret"}'], op));
        await writer.commit('{}');
      })
      .catch((error: unknown) => error);
    expect(failure).toMatchObject({ name: 'Failure', kind: 'data', where: 'table main.t' });
    expect(String(failure)).not.toContain('s3cret');
    expect(await database.rows('SELECT id FROM t')).toEqual([['1']]);
  });

  test('fail in the background at a later call, and every call fails after that', async () => {
    await using database = await testDatabase({ advanced: { segmentBytes: '1KiB' } });
    await database.write([table], async (writer) => {
      const good = documentsOf(Array.from({ length: 100 }, (_, id) => `{"id":${id}}`));
      const failing = async () => {
        await writer.store(0, documentsOf(['{"id":"bad"}'], Op.insert));
        for (;;) await writer.store(0, { ...good, ops: new Uint8Array(100).fill(Op.insert) });
      };
      await expect(failing()).rejects.toMatchObject({ kind: 'data' });
      await expect(writer.store(0, good)).rejects.toMatchObject({ kind: 'data' });
      await expect(writer.commit('{}')).rejects.toMatchObject({ kind: 'data' });
      await expect(writer.truncate(0)).rejects.toMatchObject({ kind: 'data' });
      await expect(writer.alter([])).rejects.toMatchObject({ kind: 'data' });
    });
    expect(await readdir(database.folder.path)).toEqual([]);
  });

  test('of a key are refused before anything of their batch is taken', async () => {
    await using database = await testDatabase();
    await database.write([table], async (writer) => {
      await writer.store(0, documentsOf(['{"id":1}']));
      await expect(writer.store(0, documentsOf(['{"id":2}', '{"id":null}']))).rejects.toMatchObject(
        {
          kind: 'data',
          where: 'table main.t',
          message: 'a document has no value for the key column id',
        },
      );
    });
  });
});

describe('what a killed run has left', () => {
  test('is removed by the next one, and nothing else', async () => {
    await using database = await testDatabase();
    await database.run('CREATE TABLE mine (a INTEGER)');
    const config = JSON.stringify(database.config);
    const killed = spawn(process.execPath, [...execArgv, '-e', stageAndWait, config], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(killed.stdout, 'data');
    const staging = `${database.path}.staging`;
    expect(await readdir(staging)).toHaveLength(1);
    const exited = once(killed, 'exit');
    killed.kill('SIGKILL');
    await exited;
    await writeFile(`${staging}/mine.txt`, 'mine');
    await check(database.path);
    expect(await readdir(staging)).toEqual(['mine.txt']);
    expect(await database.rows('SELECT count(*) FROM mine')).toEqual([['0']]);
  });
});

describe('a full disk', () => {
  test.each([
    { what: 'segments', segmentBytes: '100MiB' },
    { what: 'the database', segmentBytes: '64KiB' },
  ])('of $what is an access failure, and leaves what was committed', async ({ segmentBytes }) => {
    await using database = await testDatabase({ advanced: { segmentBytes } });
    await database.write([table], async (writer) => {
      await writer.store(0, encodeDocuments([{ id: 0, name: 'kept' }]));
      await writer.commit('{"kept":true}');
    });
    // The system refuses to let any file grow past this many blocks of 1 KiB.
    const command = 'ulimit -f 4000; exec "$@"';
    const node = [process.execPath, ...execArgv, '-e', fillDisk, JSON.stringify(database.config)];
    const full = spawn('bash', ['-c', command, 'bash', ...node], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [[said]] = await Promise.all([once(full.stdout, 'data'), once(full, 'exit')]);
    expect(JSON.parse(String(said))).toMatchObject({
      name: 'Failure',
      kind: 'access',
      message: 'there is no room left to write (EFBIG)',
    });
    expect(await database.rows('SELECT id, name FROM t')).toEqual([['0', 'kept']]);
    expect(
      await database.rows('SELECT checkpoint FROM fairlead_checkpoints WHERE last_rows = 1'),
    ).toEqual([['{"kept":true}']]);
    expect(await readdir(database.folder.path)).toEqual(['test.duckdb']);
  });
});

test('a folder that may not be written is an access failure', async () => {
  await using database = await testDatabase();
  const folder = database.folder.join('closed');
  await mkdir(folder);
  await chmod(folder, 0o500);
  // Whoever may do everything is let in by the system.
  const expected = process.getuid?.() === 0 ? undefined : 'access';
  const failure: unknown = await check(`${folder}/a.duckdb`).catch((error: unknown) => error);
  expect(failure).toEqual(
    expected === undefined ? undefined : expect.objectContaining({ kind: expected }),
  );
});

const nodeApi = JSON.stringify(createRequire(import.meta.url).resolve('@duckdb/node-api'));
const connector = JSON.stringify(new URL('./index.ts', import.meta.url).href);

/** Runs TypeScript from source, modules from strings. */
const execArgv = ['--import', 'tsx', '--conditions=source', '--input-type=module'];

/** Opens the file in `argv[1]` until its input ends. */
const holdOpen = `
  require(${nodeApi}).DuckDBInstance.create(process.argv[1]).then(
    (instance) => {
      console.log('open');
      process.stdin.on('data', () => {}).on('end', () => instance.closeSync());
    },
    (error) => console.log(error.message),
  );`;

const openWriter = `
  const { duckdb } = await import(${connector});
  const { encodeDocuments, wholeRange, silentLog, Op } = await import('@fairlead/sdk');
  const table = ${JSON.stringify(table)};
  const scope = { config: JSON.parse(process.argv[1]), signal: new AbortController().signal, log: silentLog };
  const destination = await duckdb.connect(scope);
  const writer = await destination.open({ task: 'other', range: wholeRange, tables: [table] });
  await writer.alter([table]);`;

const stageAndWait = `${openWriter}
  // As much as is gathered before it is written, of changes, which are loaded only once they are much more.
  await writer.store(0, encodeDocuments([{ id: 1, name: 'x'.repeat(2 ** 20) }]));
  console.log('staged');
  setInterval(() => {}, 1000);`;

const fillDisk = `${openWriter}
  try {
    for (let id = 0; ; id += 1000) {
      const rows = Array.from({ length: 1000 }, (_, i) => ({ id: id + i, name: Math.random().toString(36).repeat(9) }));
      await writer.store(0, encodeDocuments(rows, Op.insert));
    }
  } catch (error) {
    console.log(JSON.stringify({ ...error, name: error.name, message: error.message }));
  }
  await writer[Symbol.asyncDispose]();
  await destination[Symbol.asyncDispose]();`;

/** What another process is told when it opens the file; nothing when it may. */
async function outsideError(path: string): Promise<string> {
  const other = spawn(process.execPath, ['-e', holdOpen, path], { stdio: 'pipe' });
  other.stdin.end();
  const [[said]] = await Promise.all([once(other.stdout, 'data'), once(other, 'exit')]);
  return String(said).trim() === 'open' ? '' : String(said);
}
