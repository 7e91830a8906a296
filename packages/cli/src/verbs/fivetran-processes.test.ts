import { DuckDBInstance } from '@duckdb/node-api';
import { expect, test } from 'vitest';
import { pipelineFolder, type PipelineFolder } from '../testing/pipeline-folder.ts';
import { runCommand, startCommand, type Command } from '../testing/run-command.ts';

const rows = 150;
const slow = { rows: String(rows), streams: 'orders,notes', wait: '20ms' };
const configuration = { 'configuration.json': JSON.stringify(slow) };

test('a source that is killed in a sync goes on from the last checkpoint', async () => {
  await using folder = await pipelineFolder(configuration);
  const { source, port } = await serve(folder, 'tick', '0');
  await using debug = startCommand(['fivetran', 'debug', `127.0.0.1:${port}`], {
    folder: folder.path,
  });
  await debug.saw('number=2');
  source.process.kill('SIGKILL');
  expect(await debug.ended).toMatchObject({ exitCode: 4, stdout: expect.stringMatching(/stored/) });
  await using served = (await serve(folder, 'tick', port)).source;
  const again = await runCommand(['fivetran', 'debug', `127.0.0.1:${port}`, '--json'], {
    folder: folder.path,
  });
  expect(JSON.parse(again.stdout)).toMatchObject({ findings: [] });
  await expectAll(folder);
  served.process.kill('SIGTERM');
  expect(await served.ended).toMatchObject({ exitCode: 0, stderr: '' });
});

test('a warehouse whose writer is killed has rows and state that belong together', async () => {
  await using folder = await pipelineFolder(configuration);
  const options = { folder: folder.path };
  for (const seen of ['number=1', 'number=2']) {
    await using debug = startCommand(['fivetran', 'debug', 'tick'], options);
    await debug.saw(seen);
    debug.process.kill('SIGKILL');
    await debug.ended;
  }
  expect(await runCommand(['fivetran', 'debug', 'tick', '-q'], options)).toMatchObject({
    exitCode: 0,
  });
  await expectAll(folder);
});

test('a destination that is killed has, after the same steps again, what it should have', async () => {
  const columns = { id: 'INT', name: 'STRING' };
  const batch = (from: number) =>
    Array.from({ length: 20 }, (_, i) => ({ id: from + i, name: `row ${from + i}` }));
  const ops = Array.from({ length: 30 }, (_, i) => ({ upsert: { orders: batch(i * 10) } }));
  await using folder = await pipelineFolder({
    'configuration.json': JSON.stringify({ path: 'shop.duckdb' }),
    'inputs/1.json': JSON.stringify({
      create_table: { orders: { columns, primary_key: ['id'] } },
      ops: [...ops, { delete: { orders: batch(0) } }],
    }),
  });
  const options = { folder: folder.path };
  const words = (port: string) => ['fivetran', 'test-destination', `127.0.0.1:${port}`, 'inputs'];
  const { source: destination, port } = await serve(folder, 'duckdb', '0');
  await using killed = destination;
  await using trial = startCommand(words(port), options);
  await trial.saw('step=upsert');
  killed.process.kill('SIGKILL');
  expect(await trial.ended).toMatchObject({ exitCode: 4 });
  await using served = (await serve(folder, 'duckdb', port)).source;
  expect(await runCommand([...words(port), '-q'], options)).toMatchObject({ exitCode: 0 });
  served.process.kill('SIGTERM');
  await served.ended;
  const found = await query(
    folder.join('shop.duckdb'),
    'SELECT count(*), min(id), max(id), count(DISTINCT name) FROM tester.orders',
  );
  expect(found).toEqual([[290n, 20, 309, 290n]]);
});

test('Ctrl-C ends a sync at once', async () => {
  await using folder = await pipelineFolder(configuration);
  await using debug = startCommand(['fivetran', 'debug', 'tick'], { folder: folder.path });
  await debug.saw('number=1');
  debug.process.kill('SIGINT');
  expect(await debug.ended).toMatchObject({ exitCode: 130, stdout: '' });
});

test('what is served logs as Fivetran reads it', async () => {
  await using folder = await pipelineFolder();
  const { source } = await serve(folder, 'tick', '0');
  await using served = source;
  served.process.kill('SIGINT');
  const { stdout, exitCode } = await served.ended;
  expect(exitCode).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ level: 'INFO', 'message-origin': 'sdk_connector' });
});

async function serve(
  folder: PipelineFolder,
  name: string,
  port: string,
): Promise<{ source: Command; port: string }> {
  const source = startCommand(['fivetran', 'serve', name, '--port', port], { folder: folder.path });
  let said = '';
  source.process.stdout.on('data', (text: string) => (said += text));
  await source.saw('"message-origin"');
  const [, listening = ''] = /port=(\d+)/.exec(said) ?? [];
  return { source, port: listening };
}

async function expectAll(folder: PipelineFolder): Promise<void> {
  for (const stream of ['orders', 'notes']) {
    const found = await query(
      folder.join('files/warehouse.db'),
      `SELECT id, name FROM tester.${stream} WHERE NOT _fivetran_deleted ORDER BY id`,
    );
    const expected = Array.from({ length: rows }, (_, i) => [BigInt(i + 1), `${stream} ${i + 1}`]);
    expect(found).toEqual(expected);
  }
}

/** The connection is closed as well: a file that is still open would be opened twice. */
async function query(path: string, sql: string) {
  const instance = await DuckDBInstance.create(path);
  const connection = await instance.connect();
  try {
    return (await connection.runAndReadAll(sql)).getRows();
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}
