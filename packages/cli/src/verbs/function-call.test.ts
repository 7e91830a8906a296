import { once } from 'node:events';
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { DuckDBInstance } from '@duckdb/node-api';
import { describe, expect, test } from 'vitest';
import { callCommand } from '../testing/call-command.ts';
import { pipelineFolder, type PipelineFolder } from '../testing/pipeline-folder.ts';
import { startCommand } from '../testing/run-command.ts';

const tick = ['function', 'call', 'tick', '--config', '{rows: 3, streams: [orders]}'];

const calledIn = (folder: PipelineFolder, ...words: readonly string[]) =>
  callCommand(words, { folder: folder.path });

async function rowsIn(folder: PipelineFolder, sql: string, file = 'warehouse.db') {
  const instance = await DuckDBInstance.create(folder.join(file), { access_mode: 'READ_ONLY' });
  const connection = await instance.connect();
  const rows = (await connection.runAndReadAll(sql)).getRowObjectsJson();
  connection.closeSync();
  instance.closeSync();
  return rows;
}

describe('a function that is called as Fivetran does', () => {
  test('fills tables, and the next sync goes on', async () => {
    await using folder = await pipelineFolder();
    const first = await calledIn(folder, ...tick, '-q');
    expect(first).toEqual({
      exitCode: 0,
      stdout: [
        'table          rows  deleted',
        'tester.orders     3        0',
        '',
        '1 call, 3 rows inserted, 0 deleted; the state is in warehouse.state.json',
        '',
      ].join('\n'),
      stderr: '',
    });
    const state = JSON.parse(await folder.read('warehouse.state.json'));
    expect(state).toMatchObject({ connector: 'source-tick', bindings: { orders: 3 } });
    const config = '{rows: 5, streams: [orders]}';
    const second = await calledIn(folder, 'function', 'call', 'tick', '-q', '--config', config);
    expect(second.stdout).toContain('2 rows inserted');
    expect(
      await rowsIn(folder, 'SELECT id::INT AS id, name FROM tester.orders ORDER BY id'),
    ).toEqual([1, 2, 3, 4, 5].map((id) => ({ id, name: `orders ${id}` })));
  });

  test('tells of each call', async () => {
    await using folder = await pipelineFolder();
    const { stderr } = await calledIn(folder, ...tick);
    expect(stderr).toMatch(/called call=1 inserted=3 deleted=0 bytes=\d+ ms=\d+ hasMore=false/);
  });

  test('tells it as JSON', async () => {
    await using folder = await pipelineFolder();
    const words = ['--json', '-q', '--warehouse', 'data/shop.db', '--state', 'at.json'];
    const { stdout } = await calledIn(folder, ...tick, ...words, '--platform', 'lambda');
    expect(JSON.parse(stdout)).toEqual({
      ended: 'caught-up',
      calls: [
        {
          call: 1,
          inserted: 3,
          deleted: 0,
          bytes: expect.any(Number),
          ms: expect.any(Number),
          hasMore: false,
        },
      ],
      inserted: 3,
      deleted: 0,
      tables: [{ schema: 'tester', table: 'orders', rows: 3, deleted: 0 }],
      state: 'at.json',
    });
    expect(await rowsIn(folder, 'FROM tester.orders', 'data/shop.db')).toHaveLength(3);
  });

  test('begins anew after a reset', async () => {
    await using folder = await pipelineFolder();
    await calledIn(folder, ...tick, '-q');
    const { stdout } = await calledIn(folder, ...tick, '-q', '--reset');
    expect(stdout).toContain('3 rows inserted');
  });

  test('is not reset where the file is no warehouse', async () => {
    await using folder = await pipelineFolder({ 'notes.txt': 'what nobody should lose' });
    const ended = await calledIn(folder, ...tick, '--reset', '--warehouse', 'notes.txt');
    expect(ended).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('notes.txt: this file is no DuckDB database'),
    });
    expect(await folder.read('notes.txt')).toBe('what nobody should lose');
  });

  test.each(['gcf-gen1', 'gcf-gen2', 'lambda', 'azure'])('on %s has its test', async (platform) => {
    await using folder = await pipelineFolder();
    const words = [...tick, '--test', '--platform', platform];
    expect(await calledIn(folder, ...words)).toEqual({
      exitCode: 0,
      stdout: 'the test has passed\n',
      stderr: '',
    });
    const json = await calledIn(folder, ...words, '--json');
    expect(json.stdout).toBe('{"test":"passed"}\n');
  });

  test('is given secrets and a payload, as texts, and variables in both', async () => {
    await using folder = await pipelineFolder({ 'secrets.yaml': 'token: ${env:TOKEN}\nrows: 2\n' });
    const payload = '{"fairlead.streams": [orders], "loud": yes}';
    const words = ['--secrets', 'secrets.yaml', '--payload', payload, '-q'];
    const ended = await callCommand(['function', 'call', 'tick', ...words], {
      folder: folder.path,
      variables: { TOKEN: 'hidden-token' },
    });
    expect(ended).toMatchObject({ exitCode: 0, stderr: '' });
    expect(ended.stdout).toContain('2 rows inserted');
  });
});

