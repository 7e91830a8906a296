import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { tempFolder, writeLineitem } from '@fairlead/testkit';
import { expect, test } from 'vitest';
import { rowsOf } from '../packages/cli/src/testing/rows-of.ts';

const command = fileURLToPath(new URL('../packages/cli/bin/fairlead.js', import.meta.url));

interface Case {
  readonly name: string;
  /** Puts what is needed into the folder, in which the command then runs. */
  readonly given: (folder: string) => void | Promise<void>;
  readonly args: readonly string[];
  readonly exit: number;
  /** The last line on stderr, without what stands before it; `undefined` when all is well. */
  readonly says?: string | RegExp;
  /** SQL and its answer afterwards. Without it there must be no database at all. */
  readonly afterwards?: readonly [sql: string, answer: unknown];
  /** Starts the command in another way, e.g. with limits. */
  readonly through?: readonly string[];
  /** Done when the command has printed a line that it has committed. */
  readonly meanwhile?: (folder: string) => void;
}

const copy = (file: string, ...more: string[]) => ['copy', file, 'duckdb:out.duckdb', ...more];
const put = (name: string, content: string | Uint8Array) => (folder: string) =>
  writeFileSync(join(folder, name), content);
const yaml = (...lines: string[]) => put('pipeline.yaml', `${lines.join('\n')}\n`);
const numbers = (count: number, line: (n: number) => string) =>
  Array.from({ length: count }, (_, n) => line(n)).join('');

