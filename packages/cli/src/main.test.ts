import { describe, expect, test } from 'vitest';
import { pipelineFolder } from './testing/pipeline-folder.ts';
import { runCommand, startCommand, timeless } from './testing/run-command.ts';

const shop = `name: shop
source:
  tick: { rows: 3 }
destination:
  box: { path: box.json }
`;

/** `fairlead` with these words in a folder that holds `shop` as its pipeline. */
async function inShop(words: readonly string[], text = shop) {
  await using folder = await pipelineFolder({ 'pipeline.yaml': text });
  return await runCommand(words, { folder: folder.path });
}

describe('help', () => {
  const verbs = [
    [],
    ['copy'],
    ['run'],
    ['check'],
    ['discover'],
    ['preview'],
    ['plan'],
    ['state'],
    ['state', 'show'],
    ['state', 'reset'],
    ['state', 'rewind'],
    ['init'],
    ['schema'],
    ['connectors'],
    ['spec'],
    ['connector'],
    ['connector', 'create'],
  ];

  test('of every verb has an example', async () => {
    await using folder = await pipelineFolder();
    let all = '';
    for (const verb of verbs) {
      const ended = await runCommand([...verb, '--help'], { folder: folder.path });
      expect(ended).toMatchObject({ exitCode: 0, stderr: '' });
      expect(ended.stdout).toMatch(/\nExamples?:\n {2}\$ fairlead /);
      all += `$ ${['fairlead', ...verb, '--help'].join(' ')}\n${ended.stdout}\n`;
    }
    await expect(all).toMatchFileSnapshot('help.golden.txt');
  });

  test('is also had by its verb', async () => {
    await using folder = await pipelineFolder();
    const [byVerb, byOption] = await Promise.all([
      runCommand(['help', 'run'], { folder: folder.path }),
      runCommand(['run', '-h'], { folder: folder.path }),
    ]);
    expect(byVerb).toEqual(byOption);
  });

  test('the version is that of the package', async () => {
    expect(await inShop(['--version'])).toMatchObject({ exitCode: 0, stdout: '0.1.0\n' });
  });
});

describe('words that make no sense', () => {
  test.each([
    [['rnu'], 'unknown command "rnu"; did you mean "run"?'],
    [['run', '--jsno'], 'unknown option "--jsno"; did you mean "--json"?'],
    [['run', 'twice'], 'too many words. See "fairlead run --help".'],
    [['copy'], 'missing required argument "source". See "fairlead copy --help".'],
    [
      ['copy', 'a', 'b', 'c'],
      'too many words. Put quotes around a pattern, so that the shell leaves it alone.',
    ],
    [
      ['copy', 'tick:a', 'box:b', '--write', 'merg'],
      'option "--write <mode>" argument "merg" is invalid. Allowed choices are merge, append. See "fairlead copy --help".',
    ],
    [
      ['state', 'rewind'],
      'required option "--to <commit>" not specified. See "fairlead state rewind --help".',
    ],
    [['state', 'shw'], 'unknown command "shw"; did you mean "show"?'],
    [['preview', '--rows', '0'], '--rows: must be a whole number from 1 to 999999'],
  ])('%j', async (words, message) => {
    expect(await inShop(words)).toEqual({
      exitCode: 2,
      stdout: '',
      stderr: `fairlead: ${message}\n`,
    });
  });

  test('no words at all are answered by help, as a failure', async () => {
    const { exitCode, stdout, stderr } = await inShop([]);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toMatch(/^Usage: fairlead VERB/);
  });
});