describe('a function that fails', () => {
  test.each([
    ['{fail: access, streams: [orders]}', 3, 'the clock is out of reach. Wind it up.'],
    ['{rows: many}', 2, 'rows: '],
    ['{failStream: orders, streams: [orders]}', 5, 'a row is torn'],
  ])('(%s) ends as %i, with what Fivetran would show', async (config, exitCode, says) => {
    await using folder = await pipelineFolder();
    const words = ['function', 'call', 'tick', '-q', '--config', config];
    const synced = await calledIn(folder, ...words);
    expect(synced).toMatchObject({ exitCode, stderr: expect.stringContaining(says) });
    expect(synced.stdout).toMatch(/^there are no tables\n\n0 calls, 0 rows inserted/);
    expect(synced.stderr.trimEnd().split('\n')).toHaveLength(1);
  });

  test('fails in its test, too', async () => {
    await using folder = await pipelineFolder();
    const words = ['--config', '{fail: access}', '--test'];
    const ended = await calledIn(folder, 'function', 'call', 'tick', ...words);
    expect(ended).toMatchObject({ exitCode: 3, stdout: '' });
    expect(ended.stderr).toContain('the clock is out of reach');
  });

  test.each([
    [['nothing'], 'no source connector "nothing" is installed'],
    [['tick', '--config', 'none.yaml'], '--config: there is no file none.yaml'],
    [['tick', '--secrets', 'none.yaml'], '--secrets: there is no file none.yaml'],
    [['tick', '--platform', 'gcf'], 'Allowed choices are gcf-gen1, gcf-gen2, lambda, azure'],
    [
      ['http://127.0.0.1:1', '--config', '{}'],
      '--config: a function at a URL has its own settings',
    ],
    [['http://'], 'http://: this is no URL'],
    [['tick', '--header', 'hidden'], '--header: this is no header'],
  ])('is refused %j', async (words, says) => {
    await using folder = await pipelineFolder();
    const ended = await calledIn(folder, 'function', 'call', ...words);
    expect(ended).toMatchObject({ exitCode: 2, stdout: '' });
    expect(ended.stderr).toContain(says);
  });

  test('is not called with a state that is none', async () => {
    await using folder = await pipelineFolder({ 'warehouse.state.json': '[1]' });
    const ended = await calledIn(folder, ...tick);
    expect(ended).toMatchObject({ exitCode: 6, stdout: '' });
    expect(ended.stderr).toContain('warehouse.state.json: the file holds no state');
  });
});