const cases: readonly Case[] = [
  {
    name: 'a missing file',
    given: () => {},
    args: copy('none.csv'),
    exit: 2,
    says: /none\.csv.*(does not exist|no such file|not found)/i,
  },
  {
    name: 'a pattern that matches nothing',
    given: () => {},
    args: copy('data/*.csv'),
    exit: 2,
    says: /data/,
  },
  {
    name: 'a file of a format that is not read',
    given: put(
      'a.csv',
      Buffer.concat([Buffer.from('PAR1'), Buffer.alloc(100, 7), Buffer.from('PAR1')]),
    ),
    args: copy('a.csv'),
    exit: 2,
    says: /a\.csv.*Parquet/,
  },
  {
    name: 'bytes that are no text',
    given: put('a.json', Buffer.from(Array.from({ length: 4_000 }, (_, n) => (n * 7919) % 256))),
    args: copy('a.json'),
    exit: 2,
    says: /a\.json/,
  },
  {
    name: 'a gzip file that is cut off',
    given: put(
      'a.csv.gz',
      gzipSync(`id,x\n${numbers(90_000, (n) => `${n},${n * 7919}\n`)}`).subarray(0, 200_000),
    ),
    args: copy('a.csv.gz'),
    exit: 5,
    says: /a\.csv\.gz.*(truncated|cut off|ends)/i,
  },
  {
    name: 'broken UTF-8',
    given: put(
      'a.jsonl',
      Buffer.concat([
        Buffer.from(numbers(70_000, (n) => `{"id":${n},"name":"some name"}\n`)),
        Buffer.from('{"id":1,"name":"'),
        Buffer.of(0xc3, 0x28),
        Buffer.from('"}\n'),
      ]),
    ),
    args: copy('a.jsonl'),
    exit: 5,
    says: /a\.jsonl.*70001.*UTF-8/,
  },
  {
    name: 'a row with too many fields',
    given: put('a.csv', `id,x\n${numbers(200_000, (n) => `${n},${n}\n`)}1,2,3\n`),
    args: copy('a.csv'),
    exit: 5,
    says: /a\.csv.*200001.*3 fields.*2/,
  },
  {
    name: 'JSON that ends in the middle',
    given: put('a.jsonl', '{"id":1}\n{"id":2'),
    args: copy('a.jsonl'),
    exit: 5,
    says: /a\.jsonl/,
  },
  {
    name: 'numbers too large for every numeric type',
    given: put(
      'a.jsonl',
      `{"a":1e400,"b":${'9'.repeat(60)},"c":0.1234567890123456789,"d":9223372036854775808}\n`,
    ),
    args: copy('a.jsonl', '--columns', 'a,b,c,d', '--write', 'append'),
    exit: 0,
    afterwards: [
      'select a, b, c, d from a',
      [['1e400', '9'.repeat(60), '0.1234567890123456789', '9223372036854775808']],
    ],
  },
  {
    name: 'a line of 20 MB',
    given: put('a.jsonl', `{"id":1,"x":"${'x'.repeat(20_000_000)}"}\n{"id":2,"x":"y"}\n`),
    args: copy('a.jsonl'),
    exit: 0,
    afterwards: [
      'select id::int, length(x)::int from a order by id',
      [
        [1, 20_000_000],
        [2, 1],
      ],
    ],
  },
  {
    name: 'a column that changes its type half-way',
    given: put(
      'a.csv',
      `id,x\n${numbers(300_000, (n) => `${n},${n}\n`)}300000,abc\n${numbers(10, (n) => `${n + 300_001},7\n`)}`,
    ),
    args: copy('a.csv'),
    exit: 0,
    afterwards: [
      'select count(*)::int, count(distinct id)::int, max(x), any_value(typeof(x)), sum(try_cast(x as int))::bigint::varchar from a',
      [[300_011, 300_011, 'abc', 'VARCHAR', '44999850070']],
    ],
  },
  {
    name: 'a column that changes its type in a frozen stream',
    given: put('a.csv', `id,x\n${numbers(300_000, (n) => `${n},${n}\n`)}300000,abc\n`),
    args: copy('a.csv', '--contract', 'freeze'),
    exit: 5,
    says: 'stream a, file a.csv, offset 300000: the field "x" holds a string where the table takes an integer. The stream is frozen; contract: evolve lets the table grow, contract: quarantine sets such documents aside.',
  },
  {
    name: 'a column that changes its type in a quarantined stream',
    given: put('a.csv', `id,x\n${numbers(300_000, (n) => `${n},${n}\n`)}300000,abc\n`),
    args: copy('a.csv', '--contract', 'quarantine'),
    exit: 0,
    afterwards: [
      "select count(*)::int, (select field || ' ' || reason from fairlead_quarantine) from a",
      [[300_000, 'x holds a string where the table takes an integer']],
    ],
  },
  {
    name: 'a destination in a folder that does not exist',
    given: put('a.csv', 'id\n1\n'),
    args: ['copy', 'a.csv', 'duckdb:none/out.duckdb'],
    exit: 2,
    says: /none/,
  },
  {
    name: 'a destination that is no DuckDB file',
    given: (folder) => {
      put('a.csv', 'id\n1\n')(folder);
      put(
        'out.db',
        'something else, which is longer than a header would have to be'.repeat(300),
      )(folder);
    },
    args: ['copy', 'a.csv', 'duckdb:out.db'],
    exit: 2,
    says: /out\.db.*DuckDB/,
  },
  {
    name: 'a source that is a folder without files',
    given: (folder) => mkdirSync(join(folder, 'empty')),
    args: copy('empty'),
    exit: 2,
    says: /empty/,
  },
  {
    name: 'a file that changes while it is read',
    given: async (folder) => {
      await writeLineitem(join(folder, 'a.csv'), { format: 'csv', rows: 200_000 });
    },
    args: copy('a.csv', '--commit-bytes', '1MiB', '--verbose', '--columns', 'l_orderkey,_meta*'),
    meanwhile: (folder) =>
      appendFileSync(
        join(folder, 'a.csv'),
        numbers(3, () => '1,1,1,1,1,1,1,1,N,O,1996-03-13,1996-02-12,1996-03-22,NONE,AIR,last\n'),
      ),
    exit: 0,
    afterwards: ['select count(*)::int, max(_meta_offset)::int from a', [[200_003, 200_002]]],
  },
  {
    name: 'a file system that is full',
    given: async (folder) => {
      await writeLineitem(join(folder, 'a.csv'), { format: 'csv', rows: 300_000 });
    },
    through: ['bash', '-c', 'ulimit -f 4096; exec "$0" "$@"'],
    args: copy('a.csv'),
    exit: 3,
    says: /no room left/i,
  },
  {
    name: 'a YAML error',
    given: yaml('name: x', 'source: {file: {paths: a.csv}', 'destination: {}'),
    args: ['run'],
    exit: 2,
    says: /^pipeline\.yaml:\d+:\d+: /,
  },
  {
    name: 'an unknown key',
    given: yaml(
      'name: x',
      'source: { file: { pathz: a.csv } }',
      'destination: { duckdb: { path: o.duckdb } }',
    ),
    args: ['run'],
    exit: 2,
    says: /^pipeline\.yaml:2:19: .*"pathz".*[dD]id you mean "paths"\?/,
  },
  {
    name: 'a variable that is not set',
    given: yaml(
      'name: x',
      'source: { file: { paths: "${env:FAIRLEAD_NO_SUCH}" } }',
      'destination: { duckdb: { path: o.duckdb } }',
    ),
    args: ['run'],
    exit: 2,
    says: /^pipeline\.yaml:2:26: .*FAIRLEAD_NO_SUCH/,
  },
  {
    name: 'no pipeline file',
    given: () => {},
    args: ['run'],
    exit: 2,
    says: /pipeline\.yaml/,
  },
];