describe('a pipeline file', () => {
  test('is run, and run again with nothing new', async () => {
    await using folder = await pipelineFolder({ 'pipeline.yaml': shop });
    const first = await runCommand(['run', '-q'], { folder: folder.path });
    expect(first).toMatchObject({ exitCode: 0, stderr: '' });
    expect(first.stdout).toMatch(
      new RegExp(
        [
          'stream     table      new rows  bytes  status',
          'orders     orders            3   \\d+ B  caught up',
          'customers  customers         3   \\d+ B  caught up',
          '',
          '6 new rows, \\d+ B in .* \\(.*/s\\), 2 commits',
          '$',
        ].join('\n'),
      ),
    );
    const box = JSON.parse(await folder.read('box.json'));
    expect(box.tables.orders).toEqual([1, 2, 3].map((id) => ({ id, name: `orders ${id}` })));
    const second = await runCommand(['run', '-q'], { folder: folder.path });
    expect(second).toEqual({
      exitCode: 0,
      stdout: [
        'stream     table      new rows  bytes  status',
        'orders     orders            0    0 B  nothing new',
        'customers  customers         0    0 B  nothing new',
        '',
        'nothing new',
        '',
      ].join('\n'),
      stderr: '',
    });
  });

  test('may be another one, whose paths begin at its folder', async () => {
    await using folder = await pipelineFolder({ 'deep/till.yaml': shop.replace('name: shop', '') });
    const words = ['run', '--json', '-q', '--file', 'deep/till.yaml'];
    const { exitCode, stdout } = await runCommand(words, { folder: folder.path });
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ pipeline: 'deep', rows: 6 });
    expect(JSON.parse(await folder.read('deep/box.json')).checkpoints).toHaveProperty('deep');
  });

  test('that is wrong ends in one line with its place', async () => {
    expect(await inShop(['run'], shop.replace('rows', 'rowz'))).toEqual({
      exitCode: 2,
      stdout: '',
      stderr: 'fairlead: pipeline.yaml:3:11: unknown key "rowz"; did you mean "rows"?\n',
    });
  });

  test('that is wrong is told to machines on standard error', async () => {
    const { exitCode, stdout, stderr } = await inShop(['run', '--json'], 'source: {}\n');
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(JSON.parse(stderr)).toEqual({
      failure: {
        kind: 'config',
        message: '"destination" is missing (the first of 2 problems)',
        where: 'pipeline.yaml:1:1',
      },
    });
  });

  test('that is not there says how to get one', async () => {
    await using folder = await pipelineFolder();
    expect(await runCommand(['check'], { folder: folder.path })).toEqual({
      exitCode: 2,
      stdout: '',
      stderr:
        'fairlead: pipeline.yaml: there is no such file. Make one with "fairlead init", or name another with --file.\n',
    });
  });

  test('is followed by its log where no person watches', async () => {
    const { stderr } = await inShop(['run'], shop.replace('rows: 3', 'rows: 3, wait: 150ms'));
    expect(timeless(stderr)).toBe(
      [
        'info  reading stream=orders',
        'info  caught up stream=orders rows=3 bytes=81',
        'info  reading stream=customers',
        'info  caught up stream=customers rows=3 bytes=90',
        '',
      ].join('\n'),
    );
  });

  test('has its log as JSON when that is asked for', async () => {
    const { stderr } = await inShop(['run', '--log-format', 'json']);
    const lines = timeless(stderr).trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      { level: 'info', message: 'caught up', stream: 'orders', rows: 3, bytes: 81 },
      { level: 'info', message: 'caught up', stream: 'customers', rows: 3, bytes: 90 },
    ]);
  });
});

