import { type Documents, Op } from '@fairlead/sdk';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { FunctionTable, KeyColumn } from './function-table.ts';
import { KeyIndex } from './key-index.ts';
import { readKey } from './read-key.ts';
import { TableRows } from './table-rows.ts';
import { keyColumns, keyedDocument, linesOf } from './testing/documents.ts';

const tableOf = (key: readonly KeyColumn[]): FunctionTable => ({ stream: 's', name: 's', key });

const columnsOf = (...paths: readonly string[][]): KeyColumn[] =>
  paths.map((path) => ({ name: path.join('_'), path }));

/** Rows as they are answered. */
const textOf = (pieces: readonly Uint8Array[]): string => Buffer.concat(pieces).toString();

const answerOf = ({ inserts, deletes }: TableRows) => ({
  inserts: textOf(inserts.encode()),
  deletes: textOf(deletes.encode()),
});

/** What is stored in one go, all or in pieces of one document, of which the kernel has no neighbours. */
function stored(
  table: FunctionTable,
  batches: readonly (readonly { readonly text: string; readonly op: Op }[])[],
): TableRows {
  const rows = new TableRows(table);
  for (const batch of batches) {
    rows.store(
      linesOf(
        batch.map(({ text }) => text),
        batch.map(({ op }) => op),
      ),
    );
  }
  return rows;
}

/** The rows by the words of the contract: of each key what was said of it last. */
function model(
  key: readonly KeyColumn[],
  all: readonly { readonly text: string; readonly op: Op }[],
) {
  const last = new Map<string, { readonly op: Op; readonly document: Record<string, unknown> }>();
  for (const { text, op } of all) {
    const index = new KeyIndex();
    expect(readKey(Buffer.from(text), key, index)).toBeUndefined();
    index.put(0);
    const id = Buffer.from(index.last ?? '').toString();
    // What comes later is later in its array.
    last.delete(id);
    last.set(id, { op, document: firstsOf(text, key) });
  }
  const said = [...last.values()];
  return {
    inserts: said.filter(({ op }) => op !== Op.delete).map(({ document }) => document),
    deletes: said.filter(({ op }) => op === Op.delete).map(({ document }) => document),
  };
}

/** The columns of a key, as JSON has them. */
function firstsOf(text: string, key: readonly KeyColumn[]): Record<string, unknown> {
  const document: Record<string, unknown> = JSON.parse(text);
  return Object.fromEntries(
    key.map(({ name, path }) => [
      name,
      path.reduce<unknown>((value, step) => (value as Record<string, unknown>)[step], document),
    ]),
  );
}

const hasKey = (text: string, key: readonly KeyColumn[]) =>
  readKey(Buffer.from(text), key, new KeyIndex()) === undefined;

const operation = fc.constantFrom(Op.upsert, Op.upsert, Op.upsert, Op.insert, Op.delete);

test('has of each key what was said of it last, however documents are written', () => {
  fc.assert(
    fc.property(
      fc.array(fc.array(fc.record({ text: keyedDocument, op: operation }), { maxLength: 40 }), {
        maxLength: 6,
        size: 'max',
      }),
      keyColumns,
      (generated, key) => {
        const batches = generated.map((batch) =>
          // One more member may have the name of a column, or of one of the key.
          batch.filter(({ text }) => hasKey(text, key) && !/m_|d_p/.test(text) && isOnce(text)),
        );
        const answer = answerOf(stored(tableOf(key), batches));
        const expected = model(key, batches.flat());
        for (const kind of ['inserts', 'deletes'] as const) {
          const rows: Record<string, unknown>[] = JSON.parse(`[${answer[kind]}]`);
          const parts = rows.map((row) =>
            Object.fromEntries(key.map(({ name }) => [name, row[name]])),
          );
          expect(parts).toEqual(expected[kind]);
        }
        const one = batches.flatMap((batch) => batch.map((document) => [document]));
        expect(answerOf(stored(tableOf(key), one))).toEqual(answer);
      },
    ),
    { numRuns: 300 },
  );
});

/** Whether no member is there twice, of which JavaScript takes the last one. */
function isOnce(text: string): boolean {
  const names = ['"a"', '"b"', '"ü"', '"m"', '"p"', '"q"', '\\u0061', 'a name'];
  return names.every((name) => text.split(name).length <= 2) && !text.includes('"x":{"q"');
}

