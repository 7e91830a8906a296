import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { DuckDBInstance } from '@duckdb/node-api';
import { describe, expect, test } from 'vitest';
import { callCommand } from '../testing/call-command.ts';
import { pipelineFolder, type PipelineFolder } from '../testing/pipeline-folder.ts';
import { fairlead, runCommand } from '../testing/run-command.ts';

const script = fileURLToPath(new URL('../../test/airbyte/source-shop.js', import.meta.url));
const command = JSON.stringify([process.execPath, script]);

/** A pipeline from the foreign source, with more settings, into a box. */
const shop = (more = '') => `name: shop
source:
  airbyte:
    command: ${command}
    config: { token: "\${env:TOKEN}", login: { password: hunter22 }${more} }
destination:
  box: { path: box.json }
`;
const variables = { TOKEN: 'tok-12345' };

async function tables(folder: PipelineFolder): Promise<Record<string, unknown>> {
  return JSON.parse(await folder.read('box.json')).tables;
}

/** The same source, which does not answer to "spec". */
const silent = fileURLToPath(new URL('../../test/airbyte/source-silent.js', import.meta.url));

/** The rows of a query on the database in a folder, as texts. */
async function rowsOf(folder: PipelineFolder, sql: string): Promise<unknown[][]> {
  const instance = await DuckDBInstance.create(folder.join('shop.duckdb'), {
    access_mode: 'READ_ONLY',
  });
  const connection = await instance.connect();
  try {
    const reader = await connection.runAndReadAll(sql);
    return reader.getRowsJson().map((row) => row.map(String));
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

describe('a source that is any executable of Airbyte', () => {
  test('is checked, and offers its streams', async () => {
    await using folder = await pipelineFolder({ 'pipeline.yaml': shop() });
    const at = { folder: folder.path, variables };
    const checked = await callCommand(['check'], at);
    expect(checked).toMatchObject({ exitCode: 0 });
    expect(checked.stdout).toMatch(/^source +source-airbyte +ok$/m);
    const { stdout } = await callCommand(['discover'], at);
    expect(stdout.split('\n').map((line) => line.split(/ {2,}/).slice(0, 2))).toEqual([
      ['stream', 'key'],
      ['public.customers', 'id'],
      ['prices', '-'],
      [''],
    ]);
  });

  test('is previewed with values to the last digit, and planned', async () => {
    await using folder = await pipelineFolder({ 'pipeline.yaml': shop() });
    const at = { folder: folder.path, variables };
    const { stdout } = await callCommand(['preview', '*customers', '--json', '-q'], at);
    expect(stdout).toContain('"balance":12345678901234567.25');
    const planned = await callCommand(['plan', '-q'], at);
    expect(planned.stdout).toContain('CREATE TABLE prices (product, price);');
  });

  test('goes on from its own state, and says which rows are gone', async () => {
    const duckdb = (more: string) => shop(more).replace(/box:.*/, 'duckdb: { path: shop.duckdb }');
    await using folder = await pipelineFolder();
    const at = { folder: folder.path, variables };
    const rows = async () => {
      const sql = 'SELECT id, name, balance FROM public_customers ORDER BY id';
      const prices = 'SELECT product, price FROM prices ORDER BY price';
      return [await rowsOf(folder, sql), await rowsOf(folder, prices)];
    };
    await writeFile(folder.join('pipeline.yaml'), duckdb(', upTo: 3'));
    // The destination is loaded as it is installed, so this is a process on the sources.
    expect(await runCommand(['run', '-q'], at)).toMatchObject({ exitCode: 0, stderr: '' });
    const prices = [
      ['tea', '2.5'],
      ['jam', '3'],
    ];
    expect(await rows()).toEqual([
      [
        ['1', 'Ada', '12345678901234567.25'],
        ['2', 'Bob', '0'],
        ['3', '"_ab_cdc_deleted_at":"no"', '1'],
      ],
      prices,
    ]);
    const shown = await runCommand(['state', 'show', '--json'], at);
    const { bindings } = JSON.parse(shown.stdout).checkpoint.state;
    expect(JSON.parse(bindings['public.customers'].state).stream.stream_state).toEqual({ done: 3 });
    await writeFile(folder.join('pipeline.yaml'), duckdb(''));
    expect(await runCommand(['run', '-q'], at)).toMatchObject({ exitCode: 0, stderr: '' });
    expect(await rows()).toEqual([
      [
        ['1', 'Ada L.', '7'],
        ['3', '"_ab_cdc_deleted_at":"no"', '1'],
      ],
      prices,
    ]);
  });

  test.each([
    ['preview', 'config', 2, 'The token **** has expired.'],
    ['preview', 'passing', 4, 'Busy; try **** again.'],
    ['preview', 'silently', 4, 'the program ended with 7. Its last words: KeyError: ****'],
  ])('that fails ends %s (%s) with %i, in one line', async (verb, fails, exitCode, message) => {
    await using folder = await pipelineFolder({ 'pipeline.yaml': shop(`, fails: ${fails}`) });
    const ended = await callCommand([verb, '-q'], { folder: folder.path, variables });
    expect(ended).toEqual({ exitCode, stdout: '', stderr: `fairlead: ${script}: ${message}\n` });
  });

  test('that is refused half-way keeps what it had said is whole', async () => {
    await using folder = await pipelineFolder({ 'pipeline.yaml': shop(', fails: config') });
    const ended = await callCommand(['run', '-q'], { folder: folder.path, variables });
    expect(ended).toEqual({
      exitCode: 2,
      stdout: expect.stringMatching(/customers +5 .* unfinished\n[^]*5 new rows.* 1 commit\n$/),
      stderr: `fairlead: ${script}: The token **** has expired.\n`,
    });
  });

  test.each([
    ['tok-12345', 'check -v', 'signed in with **** and ****'],
    ['tok-12345', 'run -v', 'reading with ****'],
    ['tok-12345', 'run --json', 'reading with ****'],
    ['wrong-token', 'check', 'There is no token ****.'],
    ['wrong-token', 'check --json', 'There is no token ****.'],
  ])('with %s shows its secrets to nobody by %s', async (token, words, shown) => {
    await using folder = await pipelineFolder({ 'pipeline.yaml': shop() });
    const at = { folder: folder.path, variables: { TOKEN: token } };
    const { stdout, stderr } = await callCommand(words.split(' '), at);
    expect(`${stdout}${stderr}`).toContain(shown);
    expect(`${stdout}${stderr}`).not.toMatch(/tok-12345|wrong-token|hunter22/);
  });

  test('that does not say which settings are secrets shows none of them', async () => {
    const text = shop(', fails: config').replace(script, silent);
    await using folder = await pipelineFolder({ 'pipeline.yaml': text });
    const { stderr } = await callCommand(['check'], { folder: folder.path, variables });
    expect(stderr).toContain('signed in with ****');
    expect(stderr).not.toMatch(/tok-12345|hunter22/);
  });

  test('hides them on another platform, too', async () => {
    await using folder = await pipelineFolder();
    const config = `{command: ${command}, config: {token: tok-12345}}`;
    const words = ['flow-preview', 'source-airbyte', '--sessions=1', '--config', config];
    const { exitCode, stdout, stderr } = await callCommand(words, { folder: folder.path });
    expect(exitCode).toBe(0);
    expect(stdout).toContain('["acmeCo/public.customers",{"_meta":{"op":"d"},"id":2,');
    expect(stderr).toContain('reading with ****');
    expect(stderr).not.toContain('tok-12345');
  });

  test('that cannot be started is a matter of settings', async () => {
    const text = shop().replace(command, '[./none]');
    await using folder = await pipelineFolder({ 'pipeline.yaml': text });
    expect(await callCommand(['check'], { folder: folder.path, variables })).toMatchObject({
      exitCode: 2,
      stderr: 'fairlead: ./none: the executable cannot be started\n',
    });
  });

  test.each([
    ['command: []', '4:14: "command" must not be empty'],
    ['command: node', '4:14: "command" must be a list, not text'],
    ['comand: [node]', '4:5: unknown key "comand"; did you mean "command"?'],
  ])('is refused %s', async (line, message) => {
    const text = shop().replace(`command: ${command}`, line);
    await using folder = await pipelineFolder({ 'pipeline.yaml': text });
    const { exitCode, stderr } = await callCommand(['check'], { folder: folder.path, variables });
    expect({ exitCode, stderr }).toEqual({
      exitCode: 2,
      stderr: expect.stringContaining(`fairlead: pipeline.yaml:${message}`),
    });
  });
});

describe('executables of ours as foreign ones', () => {
  const ours = (name: string) => JSON.stringify([...fairlead, 'airbyte', name]);
  const pipeline = `name: ours
source:
  airbyte: { command: ${ours('tick')}, config: { rows: 2, streams: [orders], token: tok-12345 } }
destination:
  airbyte: { command: ${ours('@acme/materialize-box')}, config: { path: box.json } }
streams: [{ match: orders, columns: [id, name] }]
`;

  test('fill a destination that is one, and read only what is new', async () => {
    await using folder = await pipelineFolder({ 'pipeline.yaml': pipeline });
    const at = { folder: folder.path };
    const first = await callCommand(['run', '-q', '--json'], at);
    expect(first).toMatchObject({ exitCode: 0, stderr: '' });
    expect(JSON.parse(first.stdout)).toMatchObject({ rows: 2 });
    expect(await tables(folder)).toMatchObject({
      orders: [
        { id: 1, name: 'orders 1' },
        { id: 2, name: 'orders 2' },
      ],
    });
    const second = await callCommand(['run', '-q', '--json'], at);
    expect(JSON.parse(second.stdout)).toMatchObject({ rows: 0 });
    // Each of them is started several times.
  }, 180_000);
});
