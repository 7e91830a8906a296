import { wholeRange } from '@fairlead/sdk';
import { expectThat } from './check.ts';
import { tableOf } from './materialization-run.ts';
import { expectAllClosed } from './open-handles.ts';
import { changes, documents } from './script.ts';
import type { DestinationCheck } from './table-checks.ts';

/** What any destination does with the calls of a host, whether it keeps anything or not. */
export function callChecks(): DestinationCheck[] {
  return [
    {
      name: 'a transaction with all operations is taken',
      async run(run) {
        const tables = [
          tableOf(run.suite, { deletes: 'soft' }),
          tableOf(run.suite, { stream: 'events', write: 'append', deletes: 'ignore' }),
        ];
        await run.write({ tables }, async (writer) => {
          const batch = changes(
            ['insert', { id: 1, name: 'a' }],
            ['upsert', { id: 1, name: 'b' }],
            ['patch', { id: 1, size: 2 }],
            ['delete', { id: 1 }],
          );
          await writer.store(0, batch.documents);
          await writer.store(1, documents([{ id: 1 }]).documents);
          await run.commit(writer, 'one');
          await writer.truncate(0);
          await run.commit(writer, 'two');
        });
      },
    },
    {
      name: 'nothing stays open after a transaction, committed or not',
      async run(run) {
        const tables = [tableOf(run.suite)];
        for (const commits of [true, false]) {
          await expectAllClosed(() =>
            run.write({ tables }, async (writer) => {
              await writer.store(0, documents([{ id: 1 }]).documents);
              if (commits) await run.commit(writer, 'one');
            }),
          );
        }
      },
    },
    {
      name: 'where no checkpoint is kept, none is said to be saved',
      async run(run) {
        const tables = [tableOf(run.suite)];
        await run.write({ tables }, (writer) => run.commit(writer, 'one'));
        if (run.suite.materialization.commits === 'in-destination') return;
        await using destination = await run.connect();
        const saved = await destination.saved({ task: 'test/task', range: wholeRange });
        expectThat(saved === null, `${saved} is said to be saved`);
      },
    },
    {
      name: 'one writer after the other may be opened on a connection',
      async run(run) {
        const tables = [tableOf(run.suite)];
        await using destination = await run.connect();
        for (const name of ['one', 'two']) {
          await using writer = await destination.open({
            task: 'test/task',
            range: wholeRange,
            tables,
            ...(run.saved === null ? {} : { state: run.saved }),
          });
          await writer.alter(tables);
          await writer.store(0, documents([{ id: 1, name }]).documents);
          await run.commit(writer, name);
        }
      },
    },
  ];
}