describe('stores', () => {
  const numbered = (count: number, write: (index: number) => string): Documents =>
    linesOf(Array.from({ length: count }, (_, index) => write(index)));

  test.each([
    ['without a key', columnsOf()],
    ['with a key', columnsOf(['id'])],
    ['with a key inside of a member', columnsOf(['m', 'id'])],
  ])('more documents than are read in one go, %s', (_kind, key) => {
    const rows = new TableRows(tableOf(key));
    const pad = 'x'.repeat(90);
    const write = (index: number) => `{"m":{"id":"${index}"},"id":${index},"pad":"${pad}"}`;
    rows.store(numbered(20_000, write));
    rows.store(numbered(300, (index) => write(7 * index)));
    const isKeyed = key.length > 0;
    expect(rows.rowCount).toBe(isKeyed ? 20_000 : 20_300);
    const ids = JSON.parse(`[${answerOf(rows).inserts}]`).map(({ id }: { id: number }) => id);
    const again = Array.from({ length: 300 }, (_, index) => 7 * index);
    const first = Array.from({ length: 20_000 }, (_, index) => index).filter(
      (id) => !isKeyed || id >= 2100 || id % 7 !== 0,
    );
    expect(ids).toEqual([...first, ...again]);
  });

  test('rows that take several times the room of their documents', () => {
    const outer = 'm'.repeat(1000);
    const key = columnsOf([outer, 'p'], [outer, 'q'], [outer, 'r'], [outer, 's']);
    const rows = new TableRows(tableOf(key));
    rows.store(numbered(1000, (index) => `{"${outer}":{"p":${index},"q":1,"r":2,"s":3}}`));
    const found: Record<string, unknown>[] = JSON.parse(`[${answerOf(rows).inserts}]`);
    expect(found.map((row) => row[`${outer}_p`])).toEqual(
      Array.from({ length: 1000 }, (_, index) => index),
    );
  });

  test.each([['id'], ['m', 'id']])('a document of megabytes by its key (%s)', (...path) => {
    const rows = new TableRows(tableOf(columnsOf(path)));
    const write = (index: number) =>
      `{"m":{"id":${index}},"id":${index},"pad":"${'x'.repeat([10, 3_000_000, 300_000, 10][index] ?? 0)}"}`;
    rows.store(numbered(4, write));
    rows.store(numbered(4, write));
    const found: { id: number; pad: string }[] = JSON.parse(`[${answerOf(rows).inserts}]`);
    expect(found.map(({ id }) => id)).toEqual([0, 1, 2, 3]);
    expect(found.map(({ pad }) => pad.length)).toEqual([10, 3_000_000, 300_000, 10]);
  });

  test('names that Fivetran would take for its own, where only some documents have them', () => {
    const rows = new TableRows(tableOf(columnsOf(['m', 'id'])));
    rows.store(
      numbered(4, (index) => `{"m":{"id":${index}}${index === 2 ? ',"_fivetran_x":1' : ''}}`),
    );
    const found = JSON.parse(`[${answerOf(rows).inserts}]`);
    expect(found).toEqual([
      { m_id: 0, m: { id: 0 } },
      { m_id: 1, m: { id: 1 } },
      { m_id: 2, m: { id: 2 }, source_fivetran_x: 1 },
      { m_id: 3, m: { id: 3 } },
    ]);
  });
});

test('says which stream has a document without its key, and keeps what was marked', () => {
  const rows = new TableRows(tableOf(columnsOf(['m', 'id'])));
  rows.store(linesOf(['{"m":{"id":1}}']));
  rows.mark();
  const broken = linesOf(['{"m":{"id":2}}', '{"m":{"id":null}}', '{"m":{"id":3}}']);
  expect(() => rows.store(broken)).toThrow(/a document has no m_id, which is of the key/);
  rows.undo();
  expect(answerOf(rows).inserts).toBe('{"m_id":1,"m":{"id":1}}');
});

test('a column has no room beside a member of its name, also after it was deleted', () => {
  const rows = new TableRows(tableOf(columnsOf(['m', 'p'])));
  const text = '{"m_p":2,"m":{"p":1}}';
  rows.store(linesOf([text, text], [Op.delete, Op.delete]));
  expect(answerOf(rows).deletes).toBe('{"m_p":1}');
  const documents = linesOf([text, text], [Op.delete, Op.upsert]);
  expect(() => rows.store(documents)).toThrow(/has no room for the column of m_p/);
});

test('two tables with other keys take turns', () => {
  const one = new TableRows(tableOf(columnsOf(['a'])));
  const two = new TableRows(tableOf(columnsOf(['b'])));
  for (let index = 0; index < 20; index++) {
    const documents = linesOf([`{"a":${index},"b":${index & 1}}`]);
    one.store(documents);
    two.store(documents);
  }
  expect([one.rowCount, two.rowCount]).toEqual([20, 2]);
});

test('another table has its own rows in memory that was given back', () => {
  const write = (count: number) =>
    linesOf(Array.from({ length: count }, (_, index) => `{"id":${(index * 7) % count}}`));
  for (const count of [3000, 2000, 2500]) {
    const rows = new TableRows(tableOf(columnsOf(['id'])));
    rows.store(write(count));
    rows.store(write(count));
    const found: { id: number }[] = JSON.parse(`[${answerOf(rows).inserts}]`);
    expect(new Set(found.map(({ id }) => id)).size).toBe(found.length);
    rows.release();
  }
});