test.each(cases)('$name', async (given) => {
  await using folder = await tempFolder();
  await given.given(folder.path);
  const { exitCode, stderr } = await runCommand(given, folder.path);
  const lines = stderr.trimEnd().split('\n');
  const said = lines.filter((line) => line.startsWith('fairlead: '));
  expect({ exitCode, said, stderr }).toMatchObject({ exitCode: given.exit });
  if (given.says === undefined) expect(said).toEqual([]);
  else {
    expect(said).toHaveLength(1);
    const line = said[0]?.slice('fairlead: '.length) ?? '';
    expect(lines.at(-1)).toBe(`fairlead: ${line}`);
    if (typeof given.says === 'string') expect(line).toBe(given.says);
    else expect(line).toMatch(given.says);
  }
  if (given.afterwards !== undefined) {
    const [sql, answer] = given.afterwards;
    expect(await rowsOf(join(folder.path, 'out.duckdb'), sql)).toEqual(answer);
  } else
    expect(readdirSync(folder.path).filter((name) => name.startsWith('out.duckdb'))).toEqual([]);
  expect(existsSync(join(folder.path, 'out.duckdb.staging'))).toBe(false);
});

test('a destination that another process has open is refused with the process', async () => {
  await using folder = await tempFolder();
  writeFileSync(join(folder.path, 'a.csv'), 'id\n1\n');
  const database = join(folder.path, 'out.duckdb');
  const holder = spawn(
    process.execPath,
    [
      '--input-type=module',
      '-e',
      `import { DuckDBInstance } from '@duckdb/node-api';
       await DuckDBInstance.create(${JSON.stringify(database)});
       console.log('open');
       setInterval(() => {}, 1000);`,
    ],
    { cwd: fileURLToPath(new URL('..', import.meta.url)), stdio: ['ignore', 'pipe', 'inherit'] },
  );
  await once(holder.stdout, 'data');
  try {
    const given = { args: copy('a.csv'), exit: 4 };
    const { exitCode, stderr } = await runCommand(given, folder.path);
    expect(exitCode).toBe(4);
    expect(stderr.trimEnd().split('\n').at(-1)).toMatch(
      new RegExp(`^fairlead: .*out\\.duckdb.*${String(holder.pid)}`),
    );
  } finally {
    holder.kill('SIGKILL');
    await once(holder, 'exit');
  }
});

test.runIf(process.getuid?.() !== 0 || canDropRights())(
  'files that may not be read, and folders that may not be written, are refused with what to do',
  async () => {
    await using folder = await tempFolder();
    chmodSync(folder.path, 0o755);
    const secret = join(folder.path, 'a.csv');
    writeFileSync(secret, 'id\n1\n');
    writeFileSync(join(folder.path, 'b.csv'), 'id\n1\n');
    chmodSync(secret, 0o000);
    const through = asNobody;
    const state = join(folder.path, 'state');
    mkdirSync(state);
    chmodSync(state, 0o777);
    const unreadable = await runCommand({ args: copy('a.csv'), through }, folder.path);
    expect(unreadable).toMatchObject({ exitCode: 3 });
    expect(unreadable.stderr.trimEnd().split('\n').at(-1)).toMatch(/^fairlead: .*a\.csv.*may not/i);
    const unwritable = await runCommand({ args: copy('b.csv'), through }, folder.path);
    expect(unwritable).toMatchObject({ exitCode: 3 });
    expect(unwritable.stderr.trimEnd().split('\n').at(-1)).toMatch(/^fairlead: .*out\.duckdb/);
  },
);

test('a file that never stands still ends with one line, after a few attempts', async () => {
  await using folder = await tempFolder();
  const file = join(folder.path, 'a.csv');
  await writeLineitem(file, { format: 'csv', rows: 400_000 });
  const touching = setInterval(() => {
    utimesSync(file, new Date(), new Date(statSync(file).mtimeMs + 1_000));
  }, 5);
  try {
    const { exitCode, stderr } = await runCommand({ args: copy('a.csv') }, folder.path);
    expect(exitCode).toBe(4);
    expect(stderr.trimEnd().split('\n').at(-1)).toMatch(/^fairlead: .*a\.csv.*changed while/);
  } finally {
    clearInterval(touching);
  }
}, 120_000);

const asNobody =
  process.getuid?.() === 0 ? ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'] : [];

/** Whether a root user can run something as nobody, and nobody can reach this checkout. */
function canDropRights(): boolean {
  return process.platform === 'linux' && existsSync('/usr/bin/setpriv');
}

async function runCommand(
  { args, through = [], meanwhile }: Pick<Case, 'args' | 'through' | 'meanwhile'>,
  folder: string,
): Promise<{ readonly exitCode: number | null; readonly stderr: string }> {
  const [program = '', ...rest] = [...through, process.execPath, command, ...args];
  const child = spawn(program, rest, {
    cwd: folder,
    env: { ...process.env, FAIRLEAD_STATE: join(folder, 'state') },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let stderr = '';
  let pending = meanwhile;
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
    if (pending === undefined || !stderr.includes('committed')) return;
    pending(folder);
    pending = undefined;
  });
  const [exitCode] = (await once(child, 'close')) as [number | null];
  expect(pending).toBeUndefined();
  return { exitCode, stderr };
}
