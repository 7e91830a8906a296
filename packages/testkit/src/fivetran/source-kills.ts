import { once } from 'node:events';
import { GrpcError, Status } from '@fairlead/grpc';
import { type Check, expectNone, expectThat } from '../check.ts';
import { setProblems } from '../compare-documents.ts';
import { randomFrom } from '../random.ts';
import type { CommittedTables } from './committed-tables.ts';
import { fivetranClient } from './fivetran-client.ts';
import { type FivetranSourceSuite, killsWanted } from './fivetran-suite.ts';
import { startServer } from '../server-process.ts';
import { serveCommand } from './serve-command.ts';
import { fivetranSourceCheck, type FivetranSourceRun } from './source-run.ts';

/** The call in which a process is killed. */
const calls = ['form', 'test', 'schema', 'update'] as const;

/** Checks that end a source as a process in each of its calls. */
export function killedSourceChecks(suite: FivetranSourceSuite, module: URL): Check[] {
  return [
    fivetranSourceCheck(
      suite,
      'a process that is killed loses and repeats nothing',
      async (run) => {
        const whole = run.empty();
        const { length } = await run.update(whole);
        const random = randomFrom(23);
        const tables = run.empty();
        for (let kills = 0; kills < killsWanted; kills++) {
          await syncAndKill(run, module, tables, {
            call: calls[kills % calls.length] ?? 'update',
            afterMessages: random.integer(0, length - 1),
          });
        }
        await run.update(tables);
        expectNone(setProblems(whole.lines, tables.lines), `after ${killsWanted} kills`);
      },
    ),
    fivetranSourceCheck(suite, 'SIGTERM ends an update at a checkpoint', async (run) => {
      const whole = run.empty();
      await run.update(whole);
      const tables = run.empty();
      await using server = await startServer(serveCommand(module, 'grpc'), /port=(\d+)/);
      const ended = once(server.process, 'exit');
      await using client = fivetranClient({ host: '127.0.0.1', port: Number(server.place) });
      try {
        let isTold = false;
        for await (const message of client.update(run.request(tables))) {
          // Once: a second one may come when it is done, and has stopped listening to signals.
          isTold ||= server.process.kill('SIGTERM');
          tables.take(message);
        }
      } catch (error) {
        // It may also have come to its end before it heard.
        const isStopped = error instanceof GrpcError && error.code === Status.UNAVAILABLE;
        if (!isStopped) throw error;
      }
      expectThat(tables.openRows === 0, `${tables.openRows} rows come after the last checkpoint`);
      await client.channel.close();
      const [code]: unknown[] = await ended;
      expectThat(code === 0, `its exit code is ${String(code)}`);
      await run.update(tables);
      expectNone(setProblems(whole.lines, tables.lines));
    }),
  ];
}

/** Does a sync as Fivetran does it, with a process that does not live to its end. */
async function syncAndKill(
  { configuration, request }: FivetranSourceRun,
  module: URL,
  tables: CommittedTables,
  fate: { readonly call: (typeof calls)[number]; readonly afterMessages: number },
): Promise<void> {
  await using server = await startServer(serveCommand(module, 'grpc'), /port=(\d+)/);
  await using client = fivetranClient({ host: '127.0.0.1', port: Number(server.place) });
  const ended = once(server.process, 'exit');
  const kill = () => void server.process.kill('SIGKILL');
  const sync = async () => {
    const asking = {
      form: () => client.form(),
      test: () => client.test('connect', configuration),
      schema: () => client.schema(configuration),
    };
    for (const call of ['form', 'test', 'schema'] as const) {
      const asked = asking[call]();
      if (fate.call === call) kill();
      await asked;
    }
    let taken = 0;
    for await (const message of client.update(request(tables))) {
      if (fate.call === 'update' && taken++ === fate.afterMessages) kill();
      tables.take(message);
    }
  };
  // It may have answered all the same.
  await sync().catch(() => {});
  kill();
  await ended;
  tables.rollBack();
}
