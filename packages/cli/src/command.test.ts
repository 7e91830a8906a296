import { describe, expect, test } from 'vitest';
import { callCommand } from './testing/call-command.ts';
import { pipelineFolder } from './testing/pipeline-folder.ts';
import { inShop, shop } from './testing/shop.ts';
import { timeless } from './testing/timeless.ts';

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
    ['flow'],
    ['flow-preview'],
    ['flow-drive'],
    ['airbyte'],
    ['airbyte-sync'],
    ['export'],
    ['export', 'flow'],
    ['export', 'airbyte'],
    ['export', 'fivetran'],
    ['function'],
    ['function', 'serve'],
    ['function', 'call'],
    ['fivetran'],
    ['fivetran', 'serve'],
    ['fivetran', 'debug'],
    ['fivetran', 'reset'],
    ['fivetran', 'configuration'],
    ['fivetran', 'test-destination'],
    ['deploy'],
    ['ci'],
    ['ci', 'update'],
    ['airflow'],
    ['verify'],
  ];

  test('of every verb has an example', async () => {
    await using folder = await pipelineFolder();
    let all = '';
    for (const verb of verbs) {
      const ended = await callCommand([...verb, '--help'], { folder: folder.path });
      expect(ended).toMatchObject({ exitCode: 0, stderr: '' });
      expect(ended.stdout).toMatch(/\nExamples?:\n {2}\$ (FLOW_RUNTIME_CODEC=json )?fairlead /);
      all += `$ ${['fairlead', ...verb, '--help'].join(' ')}\n${ended.stdout}\n`;
    }
    await expect(all).toMatchFileSnapshot('help.golden.txt');
  });

  test('is also had by its verb', async () => {
    await using folder = await pipelineFolder();
    const byVerb = await callCommand(['help', 'run'], { folder: folder.path });
    const byOption = await callCommand(['run', '-h'], { folder: folder.path });
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
    [['airbyte', 'file'], 'missing required argument "command". See "fairlead airbyte --help".'],
    [['flow', '--', 'tick'], 'the words are not in their places. Write: fairlead flow tick.'],
    [
      ['flow-drive', 'box'],
      'required option "--collections <path>" not specified. See "fairlead flow-drive --help".',
    ],
    [['export', 'meltano', 'tick'], 'unknown command "meltano". See "fairlead export --help".'],
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

  test('that pass end with 4, where nothing is tried again', async () => {
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
