import { type FunctionEndpoint, httpEndpoint } from '@fairlead/host-fivetran';
import { type Check, expectNone, expectThat } from '../check.ts';
import { setProblems } from '../compare-documents.ts';
import { randomFrom } from '../random.ts';
import { type FivetranFunctionSuite, killsWanted } from './fivetran-suite.ts';
import { functionCheck, Tables } from './function-run.ts';
import { type ServerProcess, startServer } from '../server-process.ts';
import { serveCommand } from './serve-command.ts';

/** When a process is killed: after a part of the time that a call takes, or when it has answered, which is lost or not. */
type Fate = 'in the call' | 'answer lost' | 'answer taken' | 'lives';

/** The check that kills a function in its calls and between them. */
export function killedFunctionCheck(suite: FivetranFunctionSuite, module: URL): Check {
  return functionCheck(suite, 'a process that is killed loses and repeats nothing', async (run) => {
    const whole = new Tables();
    const begin = performance.now();
    const { calls } = await run.sync(whole);
    const callMs = (performance.now() - begin) / calls;

    const random = randomFrom(17);
    const killer = new Killer(module);
    const endpoint: FunctionEndpoint = async (request, signal) => {
      for (;;) {
        const server = await killer.server();
        const fate = killer.isDone
          ? 'lives'
          : random.pick<Fate>([
              'in the call',
              'in the call',
              'answer lost',
              'answer taken',
              'lives',
            ]);
        if (fate === 'in the call') killer.killAfter(random.fraction() * callMs);
        const asked = httpEndpoint(server.place)(request, signal);
        if (fate === 'lives') return asked;
        const answer = await asked.catch(() => undefined);
        await killer.kill();
        if (answer !== undefined && fate !== 'answer lost') return answer;
      }
    };
    try {
      // Syncs of what has not changed go on until enough were killed.
      const tables = new Tables();
      let state: unknown = {};
      while (!killer.isDone) {
        ({ state } = await run.sync(tables, { state, endpoint }));
        expectNone(setProblems(whole.lines, tables.lines), `after ${killer.kills} kills`);
      }
      expectThat(killer.kills >= killsWanted, `only ${killer.kills} were killed`);
    } finally {
      await killer.kill();
    }
  });
}

/** Has one process at a time, which it kills. */
class Killer {
  readonly #module: URL;
  #server: ServerProcess | undefined;
  #timer: NodeJS.Timeout | undefined;
  #kills = 0;

  constructor(module: URL) {
    this.#module = module;
  }

  get kills(): number {
    return this.#kills;
  }

  get isDone(): boolean {
    return this.#kills >= killsWanted;
  }

  async server(): Promise<ServerProcess> {
    return (this.#server ??= await startServer(
      serveCommand(this.#module, 'function'),
      /^url=(.*)$/m,
    ));
  }

  /** Kills the process that runs now, should it still run then. */
  killAfter(ms: number): void {
    const { process } = this.#server ?? {};
    this.#timer = setTimeout(() => process?.kill('SIGKILL'), ms);
  }

  async kill(): Promise<void> {
    clearTimeout(this.#timer);
    if (this.#server === undefined) return;
    this.#kills++;
    await this.#server[Symbol.asyncDispose]();
    this.#server = undefined;
  }
}