describe('failures', () => {
  test.each([
    ['access', 3],
    ['data', 5],
    ['state', 6],
  ])('of kind %s end with %i', async (fail, exitCode) => {
    expect(await inShop(['run'], shop.replace('rows: 3', `fail: ${fail}`))).toEqual({
      exitCode,
      stdout: '',
      stderr: 'fairlead: the clock is out of reach. Wind it up.\n',
    });
  });

  test('that pass are waited for, and end with 4 when they do not', async () => {
    expect(await inShop(['discover'], shop.replace('rows: 3', 'fail: transient'))).toEqual({
      exitCode: 4,
      stdout: '',
      stderr: 'fairlead: the clock is out of reach. Wind it up.\n',
    });
  });

  test('that are bugs show their stack and end with 1', async () => {
    const { exitCode, stdout, stderr } = await inShop(
      ['discover'],
      shop.replace('rows: 3', 'fail: bug'),
    );
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr).toMatch(
      /^fairlead: this is a bug, please report it with the lines below\nTypeError: undefined is not a clock\n {4}at refuse \(/,
    );
  });

  test('of one stream let the others finish, and decide the exit code', async () => {
    const { exitCode, stdout, stderr } = await inShop(
      ['run', '-q'],
      shop.replace('rows: 3', 'failStream: orders'),
    );
    expect(exitCode).toBe(5);
    expect(stdout.split('\n').slice(0, 3)).toEqual([
      'stream     table      new rows  bytes  status',
      'orders     orders            0    0 B  failed',
      'customers  customers         3   90 B  caught up',
    ]);
    expect(timeless(stderr)).toBe(
      [
        'error stream failed stream=orders error="stream orders, row 1: a row is torn"',
        'fairlead: stream orders, row 1: a row is torn',
        '',
      ].join('\n'),
    );
  });
});

describe('verbs that change nothing', () => {
  test('check tries both ends', async () => {
    expect(await inShop(['check'])).toEqual({
      exitCode: 0,
      stdout: [
        'end          connector        result',
        'source       source-tick      ok',
        'destination  materialize-box  ok',
        '',
      ].join('\n'),
      stderr: '',
    });
  });

  test('check ends as the first end that fails', async () => {
    const text = shop
      .replace('rows: 3', 'fail: state')
      .replace('path: box.json', 'path: x, closed: true');
    expect(await inShop(['check'], text)).toEqual({
      exitCode: 6,
      stdout: [
        'end          connector        result',
        'source       source-tick      failed',
        'destination  materialize-box  failed',
        '',
      ].join('\n'),
      stderr: 'fairlead: the clock is out of reach. Wind it up.\n',
    });
    const { stdout, stderr } = await inShop(['check', '--json'], text);
    expect(JSON.parse(stdout)).toEqual({
      ends: [
        {
          end: 'source',
          connector: 'source-tick',
          ok: false,
          failure: { kind: 'state', message: 'the clock is out of reach. Wind it up.' },
        },
        {
          end: 'destination',
          connector: 'materialize-box',
          ok: false,
          failure: { kind: 'access', message: 'the box is locked. Find the key.' },
        },
      ],
    });
    expect(JSON.parse(stderr)).toMatchObject({ failure: { kind: 'state' } });
  });

  test('discover lists the streams', async () => {
    expect(await inShop(['discover'])).toEqual({
      exitCode: 0,
      stdout: [
        'stream     key  columns',
        'orders     id   id integer, name string',
        'customers  id   id integer, name string',
        '',
      ].join('\n'),
      stderr: '',
    });
    const { stdout } = await inShop(['discover', '--json']);
    expect(JSON.parse(stdout)).toMatchObject({
      source: 'source-tick',
      streams: [{ name: 'orders', key: ['/id'] }, { name: 'customers' }],
    });
  });

  test('discover shows names from outside without their control characters', async () => {
    const text = shop.replace('rows: 3', 'streams: ["big\\e[31m"]');
    const { stdout } = await inShop(['discover'], text);
    expect(stdout.split('\n')[1]).toBe('big\\u001b[31m  id   id integer, name string');
  });

  test('plan prints statements that can be run', async () => {
    expect(await inShop(['plan'])).toEqual({
      exitCode: 0,
      stdout: [
        '-- create table orders',
        'CREATE TABLE orders (id, name);',
        '',
        '-- create table customers',
        'CREATE TABLE customers (id, name);',
        '',
      ].join('\n'),
      stderr: '',
    });
    const { stdout } = await inShop(['plan', '--json']);
    expect(JSON.parse(stdout)).toMatchObject({
      streams: [{ stream: 'orders', table: 'orders', write: 'merge' }, { stream: 'customers' }],
      changes: [{ description: 'create table orders' }, {}],
    });
  });

  test('plan says so when there is nothing to do', async () => {
    await using folder = await pipelineFolder({ 'pipeline.yaml': shop });
    await runCommand(['run', '-q'], { folder: folder.path });
    const { stdout } = await runCommand(['plan'], { folder: folder.path });
    expect(stdout).toBe('-- nothing to do\n');
  });

  test('preview shows rows, types and statements', async () => {
    expect(await inShop(['preview', 'cust*', '--rows', '2'])).toEqual({
      exitCode: 0,
      stdout: [
        'stream customers, table customers',
        '',
        'id  name',
        '1   customers 1',
        '2   customers 2',
        '',
        'column  type',
        'id      integer  key',
        'name    string',
        '',
        '-- create table customers',
        'CREATE TABLE customers (id, name);',
        '',
      ].join('\n'),
      stderr: '',
    });
  });

  test('preview gives machines a line for each stream', async () => {
    const { stdout } = await inShop(['preview', '--json', '--rows', '1']);
    const lines = stdout.trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([
      { stream: 'orders', key: ['/id'], rows: [{ id: 1, name: 'orders 1' }] },
      { stream: 'customers', rows: [{ id: 1, name: 'customers 1' }] },
    ]);
  });

  test('preview knows the streams that it may be asked for', async () => {
    expect(await inShop(['preview', 'order'])).toMatchObject({
      exitCode: 2,
      stderr: 'fairlead: no stream "order"; did you mean "orders"?\n',
    });
    expect(await inShop(['preview', 'zzz*'])).toMatchObject({
      exitCode: 2,
      stderr: 'fairlead: no stream "zzz*". There are: orders, customers.\n',
    });
  });
});

