import {
  type Destination,
  type KeyRange,
  type Table,
  wholeRange,
  type Writer,
} from '@fairlead/sdk';
import { errorOf, expectSame, expectThat } from './check.ts';
import { type DestinationRun, tableOf } from './materialization-run.ts';
import { documents } from './script.ts';
import type { DestinationCheck } from './table-checks.ts';
import { TableModel } from './table-model.ts';

/** Who may write when several want to. */
export function fenceChecks(): DestinationCheck[] {
  return [
    {
      name: 'a writer that was overtaken commits nothing',
      async run(run) {
        const model = new TableModel(tableOf(run.suite));
        const tables = [model.table];
        const good = documents([{ id: 1, name: 'new' }]).documents;
        await withOpen(run, tables, wholeRange, async (old) => {
          await old.store(0, documents([{ id: 1, name: 'old' }, { id: 2 }]).documents);
          await withOpen(run, tables, wholeRange, async (young) => {
            await young.store(0, good);
            await young.commit('young');
          });
          await expectFenced(() => old.commit('old'));
        });
        model.store(good);
        await run.expectRows(model);
        await expectSaved(run, wholeRange, 'young');
      },
    },
    {
      name: 'a writer that was overtaken between two commits is told at the next one',
      async run(run) {
        const model = new TableModel(tableOf(run.suite));
        const tables = [model.table];
        const first = documents([{ id: 1, name: 'first' }]).documents;
        await withOpen(run, tables, wholeRange, async (old) => {
          await old.store(0, first);
          await old.commit('old');
          await withOpen(run, tables, wholeRange, async (young) => {
            expectSame(young.checkpoint, 'old', 'the checkpoint that is taken over');
          });
          const late = async () => {
            await old.store(0, documents([{ id: 2 }]).documents);
            await old.commit('too late');
          };
          await expectFenced(late);
        });
        model.store(first);
        await run.expectRows(model);
        await expectSaved(run, wholeRange, 'old');
      },
    },
    ...grid.map(({ what, before, opened, fenced, checkpoint }): DestinationCheck => ({
      name: `fences: ${what}`,
      async run(run) {
        const tables = [tableOf(run.suite)];
        const connections: { destination: Destination; writer: Writer }[] = [];
        try {
          for (const range of before) {
            const destination = await run.connect();
            const writer = await destination.open({ task: 'test/task', range, tables });
            connections.push({ destination, writer });
            await writer.alter(tables);
            await writer.commit(nameOf(range));
          }
          await withOpen(run, tables, opened, async (writer) => {
            expectSame(writer.checkpoint, checkpoint, 'the checkpoint of the new writer');
            await writer.commit('new');
          });
          for (const [index, { writer }] of connections.entries()) {
            const range = before[index] ?? wholeRange;
            if (fenced[index] === true) await expectFenced(() => writer.commit('old'));
            else await writer.commit(`again ${nameOf(range)}`);
          }
        } finally {
          for (const { writer, destination } of connections) {
            await writer[Symbol.asyncDispose]();
            await destination[Symbol.asyncDispose]();
          }
        }
        await expectSaved(run, opened, 'new');
      },
    })),
    {
      name: 'fences: another task is left alone',
      async run(run) {
        const tables = [tableOf(run.suite)];
        await withOpen(run, tables, wholeRange, async (writer) => {
          await withOpen(run, tables, wholeRange, (other) => other.commit('b'), 'other task');
          await writer.commit('a');
        });
        await expectSaved(run, wholeRange, 'a');
      },
    },
  ];
}

const quarter = 2 ** 30;
const range = (begin: number, end: number): KeyRange => ({
  begin: begin * quarter,
  end: end * quarter - 1,
});

/** Writers that are open, in order, when another one opens; which of them are fenced off then. */
const grid: readonly {
  readonly what: string;
  readonly before: readonly KeyRange[];
  readonly opened: KeyRange;
  readonly fenced: readonly boolean[];
  /** What the new writer takes over. */
  readonly checkpoint: string | null;
}[] = [
  {
    what: 'the same range, and its neighbour is left alone',
    before: [range(0, 2), range(2, 4)],
    opened: range(0, 2),
    fenced: [true, false],
    checkpoint: '0-2',
  },
  {
    what: 'a part of a range takes over from the whole',
    before: [range(0, 4)],
    opened: range(0, 2),
    fenced: [true],
    checkpoint: '0-4',
  },
  {
    what: 'a part takes over from the narrowest range around it',
    before: [range(0, 4), range(0, 2)],
    opened: range(0, 1),
    fenced: [true, true],
    checkpoint: '0-2',
  },
  {
    what: 'a range over the edge of another one begins anew',
    before: [range(0, 2), range(3, 4)],
    opened: range(1, 3),
    fenced: [true, false],
    checkpoint: null,
  },
  {
    what: 'a range around others begins anew',
    before: [range(0, 1), range(1, 2)],
    opened: range(0, 4),
    fenced: [true, true],
    checkpoint: null,
  },
  {
    what: 'a range that only touches another one leaves it alone',
    before: [range(0, 1)],
    opened: range(1, 2),
    fenced: [false],
    checkpoint: null,
  },
];

function nameOf({ begin, end }: KeyRange): string {
  return `${begin / quarter}-${(end + 1) / quarter}`;
}

/** Opens a writer on a connection of its own, and closes both after `body`. */
async function withOpen(
  run: DestinationRun,
  tables: readonly Table[],
  keys: KeyRange,
  body: (writer: Writer) => Promise<unknown>,
  task = 'test/task',
): Promise<void> {
  await using destination = await run.connect();
  await using writer = await destination.open({ task, range: keys, tables });
  await writer.alter(tables);
  await body(writer);
}

async function expectFenced(commit: () => Promise<unknown>): Promise<void> {
  const error = await errorOf(commit, 'the commit of a writer that was overtaken');
  expectThat(
    error instanceof Error && 'kind' in error && error.kind === 'state',
    `it threw no Failure of kind state, but ${String(error)}`,
  );
}

async function expectSaved(run: DestinationRun, keys: KeyRange, saved: string): Promise<void> {
  await using destination = await run.connect();
  const found = await destination.saved({ task: 'test/task', range: keys });
  expectSame(found, saved, 'the saved checkpoint');
}
