import { wholeRange } from '@fairlead/sdk';
import { errorOf, expectSame, expectThat } from './check.ts';
import { copyOf, type DestinationRun, tableOf } from './materialization-run.ts';
import { documents } from './script.ts';
import { type DestinationCheck, storeAll } from './table-checks.ts';
import { TableModel } from './table-model.ts';

/** What a commit is, where the destination promises that each one counts exactly once. */
export function commitChecks(): DestinationCheck[] {
  return [
    {
      name: 'disposing takes back what is not committed',
      async run(run) {
        const model = new TableModel(tableOf(run.suite));
        await storeAll(run, model, [{ id: 1, name: 'a' }]);
        await run.write({ tables: [model.table] }, async (writer) => {
          await writer.store(0, documents([{ id: 1, name: 'b' }, { id: 2 }]).documents);
        });
        await run.write({ tables: [model.table] }, async (writer) => {
          await writer.truncate(0);
          await writer.store(0, documents([{ id: 3 }]).documents);
        });
        await run.expectRows(model);
      },
    },
    {
      name: 'what was committed stays when what follows is taken back',
      async run(run) {
        const model = new TableModel(tableOf(run.suite));
        const kept = documents([{ id: 1, name: 'a' }]).documents;
        await run.write({ tables: [model.table] }, async (writer) => {
          await writer.store(0, kept);
          await run.commit(writer, 'one');
          await writer.store(0, documents([{ id: 2 }]).documents);
        });
        model.store(kept);
        await run.expectRows(model);
      },
    },
    {
      name: 'a writer can be disposed after it has failed, and takes all back',
      async run(run) {
        const model = new TableModel(tableOf(run.suite));
        await storeAll(run, model, [{ id: 1, name: 'a' }]);
        await run.write({ tables: [model.table] }, async (writer) => {
          await writer.store(0, documents([{ id: 2 }]).documents);
          const failing = async () => {
            await writer.store(0, documents([{ name: 'no key' }]).documents);
            await writer.commit('two');
          };
          await errorOf(failing, 'a document without a key');
        });
        await storeAll(run, model, [{ id: 4 }]);
        await run.expectRows(model);
      },
    },
  ];
}

/** What a destination does that keeps the checkpoint with the data. */
export function checkpointChecks(): DestinationCheck[] {
  return [
    {
      name: 'the checkpoint is that of the last commit',
      async run(run) {
        const tables = [tableOf(run.suite)];
        await expectSaved(run, null);
        await run.write({ tables }, async (writer) => {
          expectThat(writer.checkpoint === null, 'a new task has a checkpoint');
          await run.commit(writer, 'one');
          await writer.store(0, documents([{ id: 1 }]).documents);
          await run.commit(writer, hostileCheckpoint);
        });
        await expectSaved(run, hostileCheckpoint);
        await run.write({ tables }, async (writer) => {
          expectSame(writer.checkpoint, hostileCheckpoint, 'the checkpoint of the writer');
          await writer.store(0, documents([{ id: 2 }]).documents);
        });
        await expectSaved(run, hostileCheckpoint);
      },
    },
    {
      name: 'each task has its own checkpoint',
      async run(run) {
        const tables = [tableOf(run.suite)];
        for (const task of ['one', 'other', 'ONE', 'o\'n"e']) {
          await run.write({ tables, task }, async (writer) => {
            expectThat(writer.checkpoint === null, `${task} has the checkpoint of another task`);
            await run.commit(writer, `of ${task}`);
          });
        }
        await expectSaved(run, 'of one', 'one');
        await expectSaved(run, 'of other', 'other');
      },
    },
    {
      name: 'asking for the checkpoint takes nothing over',
      async run(run) {
        const tables = [tableOf(run.suite)];
        await run.write({ tables }, (writer) => run.commit(writer, 'one'));
        await using destination = await run.connect();
        const request = { task: 'test/task', range: wholeRange };
        await using writer = await destination.open({ ...request, tables });
        await writer.alter(tables);
        expectSame(await destination.saved(request), 'one', 'the saved checkpoint');
        await run.commit(writer, 'two');
        expectSame(await destination.saved(request), 'two', 'the saved checkpoint');
      },
    },
  ];
}

/** What a destination does whose commits are applied when the host has saved them. */
export function acknowledgeChecks(): DestinationCheck[] {
  return [
    {
      name: 'what was committed and saved is applied after a crash, once',
      async run(run) {
        const models = twoModels(run);
        await stage(run, models, 1);
        await run.write({ tables: models.map(({ table }) => table) }, async (writer) => {
          await writer.acknowledge?.(run.saved);
          await writer.acknowledge?.(run.saved);
        });
        storeInto(models, 1);
        await run.expectRows(...models);
        await run.write({ tables: models.map(({ table }) => table) }, async () => {});
        await run.expectRows(...models);
      },
    },
    {
      name: 'what was committed and not saved is never seen',
      async run(run) {
        const models = twoModels(run);
        await stage(run, models, 1);
        run.saved = null;
        await run.expectRows(...models);
        await run.write({ tables: models.map(({ table }) => table) }, async (writer) => {
          for (const index of models.keys()) await writer.store(index, batch(2));
          await run.commit(writer, 'two');
        });
        storeInto(models, 2);
        await run.expectRows(...models);
      },
    },
    {
      name: 'nothing is seen before it is acknowledged',
      async run(run) {
        const models = twoModels(run);
        await stage(run, models, 1);
        await run.expectRows(...models);
      },
    },
  ];
}

/** Text as a host may save it. */
const hostileCheckpoint = JSON.stringify({
  state: { bindings: { 'a/b': { at: '2024-01-01', 'it\'s "odd"\n\\ ü 🚢': [null, 1.5] } } },
  long: 'x'.repeat(100_000),
});

async function expectSaved(
  run: DestinationRun,
  checkpoint: string | null,
  task = 'test/task',
): Promise<void> {
  await using destination = await run.connect();
  const saved = await destination.saved({ task, range: wholeRange });
  expectSame(saved, checkpoint, `the saved checkpoint of ${task}`);
}

function twoModels({ suite }: DestinationRun): TableModel[] {
  return [
    new TableModel(tableOf(suite)),
    new TableModel(tableOf(suite, { stream: 'events', write: 'append', deletes: 'ignore' })),
  ];
}

const batch = (id: number) => documents([{ id, name: `n${id}` }]).documents;

function storeInto(models: readonly TableModel[], id: number): void {
  for (const model of models) model.store(batch(id));
}

/** Commits a document to each table, saves what is to be acknowledged, and goes no further. */
async function stage(
  run: DestinationRun,
  models: readonly TableModel[],
  id: number,
): Promise<void> {
  await run.write({ tables: models.map(({ table }) => table) }, async (writer) => {
    for (const index of models.keys()) await writer.store(index, batch(id));
    run.saved = copyOf(await writer.commit('one'));
  });
}