describe('copy', () => {
  async function copy(words: readonly string[], variables: Readonly<Record<string, string>> = {}) {
    await using folder = await pipelineFolder();
    const ended = await runCommand(['copy', '-q', '--json', ...words], {
      folder: folder.path,
      variables,
    });
    const content = await folder.read('box.json').catch(() => '{}');
    return { ...ended, box: JSON.parse(content) };
  }

  test('finds its connectors by the addresses, and resumes under a name of its own', async () => {
    await using folder = await pipelineFolder();
    const words = ['copy', '--json', '-q', 'tick:orders,notes', 'box:box.json'];
    const first = JSON.parse((await runCommand(words, { folder: folder.path })).stdout);
    expect(first).toMatchObject({ rows: 6, commits: 2, stopped: false });
    expect(first.pipeline).toMatch(/^copy-tick-[0-9a-f]{10}$/);
    const second = JSON.parse((await runCommand(words, { folder: folder.path })).stdout);
    expect(second).toMatchObject({ pipeline: first.pipeline, rows: 0, commits: 0 });
    const other = [...words, '--table', 'kept', '--stream', 'notes'];
    const third = JSON.parse((await runCommand(other, { folder: folder.path })).stdout);
    expect(third).toMatchObject({ rows: 3, streams: [{ stream: 'notes', table: 'kept' }] });
    expect(third.pipeline).not.toBe(first.pipeline);
  });

  test('takes settings, columns, keys and modes', async () => {
    const { exitCode, box } = await copy([
      'tick:orders,customers',
      'box:box.json',
      '--name=mine',
      '--stream=ord*',
      '--columns=*,-name',
      '--key=id',
      '--write=append',
      '--deletes=ignore',
      '--contract=freeze',
      '--commit-every=1s',
      '--commit-bytes=1MiB',
      '--set=source.rows=2',
      '--set=source.streams=[orders, notes]',
    ]);
    expect(exitCode).toBe(0);
    expect(Object.keys(box.checkpoints)).toEqual(['mine']);
    expect(Object.keys(box.tables)).toEqual(['orders']);
    expect(box.tables.orders).toHaveLength(2);
  });

  test('replaces variables in its words, also from .env', async () => {
    await using folder = await pipelineFolder({ '.env': 'STREAM=notes\n' });
    const words = ['copy', '-q', 'tick:${env:STREAM}', 'box:${env:BOX}', '--set', 'source.rows=1'];
    const ended = await runCommand(words, { folder: folder.path, variables: { BOX: 'b.json' } });
    expect(ended).toMatchObject({ exitCode: 0, stderr: '' });
    expect(Object.keys(JSON.parse(await folder.read('b.json')).tables)).toEqual(['notes']);
  });

  test.each([
    [
      ['tock:orders', 'box:x'],
      'no source connector for "tock:" is installed; did you mean "tick:"?',
    ],
    [
      ['qqqq:orders', 'box:x'],
      'no source connector for "qqqq:" is installed. See what there is: fairlead connectors. A path that holds a colon begins with "./".',
    ],
    [
      ['tick:orders', 'a.csv'],
      'the destination is a path, and no connector writes to one. Write its kind before it, as in "duckdb:shop.duckdb". If the shell spread a pattern into several files, put quotes around it.',
    ],
    [
      ['tick:orders', 'box:x', '--set', 'rows=3'],
      '--set: "rows=…" sets nothing. Write --set source.NAME=VALUE or --set destination.NAME=VALUE.',
    ],
    [
      ['tick:orders', 'box:x', '--set', 'source.rows=[1'],
      '--set source.rows: the value is neither a list nor a group of settings. Write [a, b] or {name: value}.',
    ],
    [
      ['tick:orders', 'box:x', '--set', 'source.rowz=1'],
      'settings of source-tick: unknown key "rowz"; did you mean "rows"?',
    ],
    [
      ['tick:orders', 'box:x', '--set', 'source.rows=many'],
      'settings of source-tick: "rows" must be a number, not text',
    ],
    [
      ['tick:${env:NONE}', 'box:x'],
      'SOURCE: the environment variable NONE is not set. Set it, put it into .env, or give it a default: ${env:NONE:-…}.',
    ],
    [
      ['tick:orders', 'box:x', '--commit-every', 'often'],
      '--commit-every: does not fit: write a number and a unit: 250ms, 30s, 15m, 6h or 1d',
    ],
    [
      ['tick:orders', 'box:x', '--stream', 'order'],
      'streams: no stream matches "order". Did you mean "orders"?',
    ],
    [
      ['tick:orders,notes', 'box:x', '--table', 'one'],
      'streams: the streams orders and notes go into one table, one. Give one of them another table under target.',
    ],
  ])('%j is refused', async (words, message) => {
    await using folder = await pipelineFolder();
    expect(await runCommand(['copy', '-q', ...words], { folder: folder.path })).toEqual({
      exitCode: 2,
      stdout: '',
      stderr: `fairlead: ${message}\n`,
    });
  });
});

