import { type Documents, startOf } from '@fairlead/sdk';
import { decodeValue } from '@fairlead/json';
import { errorOf, expectThat } from './check.ts';
import { type DestinationRun, tableOf, type TableOptions } from './materialization-run.ts';
import { canonicalValue } from './same-value.ts';
import { changes, documents, type DocumentsStep } from './script.ts';
import { type DestinationCheck, storeAll } from './table-checks.ts';
import { TableModel } from './table-model.ts';

/** What one or several transactions do to rows. */
export function writeChecks(): DestinationCheck[] {
  return [
    story('merge keeps the last document of each key', {}, [
      [
        documents([
          { id: 1, name: 'a' },
          { id: 2, name: 'b' },
        ]),
      ],
      [
        documents([
          { id: 2, name: 'c' },
          { id: 3, name: 'd' },
        ]),
        documents([{ id: 3, size: 4 }]),
      ],
    ]),
    story('merge takes inserts, and changes to what they inserted', {}, [
      [changes(['insert', { id: 1, name: 'a' }], ['insert', { id: 2, name: 'b' }])],
      [changes(['insert', { id: 3, name: 'c' }], ['upsert', { id: 3, name: 'd', size: 1 }])],
      [changes(['insert', { id: 4, name: 'e' }], ['delete', { id: 4 }], ['upsert', { id: 2 }])],
    ]),
    story('append keeps every document', { write: 'append', deletes: 'ignore' }, [
      [
        documents([
          { id: 1, name: 'a' },
          { id: 1, name: 'a' },
        ]),
        documents([{ id: 1, name: 'b' }]),
      ],
      [changes(['insert', { id: 2 }], ['upsert', { id: 1, name: 'a' }])],
    ]),
    ...(['hard', 'soft', 'ignore'] as const).flatMap((deletes) => [
      story(`deletes in the mode ${deletes}, in a transaction of their own`, { deletes }, [
        [documents([{ id: 1, name: 'a', size: 1 }, { id: 2, name: 'b' }, { id: 3 }])],
        [changes(['delete', { id: 1 }], ['delete', { id: 3 }])],
        [changes(['upsert', { id: 3, name: 'back' }])],
      ]),
      story(`deletes in the mode ${deletes}, together with what they delete`, { deletes }, [
        [documents([{ id: 1, name: 'a' }])],
        [changes(['upsert', { id: 2, name: 'b' }], ['delete', { id: 2 }])],
        [changes(['delete', { id: 1 }], ['upsert', { id: 1, name: 'c', size: 2 }])],
        [changes(['insert', { id: 3, name: 'd' }], ['delete', { id: 3 }], ['upsert', { id: 3 }])],
      ]),
      story(`deletes in the mode ${deletes}, of keys that were never seen`, { deletes }, [
        [changes(['upsert', { id: 1, name: 'a' }], ['delete', { id: 7 }])],
        [changes(['delete', { id: 8 }])],
      ]),
    ]),
    story('patches change the members that they have', {}, [
      [
        documents([
          { id: 1, name: 'a', size: 1 },
          { id: 2, name: 'b', size: 2 },
        ]),
      ],
      [changes(['patch', { id: 1, size: 5 }], ['patch', { id: 2, name: null }])],
      [
        changes(
          ['patch', { id: 1, name: 'c' }],
          ['patch', { id: 1, size: 6 }],
          ['patch', { id: 2 }],
        ),
      ],
      [changes(['upsert', { id: 2, name: 'd' }], ['patch', { id: 2, size: 3 }])],
      [changes(['patch', { id: 2, size: 4 }], ['upsert', { id: 2, name: 'e' }])],
      [changes(['insert', { id: 3, name: 'f' }], ['patch', { id: 3, size: 9 }])],
    ]),
    story('a patch of a row that is not there makes one', {}, [
      [documents([{ id: 1, name: 'a', size: 1 }])],
      [
        changes(
          ['patch', { id: 2, size: 5 }],
          ['delete', { id: 1 }],
          ['patch', { id: 1, size: 2 }],
        ),
      ],
    ]),
    story('truncating forgets what was there, and only that', {}, [
      [documents([{ id: 1, name: 'a' }, { id: 2 }])],
      ['truncate', changes(['insert', { id: 1, name: 'b' }])],
      [documents([{ id: 5 }]), 'truncate', documents([{ id: 6 }])],
      ['truncate'],
    ]),
    story('truncating a table to which is appended', { write: 'append', deletes: 'ignore' }, [
      [documents([{ id: 1, name: 'a' }, { id: 1 }])],
      ['truncate', documents([{ id: 1, name: 'b' }, { id: 1 }])],
    ]),
    story('transactions without documents', {}, [[], [documents([{ id: 1 }])], []]),
    story(
      'keys of several columns, of text, and of large integers',
      {
        key: ['a', 'b', 'c'],
        columns: {
          a: { type: 'string' },
          b: { type: 'integer' },
          c: { type: 'boolean' },
          value: { type: ['string', 'null'] },
        },
      },
      [
        [
          documents([
            { a: 'x', b: 9_007_199_254_740_993n, c: true, value: '1' },
            { a: 'x', b: 9_007_199_254_740_992n, c: true, value: '2' },
            { a: 'x', b: 9_007_199_254_740_993n, c: false, value: '3' },
            { a: 'X', b: 1, c: true, value: '4' },
            { a: 'x ', b: 1, c: true, value: '5' },
            { a: '', b: 1, c: true, value: '6' },
            { a: 'it\'s "quoted" \\ ü 🚢', b: 1, c: true, value: '7' },
          ]),
        ],
        [
          changes(
            ['upsert', { a: 'x', b: 9_007_199_254_740_993n, c: true, value: '8' }],
            ['delete', { a: 'X', b: 1, c: true }],
            ['patch', { a: 'it\'s "quoted" \\ ü 🚢', b: 1, c: true, value: '9' }],
            ['delete', { a: '', b: 1, c: true }],
          ),
        ],
      ],
    ),
    {
      name: 'documents of several tables may come in any order',
      async run(run) {
        const models = ['one', 'two', 'three'].map(
          (stream) => new TableModel(tableOf(run.suite, { stream })),
        );
        await run.write({ tables: models.map(({ table }) => table) }, async (writer) => {
          for (let id = 0; id < 30; id++) {
            const batch = documents([{ id, name: `n${id}` }]).documents;
            await writer.store((id * 7) % 3, batch);
            models[(id * 7) % 3]?.store(batch);
          }
          await run.commit(writer, 'one');
        });
        await run.expectRows(...models);
      },
    },
    {
      name: 'stored documents can be loaded by key, where that can be asked',
      async run(run) {
        const table = tableOf(run.suite);
        const objects = [1, 2, 3].map((id) => ({ id, name: `n${id}`, size: 2n ** 60n }));
        await storeAll(run, new TableModel(table), objects);
        await run.write({ tables: [table] }, async (writer) => {
          if (writer.load === undefined) return;
          const found: unknown[] = [];
          for await (const batch of writer.load(0, keys([3, 7, 1]))) found.push(...valuesOf(batch));
          const text = found.map(canonicalValue).toSorted();
          const expected = [objects[0], objects[2]].map(canonicalValue).toSorted();
          expectThat(text.join() === expected.join(), `it loaded ${text.join()}`);
        });
      },
    },
    {
      name: 'a document without a key fails as data, and its transaction leaves nothing',
      async run(run) {
        const model = new TableModel(tableOf(run.suite));
        await storeAll(run, model, [{ id: 1, name: 'a' }]);
        for (const wrong of [{ name: 'b' }, { id: null, name: 'b' }]) {
          await run.write({ tables: [model.table] }, async (writer) => {
            await writer.store(0, documents([{ id: 2, name: 'good' }]).documents);
            const storing = async () => {
              await writer.store(0, documents([{ id: 3, name: 'c' }, wrong]).documents);
              await run.commit(writer, 'two');
            };
            const error = await errorOf(storing, JSON.stringify(wrong));
            expectDataFailure(error);
          });
        }
        await run.expectRows(model);
      },
    },
  ];
}

