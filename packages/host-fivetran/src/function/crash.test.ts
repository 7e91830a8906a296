import { buildProgram, randomFrom, type ServerProcess, startServer } from '@fairlead/testkit';
import { afterAll, expect, test } from 'vitest';
import { type CallAfterLines, callAfterLines } from '../testing/call-after-lines.ts';
import { callFunction, type FunctionEndpoint } from './caller.ts';
import { ModelTables } from './caller-tables.ts';
import { httpEndpoint } from './endpoints.ts';

/** How many processes are killed: by default more where everything has to be tested. */
const kills = Number(process.env['FAIRLEAD_KILLS'] ?? (process.env['CI'] === 'true' ? 100 : 12));
const batches = 20 * kills;
const program = await buildProgram(new URL('testing/main-function.ts', import.meta.url));
afterAll(() => program[Symbol.asyncDispose]());

/** When a process is killed: in the middle of a call, after so many batches; or after an answer, which is lost or not. */
type Fate = { readonly afterBatches: number } | 'answer lost' | 'answer taken' | 'lives';

test(
  `a function that is killed ${kills} times, in its calls and between them, gives every row once`,
  async () => {
    const random = randomFrom(7);
    const fateOf = (): Fate =>
      random.pick<Fate>([
        { afterBatches: random.integer(1, 6) },
        'answer lost',
        'answer taken',
        'lives',
      ]);
    let server: Server | undefined;
    let killed = 0;
    const kill = () => {
      killed++;
      server?.process.kill('SIGKILL');
      server = undefined;
    };
    /** What Fivetran does about a call that has failed: it makes it again. */
    const endpoint: FunctionEndpoint = async (request, signal) => {
      for (;;) {
        server ??= await started();
        const fate = killed < kills ? fateOf() : 'lives';
        if (typeof fate === 'object') server.afterBatches(fate.afterBatches, kill);
        const asked = server.endpoint(request, signal);
        const answer = await (fate === 'lives' ? asked : asked.catch(() => undefined));
        server?.afterBatches(Infinity, kill);
        if (fate === 'answer lost' || fate === 'answer taken') kill();
        if (answer !== undefined && fate !== 'answer lost') return answer;
      }
    };
    try {
      const tables = new ModelTables();
      const report = await callFunction(endpoint, tables, { syncId: 's' });
      expect(report.failure).toBeUndefined();
      expect(killed).toBe(kills);
      const ids = tables.rowsOf('rows').map(({ id }) => Number(id));
      const expected = Array.from({ length: batches }, (_, id) => id);
      const deleted = expected.filter((id) => id % 10 === 0 && id + 2 < batches);
      expect(ids).toEqual(expected.filter((id) => !deleted.includes(id)));
    } finally {
      server?.process.kill('SIGKILL');
    }
  },
  60_000 + kills * 4_000,
);

interface Server extends ServerProcess {
  readonly endpoint: FunctionEndpoint;
  readonly afterBatches: CallAfterLines;
}

/** Starts the program, and waits until it says where it is. */
async function started(): Promise<Server> {
  const env = { TEST_BATCHES: String(batches) };
  const server = await startServer([process.execPath, program.path], /^(http.*)\n/, { env });
  return {
    ...server,
    endpoint: httpEndpoint(server.place),
    // It writes a line for each that it has read.
    afterBatches: callAfterLines(server.process.stdout),
  };
}