describe('state', () => {
  test('is shown, set back and forgotten', async () => {
    await using folder = await pipelineFolder({ 'pipeline.yaml': shop });
    const call = (...words: string[]) => runCommand(['state', ...words], { folder: folder.path });
    const rows = async () => {
      const { stdout } = await runCommand(['run', '-q', '--json'], { folder: folder.path });
      return JSON.parse(stdout).rows;
    };
    expect(await call('show')).toEqual({
      exitCode: 0,
      stdout: 'the pipeline "shop" has not run yet\n',
      stderr: '',
    });
    expect(await rows()).toBe(6);
    const shown = await call('show');
    expect(shown.stdout.replaceAll(/\d{4}-\S+Z/g, 'NOW')).toBe(
      [
        'pipeline "shop", source-tick, 2 commits',
        '',
        'stream     position',
        'orders     3',
        'customers  3',
        '',
        'commit  at',
        '     2  NOW',
        '     1  NOW',
        '',
      ].join('\n'),
    );
    expect(await call('rewind', '--to', '7', '--yes')).toMatchObject({
      exitCode: 2,
      stderr: 'fairlead: --to: commit "7" cannot be returned to. Choose one of these: 1, 0.\n',
    });
    expect(await call('rewind', '--to', '1')).toMatchObject({
      exitCode: 2,
      stderr: 'fairlead: nobody can be asked whether this is meant. Say so with --yes.\n',
    });
    expect(await call('rewind', '--to', '1', '--yes')).toEqual({
      exitCode: 0,
      stdout: 'the next run goes on after commit 1\n',
      stderr: '',
    });
    expect(await rows()).toBe(3);
    expect(await call('reset', 'order', '--yes')).toMatchObject({
      exitCode: 2,
      stderr: 'fairlead: no stream "order"; did you mean "orders"?\n',
    });
    expect(await call('reset', 'orders', '-y', '--json')).toMatchObject({
      exitCode: 0,
      stdout: '{"pipeline":"shop","streams":["orders"]}\n',
    });
    expect(await rows()).toBe(3);
    expect(await call('reset', '--yes')).toMatchObject({
      exitCode: 0,
      stdout: 'the next run reads all streams of "shop" anew\n',
    });
    expect(await rows()).toBe(6);
    const { stdout } = await call('show', '--json');
    expect(JSON.parse(stdout)).toMatchObject({
      pipeline: 'shop',
      checkpoint: { source: 'source-tick', state: { bindings: { orders: 3, customers: 3 } } },
    });
  });
});

