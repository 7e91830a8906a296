import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { buildProgram, CommittedTables, randomFrom } from '@fairlead/testkit';
import { afterAll, expect, test } from 'vitest';
import { linesOfLog } from '../testing/start-program.ts';
import { type SourceProcess, startSource } from './testing/source-process.ts';

/** How many processes are killed: by default more where everything has to be tested. */
const kills = Number(process.env['FAIRLEAD_KILLS'] ?? (process.env['CI'] === 'true' ? 100 : 12));
const batches = 20 * kills;
const program = await buildProgram(new URL('testing/main-source.ts', import.meta.url));
afterAll(() => program[Symbol.asyncDispose]());

/** When a process is killed: in one of the short calls, or after so many batches. */
type Fate = 'form' | 'test' | 'schema' | { readonly afterBatches: number } | 'lives';

test(
  `a source that is killed ${kills} times, in each of its calls, gives every row once`,
  async () => {
    const random = randomFrom(11);
    const table = new CommittedTables({ rows: ['id'] });
    let killed = 0;
    let server: SourceProcess | undefined;
    const kill = () => {
      if (server?.process.kill('SIGKILL') === true) killed++;
    };
    /** One sync, as Fivetran does it. */
    const sync = async ({ fivetran, ...process }: SourceProcess, fate: Fate) => {
      for (const call of ['form', 'test', 'schema'] as const) {
        const calling = call === 'test' ? fivetran.test('connect') : fivetran[call]();
        if (fate === call) kill();
        await calling;
      }
      if (typeof fate === 'object') process.afterBatches(fate.afterBatches, kill);
      const { state } = table;
      const request = state === undefined ? {} : { stateJson: state };
      for await (const message of fivetran.update(request)) table.take(message);
    };
    try {
      for (let isDone = false; !isDone;) {
        server = await startSource(program.path, { TEST_BATCHES: String(batches) });
        const afterBatches = random.integer(1, 30);
        const fate =
          killed < kills
            ? random.pick<Fate>([
                'form',
                'test',
                'schema',
                'lives',
                { afterBatches },
                { afterBatches },
              ])
            : 'lives';
        isDone = await sync(server, fate).then(
          () => killed >= kills,
          () => false,
        );
        table.rollBack();
        await server[Symbol.asyncDispose]();
      }
      expect(killed).toBe(kills);
      const expected = Array.from({ length: batches }, (_, id) => id);
      const deleted = expected.filter((id) => id % 10 === 0 && id + 2 < batches);
      expect(idsOf(table)).toEqual(expected.filter((id) => !deleted.includes(id)));
    } finally {
      await server?.[Symbol.asyncDispose]();
    }
  },
  60_000 + kills * 4_000,
);

/** The ids of the rows that are there, sorted. */
function idsOf(table: CommittedTables): number[] {
  const ids = table.rowsOf('rows').map(({ id }) => Number(String(id).split(' ')[1]));
  return ids.toSorted((a, b) => a - b);
}

test('a program that is asked to end does so at a checkpoint, and says so', async () => {
  await using server = await startSource(program.path, { TEST_BATCHES: '5000' });
  const ended = once(server.process, 'close');
  const table = new CommittedTables({ rows: ['id'] });
  const updating = async () => {
    for await (const message of server.fivetran.update()) {
      table.take(message);
      if (message.operation.case === 'records') server.process.kill('SIGTERM');
    }
  };
  await expect(updating()).rejects.toMatchObject({ code: 14 });
  await server.fivetran.channel.close();
  expect(await ended).toEqual([0, null]);
  expect(JSON.parse(table.state ?? '').bindings.rows.at).toBeGreaterThan(3);
  expect(linesOfLog(server).map(({ message }) => message.replace(/ \(.*/, ''))).toEqual([
    'listening',
    'backfill begins',
    'backfill ends',
    'stopping',
  ]);
});

test('a program that is attached ends with who started it', async () => {
  const words = [program.path, '--port', '0', '--host', '127.0.0.1', '--attached'];
  const child = spawn(process.execPath, words, { stdio: ['pipe', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  child.stdin.end();
  expect(await once(child, 'exit')).toEqual([0, null]);
});

test.each([
  { args: ['--port', 'x'], told: '--port: x is no port' },
  { args: ['--port', '70000'], told: '--port: 70000 is no port' },
  { args: ['--dance'], told: /^the program has ended: command line: Unknown option '--dance'/ },
])('the command line $args is refused', async ({ args, told }) => {
  const { code, line } = await refused(args);
  expect(code).toBe(2);
  expect(line.level).toBe('SEVERE');
  if (typeof told === 'string') expect(line.message).toBe(`the program has ended: ${told}`);
  else expect(line.message).toMatch(told);
});

async function refused(args: readonly string[]) {
  const child = spawn(process.execPath, [program.path, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
  const [code]: unknown[] = await once(child, 'close');
  return { code, line: JSON.parse(text) as { level: string; message: string } };
}
