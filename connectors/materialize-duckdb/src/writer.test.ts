import { readdir } from 'node:fs/promises';
import { encodeDocuments, Op, type Column, type Writer } from '@fairlead/sdk';
import { describe, expect, test } from 'vitest';
import { documentsOf, linesOf, tableOf, testDatabase, type TestDatabase } from './test-database.ts';
import type { Resource } from './settings.ts';

const id = { type: 'integer' };
const text = { type: ['string', 'null'] };
const users = tableOf({ 'id!': id, name: text });

type OpName = keyof typeof Op;

/** Stores documents, each with its op. */
async function store(
  writer: Writer<Resource>,
  ...changes: readonly (readonly [OpName, object])[]
): Promise<void> {
  const documents = encodeDocuments(changes.map(([, document]) => document));
  await writer.store(0, { ...documents, ops: Uint8Array.from(changes, ([op]) => Op[op]) });
}

describe('a column that holds whole documents', () => {
  const whole: Column = { name: 'doc', pointer: '', key: false, schema: { type: 'object' } };
  const table = { ...users, columns: [...users.columns, whole] };

  async function documentsIn(database: TestDatabase): Promise<unknown[]> {
    return (await database.rows('SELECT doc::VARCHAR FROM t ORDER BY id')).flat();
  }

  test('keeps them to the letter, and gives them back', async () => {
    await using database = await testDatabase();
    const line = '{"id":1, "x":1.10000000000000000000000001,"x y":{"😀":[1e400]}}';
    await database.write([table], async (writer) => {
      await writer.store(0, documentsOf([line]));
      await writer.commit('{}');
      const found: string[] = [];
      for await (const batch of writer.load?.(0, documentsOf(['[1]', '[2]'])) ?? []) {
        found.push(...linesOf(batch));
      }
      expect(found).toEqual([line]);
    });
    expect(await documentsIn(database)).toEqual([line]);
  });

  test('has what patches make of them', async () => {
    await using database = await testDatabase();
    await database.write([table], async (writer) => {
      await writer.store(0, documentsOf(['{"id":1,"a":1.50,"b":2}', '{"id":2,"a":1}', '{"id":5}']));
      await writer.commit('{}');
      await store(
        writer,
        ['patch', { id: 1, b: { c: 3 } }],
        ['patch', { id: 1, d: null }],
        ['patch', { id: 2, a: 2 }],
        ['upsert', { id: 2, z: 1 }],
        ['patch', { id: 2, y: 2 }],
        ['patch', { id: 3, a: 1 }],
        ['upsert', { id: 4, a: 1 }],
        ['delete', { id: 5 }],
        ['patch', { id: 5, a: 1 }],
      );
      await writer.commit('{}');
    });
    expect(await documentsIn(database)).toEqual([
      '{"id":1,"a":1.50,"b":{"c":3},"d":null}',
      '{"id":2,"z":1,"y":2}',
      '{"id":3,"a":1}',
      '{"id":4,"a":1}',
      '{"id":5,"a":1}',
    ]);
  });
});

test('a patch that has a member replaces all columns that are within it', async () => {
  await using database = await testDatabase();
  const nested = (name: string, pointer: string): Column => ({
    name,
    pointer,
    key: false,
    schema: text,
  });
  const table = {
    ...users,
    columns: [
      ...users.columns,
      nested('a_b', '/a/b'),
      nested('a_c', '/a/c'),
      nested('d_e', '/d/e'),
    ],
  };
  await database.write([table], async (writer) => {
    await store(writer, ['insert', { id: 1, name: 'n', a: { b: 'b', c: 'c' }, d: { e: 'e' } }]);
    await store(writer, ['patch', { id: 1, a: { c: 'C' } }]);
    await writer.commit('{}');
  });
  expect(await database.rows('SELECT name, a_b, a_c, d_e FROM t')).toEqual([['n', null, 'C', 'e']]);
});