/** A check of what transactions, one after the other, leave in a table; first all in one run, then a run for each. */
function story(
  name: string,
  options: TableOptions,
  transactions: readonly (readonly (DocumentsStep | 'truncate')[])[],
): DestinationCheck {
  return {
    name,
    async run(run) {
      const together = new TableModel(tableOf(run.suite, { ...options, stream: 'together' }));
      const apart = new TableModel(tableOf(run.suite, { ...options, stream: 'apart' }));
      await run.write({ tables: [together.table] }, async (writer) => {
        for (const steps of transactions) {
          for (const step of steps) await take(writer, together, step);
          await run.commit(writer, name);
        }
      });
      await run.expectRows(together);
      for (const steps of transactions) {
        await run.write({ tables: [apart.table] }, async (writer) => {
          for (const step of steps) await take(writer, apart, step);
          await run.commit(writer, name);
        });
        await run.expectRows(apart);
      }
    },
  };
}

async function take(
  writer: Parameters<Parameters<DestinationRun['write']>[1]>[0],
  model: TableModel,
  step: DocumentsStep | 'truncate',
): Promise<void> {
  if (step === 'truncate') {
    await writer.truncate(0);
    model.truncate();
  } else {
    await writer.store(0, step.documents);
    model.store(step.documents);
  }
}

/** Fails unless a value was refused, as the contract has it. */
export function expectDataFailure(error: unknown): void {
  expectThat(
    error instanceof Error && 'kind' in error && error.kind === 'data',
    `it threw no Failure of kind data, but ${String(error)}`,
  );
}

function keys(ids: readonly number[]): Documents {
  const lines = ids.map((id) => Buffer.from(`[${id}]\n`));
  let end = 0;
  const ends = Uint32Array.from(lines, (line) => (end += line.length));
  return { bytes: Buffer.concat(lines), ends };
}

function valuesOf(batch: Documents): unknown[] {
  return Array.from(batch.ends, (end, index) =>
    decodeValue(batch.bytes, startOf(batch, index), end),
  );
}