describe('a function at a URL', () => {
  /** Any function: what it is asked, and what it answers. */
  async function foreign(...answers: readonly string[]) {
    const requests: string[] = [];
    const headers: unknown[] = [];
    const server = createServer((request, response) => {
      void text(request).then((body) => {
        requests.push(body);
        headers.push(request.headers);
        response.setHeader('content-type', 'application/json');
        response.end(answers[Math.min(requests.length, answers.length) - 1]);
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    return {
      url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`,
      requests,
      headers,
      async [Symbol.asyncDispose]() {
        server.closeAllConnections();
        server.close();
        await once(server, 'close');
      },
    };
  }

  test('is called with its state, all digits kept, until it has no more', async () => {
    await using folder = await pipelineFolder();
    await using server = await foreign(
      '{"state":{"at":12345678901234567890},"insert":{"Orders":[{"ID":1}]},"schema":{"Orders":{"primary_key":["ID"]}},"hasMore":true}',
      '{"state":{"at":1.1},"delete":{"Orders":[{"ID":1}]},"schema":{"Orders":{"primary_key":["ID"]}},"hasMore":false}',
    );
    const secrets = '{token: a-secret, count: 5}';
    const ended = await calledIn(
      folder,
      'function',
      'call',
      server.url,
      '-q',
      '--secrets',
      secrets,
    );
    expect(ended.stdout).toContain('2 calls, 1 row inserted, 1 deleted');
    expect(ended.stdout).toMatch(/tester.orders +0 +0/);
    expect(JSON.parse(server.requests[0] ?? '')).toMatchObject({
      agent: 'Fairlead/local/127.0.0.1',
      secrets: { token: 'a-secret', count: '5' },
      customPayload: {},
      state: {},
      sync_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
    expect(server.requests[1]).toContain('"state":{"at":12345678901234567890}');
    expect(await folder.read('warehouse.state.json')).toBe('{"at":1.1}\n');
  });

  test('has what is wrong with it told, without secrets', async () => {
    await using folder = await pipelineFolder();
    await using server = await foreign('{"errorMessage":"a-secret is wrong","errorType":"access"}');
    const words = ['--secrets', '{token: a-secret}'];
    const ended = await calledIn(folder, 'function', 'call', server.url, ...words);
    expect(ended.exitCode).toBe(3);
    expect(ended.stderr).toContain('**** is wrong');
    expect(ended.stdout + ended.stderr).not.toContain('a-secret');
  });

  test('is told who calls', async () => {
    await using folder = await pipelineFolder();
    await using server = await foreign(
      '{"errorMessage":"not a-hidden-token","errorType":"access"}',
    );
    const words = ['--header', 'Authorization: a-hidden-token', '--header', 'x-a: b', '--test'];
    const ended = await calledIn(folder, 'function', 'call', server.url, ...words);
    expect(server.headers[0]).toMatchObject({ authorization: 'a-hidden-token', 'x-a': 'b' });
    expect(ended).toMatchObject({ exitCode: 3, stderr: expect.stringContaining('not ****') });
  });

  test('is held to the limits of its platform', async () => {
    await using folder = await pipelineFolder();
    const rows = JSON.stringify([{ id: 'x'.repeat(7_000_000) }]);
    await using server = await foreign(`{"state":{},"insert":{"a":${rows}},"hasMore":false}`);
    const called = (platform: string) =>
      calledIn(folder, 'function', 'call', server.url, '-q', '--platform', platform);
    const ended = await called('lambda');
    expect(ended).toMatchObject({ exitCode: 5 });
    expect(ended.stderr).toMatch(/it has \d+ bytes, and may have 6000000/);
    expect(await called('gcf-gen1')).toMatchObject({ exitCode: 0 });
  });

  test('may not be there', async () => {
    await using folder = await pipelineFolder();
    const server = await foreign('');
    await server[Symbol.asyncDispose]();
    const ended = await calledIn(folder, 'function', 'call', `${server.url}/x?code=hidden`);
    expect(ended).toMatchObject({ exitCode: 4 });
    expect(ended.stderr).toContain(`${server.url}/x: the function cannot be reached`);
    expect(ended.stderr).not.toContain('hidden');
  });
});

test('a sync that is killed again and again comes to all rows', async () => {
  await using folder = await pipelineFolder();
  await using server = await pages(30, 10);
  const words = ['function', 'call', server.url, '-q'];
  for (const afterRequests of [1, 4, 9]) {
    await using command = startCommand(words, { folder: folder.path });
    await server.asked(afterRequests);
    command.process.kill('SIGKILL');
    await command.ended;
  }
  const ended = await calledIn(folder, ...words);
  expect(ended).toMatchObject({ exitCode: 0, stderr: '' });
  expect(ended.stdout).toMatch(/tester.rows +300 +0/);
  expect(await rowsIn(folder, 'SELECT count(DISTINCT id)::INT AS n FROM tester.rows')).toEqual([
    { n: 300 },
  ]);
}, 60_000);

/** A function with so many pages of rows, the number of the next of which is its state. */
async function pages(count: number, size: number) {
  let requests = 0;
  let told = () => {};
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      const at = Number(JSON.parse(body).state.page ?? 0);
      const rows = Array.from({ length: size }, (_, row) => ({ id: at * size + row, page: at }));
      requests++;
      told();
      response.setHeader('content-type', 'application/json');
      const schema = { rows: { primary_key: ['id'] } };
      const state = { page: at + 1 };
      response.end(JSON.stringify({ state, insert: { rows }, schema, hasMore: at + 1 < count }));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return {
    url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`,
    /** Resolves after so many requests more. */
    async asked(more: number) {
      const until = requests + more;
      while (requests < until) await new Promise<void>((resolve) => (told = resolve));
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

test('a call that is interrupted leaves the state of its last answer', async () => {
  await using folder = await pipelineFolder();
  const config = '{rows: 3, stuck: true, streams: [orders]}';
  const words = ['function', 'call', 'tick', '--config', config];
  await using command = startCommand([...words, '-v'], { folder: folder.path });
  await command.saw('backfill begins');
  command.process.kill('SIGINT');
  expect(await command.ended).toMatchObject({ exitCode: 130 });
});