describe('soft deletes', () => {
  test('mark rows with a time, and a later document takes the mark away', async () => {
    await using database = await testDatabase();
    const table = tableOf({ 'id!': id, name: text }, { deletes: 'soft' });
    await database.write([table], async (writer) => {
      await store(writer, ['upsert', { id: 1, name: 'a' }], ['upsert', { id: 2, name: 'b' }]);
      await writer.commit('{}');
      await store(writer, ['delete', { id: 1 }], ['delete', { id: 2 }], ['delete', { id: 3 }]);
      await writer.commit('{}');
      await store(writer, ['upsert', { id: 2, name: 'c' }]);
      await writer.commit('{}');
    });
    expect(
      await database.rows(
        `SELECT id, name, _deleted_at BETWEEN now() - INTERVAL 1 HOUR AND now() FROM t ORDER BY id`,
      ),
    ).toEqual([
      ['1', 'a', true],
      ['2', 'c', null],
    ]);
  });

  test('append a marked row where all documents are appended', async () => {
    await using database = await testDatabase();
    const table = tableOf({ id, name: text }, { deletes: 'soft' });
    await database.write([table], async (writer) => {
      await store(writer, ['insert', { id: 1, name: 'a' }], ['delete', { id: 1 }]);
      await writer.commit('{}');
    });
    expect(await database.rows('SELECT id, name, _deleted_at IS NOT NULL FROM t')).toEqual([
      ['1', 'a', false],
      ['1', null, true],
    ]);
  });

  test('are not taken for those of a field with the name of the mark', async () => {
    await using database = await testDatabase();
    const table = tableOf({ 'id!': id, _deleted_at: text }, { deletes: 'soft' });
    await database.write([table], async (writer) => {
      await store(writer, ['upsert', { id: 1, _deleted_at: 'never' }]);
      await writer.commit('{}');
    });
    expect(await database.rows('SELECT _deleted_at, _deleted_at_2 FROM t')).toEqual([
      [null, 'never'],
    ]);
  });
});

describe('many small segments', () => {
  test('have every row of every table, and leave no file', async () => {
    await using database = await testDatabase({ advanced: { segmentBytes: '4KiB' } });
    const events = tableOf({ id, name: text }, { resource: { table: 'events' } });
    await database.write([users, events], async (writer) => {
      for (let batch = 0; batch < 40; batch++) {
        const rows = Array.from({ length: 50 }, (_, i) => ({ id: batch * 50 + i, name: `n${i}` }));
        await writer.store(0, encodeDocuments(rows, batch % 2 === 0 ? Op.insert : Op.upsert));
        await writer.store(1, encodeDocuments(rows));
        await writer.store(0, encodeDocuments(rows.slice(0, 10), Op.delete));
      }
      await writer.commit('{}');
    });
    const count = 'SELECT count(*), count(DISTINCT id) FROM';
    expect(await database.rows(`${count} t`)).toEqual([['1600', '1600']]);
    expect(await database.rows(`${count} events`)).toEqual([['2000', '2000']]);
    expect(await readdir(database.folder.path)).toEqual(['test.duckdb']);
  });
});

describe('changes of tables', () => {
  test('in the middle of a transaction keep what is staged', async () => {
    await using database = await testDatabase();
    await database.write([users], async (writer) => {
      await store(writer, ['insert', { id: 1, name: 'a' }], ['upsert', { id: 2, name: 'b' }]);
      await store(writer, ['patch', { id: 1, name: 'c' }], ['delete', { id: 2 }]);
      await writer.alter([
        tableOf({ 'id!': { type: 'integer', 'x-digits': 38 }, name: {}, more: id }),
      ]);
      await store(writer, ['patch', { id: 1, more: 5 }], ['upsert', { id: 3, name: [1] }]);
      await writer.commit('{}');
    });
    expect(await database.rows('SELECT id, name::VARCHAR, more FROM t ORDER BY id')).toEqual([
      ['1', '"c"', '5'],
      ['3', '[1]', null],
    ]);
  });

  test('are undone with the transaction that they are part of', async () => {
    await using database = await testDatabase();
    await database.write([users], async (writer) => {
      await store(writer, ['upsert', { id: 1, name: 'a' }]);
      await writer.commit('{}');
      await store(writer, ['upsert', { id: 2 }]);
      await writer.alter([tableOf({ 'id!': { type: 'string' }, name: {}, more: id })]);
    });
    expect(await database.rows('SELECT * FROM t')).toEqual([['1', 'a']]);
  });

  test('of nothing are none', async () => {
    await using database = await testDatabase();
    await database.write([users], async (writer) => {
      expect(await writer.alter([users])).toEqual({ changes: [] });
      await store(writer, ['upsert', { id: 2 }]);
      expect(await writer.alter([users])).toEqual({ changes: [] });
    });
  });

  test('are asked for before documents come', async () => {
    await using database = await testDatabase();
    await using destination = await database.connect();
    const range = { begin: 0, end: 9 };
    await using writer = await destination.open({ task: 'test', range, tables: [users] });
    await expect(store(writer, ['upsert', { id: 1 }])).rejects.toThrow('was not altered');
  });
});

