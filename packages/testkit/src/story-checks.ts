import type { Json, Table, Writer } from '@fairlead/sdk';
import { expectThat } from './check.ts';
import { copyOf, type DestinationRun, tableOf } from './materialization-run.ts';
import { type Random, randomFrom } from './random.ts';
import { changes, type OneChange } from './script.ts';
import type { DestinationCheck } from './table-checks.ts';
import { TableModel } from './table-model.ts';

/** Random transactions over several runs, some of which are cut off, compared with a plain model. */
export function storyChecks({ stories = 15, seed = 1 }: StoryOptions): DestinationCheck[] {
  return [
    {
      name: `${stories} random stories of transactions leave what they should`,
      async run(run) {
        for (let number = 0; number < stories; number++) {
          try {
            await tell(run, randomFrom(seed + number), number);
          } catch (error) {
            const message = error instanceof Error ? error.message : String(error);
            throw new Error(`story ${number} of seed ${seed}: ${message}`, { cause: error });
          }
        }
      },
    },
  ];
}

interface StoryOptions {
  readonly stories?: number;
  readonly seed?: number;
}

/** A table, what it holds, and the keys for which it may not get an insert any more. */
interface Chapter {
  readonly model: TableModel;
  readonly seen: Set<number>;
  /** Keys whose last change was a delete. */
  readonly deleted: Set<number>;
}

async function tell(run: DestinationRun, random: Random, number: number): Promise<void> {
  const task = `story ${number}`;
  let chapters = tablesOf(run, number).map((table): Chapter => ({
    model: new TableModel(table),
    seen: new Set(),
    deleted: new Set(),
  }));
  const tables = chapters.map(({ model }) => model.table);
  let checkpoint: string | null = null;
  run.saved = null;
  for (let visit = 0; visit < 4; visit++) {
    await run.write({ tables, task }, async (writer) => {
      if (run.suite.materialization.commits === 'in-destination') {
        const found: string | null = writer.checkpoint;
        expectThat(found === checkpoint, `the checkpoint is ${found} and should be ${checkpoint}`);
      }
      for (let left = random.integer(1, 4); left > 0; left--) {
        const after = chapters.map(copyOfChapter);
        await transact(writer, after, random);
        if (random.fraction() < 0.2 && promises(run)) return;
        const name = `${task}, ${visit}.${left}`;
        const end = await commit(run, writer, name, random);
        if (end !== 'lost') {
          chapters = after;
          checkpoint = name;
        }
        if (end !== 'done') return;
      }
    });
  }
  // Applies what the last visit has left to be acknowledged.
  await run.write({ tables, task }, async () => {});
  await run.expectRows(...chapters.map(({ model }) => model));
}

/** Commits; a staged destination sometimes loses its host before or after it has saved the answer. */
async function commit(
  run: DestinationRun,
  writer: Writer,
  checkpoint: string,
  random: Random,
): Promise<'done' | 'lost' | 'left'> {
  const staged = run.suite.materialization.commits === 'staged';
  const chance = random.fraction();
  if (!staged || chance < 0.7) {
    await run.commit(writer, checkpoint);
    return 'done';
  }
  const answer: Json = copyOf(await writer.commit(checkpoint));
  if (chance < 0.85) return 'lost';
  run.saved = answer;
  return 'left';
}

/** Whether the destination takes back what is not committed. */
function promises({ suite }: DestinationRun): boolean {
  return suite.materialization.commits !== 'at-least-once';
}

async function transact(
  writer: Writer,
  chapters: readonly Chapter[],
  random: Random,
): Promise<void> {
  for (let left = random.integer(0, 4); left > 0; left--) {
    const index = random.integer(0, chapters.length - 1);
    const chapter = chapters[index];
    if (chapter === undefined) continue;
    if (random.fraction() < 0.08) {
      await writer.truncate(index);
      chapter.model.truncate();
      chapter.seen.clear();
      chapter.deleted.clear();
    } else {
      const { documents } = changes(...randomChanges(chapter, random));
      await writer.store(index, documents);
      chapter.model.store(documents);
    }
  }
}

function randomChanges({ model, seen, deleted }: Chapter, random: Random): OneChange[] {
  const { write, deletes } = model.table;
  return Array.from({ length: random.integer(1, 12) }, (): OneChange => {
    const id = random.integer(0, 15);
    const name = random.pick([null, 'a', 'b', 'ü "c"']);
    const size = random.integer(0, 9);
    const isNew = !seen.has(id) || write === 'append';
    seen.add(id);
    const op = random.pick(isNew ? ['insert', 'upsert'] : ['upsert', 'patch', 'patch', 'delete']);
    // What a patch does to a row that is marked as deleted is nowhere said.
    if (op === 'patch' && !(deletes === 'soft' && deleted.has(id))) {
      return [op, random.pick<object>([{ id, name }, { id, size }, { id }])];
    }
    if (op === 'delete') deleted.add(id);
    else deleted.delete(id);
    return op === 'delete' ? [op, { id }] : [op === 'insert' ? op : 'upsert', { id, name, size }];
  });
}

function tablesOf({ suite }: DestinationRun, number: number): Table[] {
  return [
    tableOf(suite, { stream: `hard ${number}` }),
    tableOf(suite, { stream: `soft ${number}`, deletes: 'soft' }),
    tableOf(suite, { stream: `ignore ${number}`, deletes: 'ignore' }),
    tableOf(suite, { stream: `append ${number}`, write: 'append', deletes: 'ignore' }),
  ];
}

function copyOfChapter({ model, seen, deleted }: Chapter): Chapter {
  return { model: model.copy(), seen: new Set(seen), deleted: new Set(deleted) };
}
