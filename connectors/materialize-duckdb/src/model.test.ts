import { Op, wholeRange, type Column, type Documents } from '@fairlead/sdk';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { documentsOf, tableOf, testDatabase } from './test-database.ts';

type Fields = Readonly<Record<string, unknown>>;
type OpName = keyof typeof Op;

/** A document with an op; the source never calls a key new twice, as {@link applicable} sees to. */
interface Change {
  readonly op: OpName;
  readonly document: Fields;
}

const value = fc.constantFrom<unknown>(
  null,
  1,
  2.5,
  'a',
  'ü"\\',
  [1],
  { b: 1 },
  { c: null, b: 'x' },
);

const change = fc.record({
  op: fc.constantFrom<OpName>('insert', 'upsert', 'upsert', 'patch', 'patch', 'delete'),
  document: fc.record(
    { id: fc.integer({ min: 0, max: 6 }), a: value, n: value, 'x y': value },
    { requiredKeys: ['id'], noNullPrototype: true },
  ),
});

const transaction = fc.record({
  batches: fc.array(fc.array(change, { minLength: 1, maxLength: 12 }), { maxLength: 3 }),
  commits: fc.integer({ min: 0, max: 3 }).map((n) => n > 0),
});

const whole: Column = { name: 'doc', pointer: '', key: false, schema: { type: 'object' } };
const nested: Column = { name: 'a_b', pointer: '/a/b', key: false, schema: {} };
const flat = tableOf({ 'id!': { type: 'integer' }, a: {}, n: {}, 'x y': {} });
const table = { ...flat, columns: [...flat.columns, whole, nested] };

test('any transactions, some of them undone, leave what a map would hold', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(transaction, { minLength: 1, maxLength: 5 }),
      fc.constantFrom('300B', '8MiB'),
      async (transactions, segmentBytes) => {
        await using database = await testDatabase({ advanced: { segmentBytes } });
        let stored: Rows = new Map();
        for (const { batches, commits } of transactions) {
          const after: Rows = new Map(stored);
          await using destination = await database.connect();
          const request = { task: 'test', range: wholeRange, tables: [table] };
          await using writer = await destination.open(request);
          await writer.alter([table]);
          for (const batch of batches) {
            const changes = applicable(batch, after);
            if (changes.length > 0) await writer.store(0, encode(changes));
          }
          if (!commits) continue;
          await writer.commit('{}');
          stored = after;
        }
        await expectRows(database, stored);
      },
    ),
    { numRuns: 25 },
  );
}, 120_000);

/** Documents by key; of a key that was deleted, null. */
type Rows = Map<unknown, Fields | null>;

/** The changes as a source could say them, after the map has made them. */
function applicable(changes: readonly Change[], rows: Rows): Change[] {
  return changes.map(({ op, document }) => {
    const known = rows.get(document['id']);
    const told = op === 'insert' && known !== undefined ? 'upsert' : op;
    const patched = told === 'patch' ? { ...known, ...document } : document;
    rows.set(document['id'], told === 'delete' ? null : patched);
    return { op: told, document };
  });
}

function encode(changes: readonly Change[]): Documents {
  const lines = changes.map(({ document }) => JSON.stringify(document));
  return { ...documentsOf(lines), ops: Uint8Array.from(changes, ({ op }) => Op[op]) };
}

async function expectRows(
  database: Awaited<ReturnType<typeof testDatabase>>,
  expected: Rows,
): Promise<void> {
  const exists = await database.rows("SELECT 1 FROM duckdb_tables() WHERE table_name = 't'");
  const rows =
    exists.length === 0
      ? []
      : await database.rows(
          'SELECT id, a::VARCHAR, n::VARCHAR, "x y"::VARCHAR, doc::VARCHAR, a_b::VARCHAR FROM t ORDER BY id',
        );
  const found = rows.map(([id, ...texts]) => [
    Number(id),
    ...texts.map((text) => (text === null ? null : JSON.parse(String(text)))),
  ]);
  const wanted = [...expected.values()]
    .filter((row) => row !== null)
    .toSorted((a, b) => Number(a['id']) - Number(b['id']))
    .map((row) => [
      row['id'],
      row['a'] ?? null,
      row['n'] ?? null,
      row['x y'] ?? null,
      row,
      memberOf(row['a'], 'b'),
    ]);
  expect(found).toEqual(wanted);
}

function memberOf(outer: unknown, name: string): unknown {
  if (typeof outer !== 'object' || outer === null || Array.isArray(outer)) return null;
  return new Map<string, unknown>(Object.entries(outer)).get(name) ?? null;
}