describe('wide tables', () => {
  test('of 35 columns of all types are merged', async () => {
    await using database = await testDatabase();
    const schemas = [id, { type: 'number' }, text, { type: 'boolean' }, {}];
    const names = Array.from({ length: 35 }, (_, i) => `c${i}`);
    const values = [7, 0.5, 'x', true, { a: 1 }];
    const table = tableOf(
      Object.fromEntries([['id!', id], ...names.map((name, i) => [name, schemas[i % 5] ?? id])]),
    );
    const row = Object.fromEntries(names.map((name, i) => [name, values[i % 5]]));
    await database.write([table], async (writer) => {
      await store(writer, ['insert', { id: 1, ...row }], ['insert', { id: 2, ...row }]);
      await store(writer, ['patch', { id: 1, c34: null }], ['upsert', { id: 2, c0: 8 }]);
      await writer.commit('{}');
    });
    expect(await database.rows('SELECT id, c0, c1, c33, c34::VARCHAR FROM t ORDER BY id')).toEqual([
      ['1', '7', 0.5, true, null],
      ['2', '8', null, null, null],
    ]);
  });

  test('of 1,000 columns fit into memory', async () => {
    await using database = await testDatabase();
    const names = Array.from({ length: 1000 }, (_, i) => `c${i}`);
    const table = tableOf(
      Object.fromEntries([['id!', id], ...names.map((name, i) => [name, i % 2 === 0 ? id : text])]),
    );
    const row = Object.fromEntries(names.map((name, i) => [name, i % 2 === 0 ? i : `text ${i}`]));
    await database.write([table], async (writer) => {
      for (const op of [Op.insert, Op.upsert, Op.patch]) {
        for (let batch = 0; batch < 3; batch++) {
          const rows = Array.from({ length: 500 }, (_, i) => ({ id: batch * 500 + i, ...row }));
          await writer.store(0, encodeDocuments(rows, op));
        }
      }
      await writer.commit('{}');
    });
    expect(await database.rows('SELECT count(*), sum(c998), max(c999) FROM t')).toEqual([
      ['1500', String(998 * 1500), 'text 999'],
    ]);
  }, 120_000);
});

test('many tables in one transaction fit into memory', async () => {
  await using database = await testDatabase();
  const names = Array.from({ length: 40 }, (_, i) => `c${i}`);
  const schemas = Object.fromEntries([['id!', id], ...names.map((name) => [name, text])]);
  const tables = Array.from({ length: 60 }, (_, i) =>
    tableOf(schemas, { resource: { table: `t${i}` } }),
  );
  const row = Object.fromEntries(names.map((name) => [name, `value of ${name}`]));
  await database.write(tables, async (writer) => {
    for (const [i] of tables.entries()) {
      await writer.store(i, encodeDocuments([{ id: 1, ...row }], Op.insert));
      await writer.store(i, encodeDocuments([{ id: 1, c7: `patch ${i}` }], Op.patch));
    }
    await writer.commit('{}');
  });
  expect(await database.rows('SELECT c6, c7 FROM t59')).toEqual([['value of c6', 'patch 59']]);
}, 120_000);

describe('names', () => {
  const names = [
    'plain',
    'two words',
    'quo"te',
    "it's",
    'a.b',
    '%s',
    '$1',
    '0',
    'select',
    'Case',
    'CASE',
    'case',
    '😀',
    'ß',
    'SS',
    'é',
    'e\u0301',
    'x'.repeat(300),
    '\u0000',
    '-- comment',
    '\\',
    'a\nb',
  ];

  test('of any kind are those of columns and tables', async () => {
    await using database = await testDatabase({ schema: 'ra"w' });
    const tables = names
      .filter((name) => !['CASE', 'case', '\u0000'].includes(name))
      .map((table) => {
        const columns = names.map((name): Column => ({
          name,
          pointer: `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`,
          key: name === 'quo"te' || name === '0',
          schema: text,
        }));
        return { ...users, resource: { table }, columns };
      });
    const row = Object.fromEntries(names.map((name, i) => [name, `v${i}`]));
    await database.write(tables, async (writer) => {
      for (const table of tables.keys()) {
        await writer.store(table, encodeDocuments([row], Op.insert));
        await writer.store(table, encodeDocuments([{ ...row, plain: 'new' }], Op.patch));
      }
      await writer.commit('{}');
    });
    const values = names.map((_, i) => (i === 0 ? 'new' : `v${i}`)).toSorted();
    for (const { resource } of tables) {
      const quoted = `"ra""w"."${resource.table.replaceAll('"', '""')}"`;
      const [found = []] = await database.rows(`SELECT * FROM ${quoted}`);
      expect(found.map(String).toSorted()).toEqual(values);
    }
  });
});

test('the checkpoint table can be read by people', async () => {
  await using database = await testDatabase();
  await database.write([users], async (writer) => {
    await store(writer, ['upsert', { id: 1 }], ['upsert', { id: 2 }]);
    await writer.commit('{"a":1}');
    await store(writer, ['upsert', { id: 3 }]);
    await writer.commit('{"a":2}');
  });
  expect(
    await database.rows(
      'SELECT task, fence, checkpoint, commits, last_rows, updated_at <= now() FROM fairlead_checkpoints',
    ),
  ).toEqual([['test', '1', '{"a":2}', '2', '1', true]]);
});

test('an empty table is one that can be read', async () => {
  await using database = await testDatabase();
  await database.write([users], async (writer) => {
    await writer.commit('{}');
  });
  expect(await database.rows('SELECT * FROM t')).toEqual([]);
});