describe('signals', () => {
  const slow = ['copy', '-v', 'tick:orders', 'box:box.json', '--set=source.rows=100000'];
  const reading = ['--set=source.wait=10ms', '--commit-every=20ms'];

  test('one stops at the next commit, cleanly', async () => {
    await using folder = await pipelineFolder();
    const command = startCommand([...slow, ...reading], { folder: folder.path });
    await command.saw('committed commit=2');
    command.process.kill('SIGINT');
    const { exitCode, stdout, stderr } = await command.ended;
    expect(exitCode).toBe(0);
    expect(stderr).toContain('fairlead: stopping after the next commit; again to stop at once\n');
    expect(stdout).toMatch(/; stopped at a commit, the next run goes on from there\n$/);
    const { tables, checkpoints } = JSON.parse(await folder.read('box.json'));
    const [checkpoint = ''] = Object.values<string>(checkpoints);
    expect(JSON.parse(checkpoint).state.bindings.orders).toBe(tables.orders.length);
  });

  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('two of %s stop at once with %i', async (signal, exitCode) => {
    await using folder = await pipelineFolder();
    const never = ['--set=source.wait=1h'];
    const command = startCommand([...slow, ...never], { folder: folder.path });
    await command.saw('reading stream');
    command.process.kill(signal);
    await command.saw('again to stop at once');
    command.process.kill(signal);
    const ended = await command.ended;
    expect(ended).toMatchObject({ exitCode, stdout: '' });
    expect(ended.stderr).toMatch(
      /fairlead: interrupted; what was not committed will be read again\n$/,
    );
  });

  test('a watched pipeline goes on until it is stopped', async () => {
    await using folder = await pipelineFolder({ 'pipeline.yaml': shop });
    const command = startCommand(['run', '--watch', '-v', '--json'], { folder: folder.path });
    await command.saw('"commit":2');
    command.process.kill('SIGTERM');
    const { exitCode, stdout } = await command.ended;
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ rows: 6, stopped: true });
  });
});

describe('standard output', () => {
  test('whose reader leaves early is no failure', async () => {
    await using folder = await pipelineFolder({ 'pipeline.yaml': shop });
    const command = startCommand(['schema', '--json'], { folder: folder.path });
    command.process.stdout.destroy();
    expect(await command.ended).toEqual({ exitCode: 0, stdout: '', stderr: '' });
  });
});
