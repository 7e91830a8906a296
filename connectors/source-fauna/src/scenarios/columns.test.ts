import type { Plain } from '@fairlead/fake-fauna';
import { describe, expect, test } from 'vitest';
import { Task } from '../testing/task.ts';
import { databaseOfFoo, deletions, expectSame } from './testing/database.ts';
import { readOnce, type Members } from './testing/reading.ts';

/** A column, of any type: reading does not look at it. */
function column(name: string, path: readonly string[], required = false): Members {
  return { name, path, required, type: 'string' };
}

const ways = [
  ['as a whole', '4', { collection: 'foo' }],
  ['by an index', '4', { collection: 'foo', index: 'foo_ts' }],
  ['in FQL v10', '10', { collection: 'foo' }],
] as const;

describe.each(ways)('%s', (_, apiVersion, resource) => {
  async function read(fake: { readonly port: number }, more: Members, state: Members = {}) {
    const { data_column = true, ...own } = more;
    return await readOnce({
      port: fake.port,
      apiVersion,
      collection: { deletions, data_column },
      bindings: [{ ...resource, ...own }],
      state,
    });
  }

  test.each<[string, Members, Members]>([
    ['all of data', {}, { data: true, ttl: null }],
    ['no data', { data_column: false }, { ttl: null }],
    [
      'columns beside data',
      { additional_columns: [column('x', ['data', 'a', 'b'], true)] },
      { data: true, ttl: null, x: [10, 'c'] },
    ],
    [
      'columns alone, in their order',
      {
        data_column: false,
        additional_columns: [
          column('z', ['data', 'a', 'b', '[1]'], true),
          column('a', ['data', 'a', 'b', '[0]']),
          column('when', ['ts'], true),
        ],
      },
      { ttl: null, z: 'c', a: 10, when: expect.any(Number) },
    ],
    [
      'null where there is no value',
      {
        data_column: false,
        additional_columns: [
          column('none', ['data', 'x']),
          column('past', ['data', 'a', 'b', '[2]']),
          column('scalar', ['data', 'a', 'b', '[1]', 'deep']),
          column('missing', ['nothing', 'at', 'all']),
        ],
      },
      { ttl: null, none: null, past: null, scalar: null, missing: null },
    ],
    [
      'a column in place of ttl',
      { data_column: false, additional_columns: [column('ttl', ['data', 'a', 'b', '[1]'])] },
      { ttl: 'c' },
    ],
    [
      'the id out of the reference',
      { data_column: false, additional_columns: [column('id', ['ref', 'id'], true)] },
      { ttl: null, id: '101' },
    ],
    [
      'the reference',
      { data_column: false, additional_columns: [column('self', ['ref'], true)] },
      { ttl: null, self: { id: '101', collection: 'foo', type: 'document' } },
    ],
    [
      'a name that has to be escaped',
      { data_column: false, additional_columns: [column('a"b\\é', ['data', 'a', 'b', '[0]'])] },
      { ttl: null, 'a"b\\é': 10 },
    ],
  ])('a row has %s', async (__, more, expected) => {
    await using fake = await databaseOfFoo();
    const ts = fake.store.set('foo', 101, { a: { b: [10, 'c'] } });
    const { rows, failure } = await read(fake, more);
    expect(failure).toBeUndefined();
    const { data, ...others } = expected;
    const members = data === undefined ? {} : { data: { a: { b: [10, 'c'] } } };
    expect(rows).toEqual([{ ref: '101', ts, ...members, ...others }]);
    expect(Object.keys(rows[0] as object)).toEqual([
      'ref',
      'ts',
      ...Object.keys(members),
      ...Object.keys(others),
    ]);
  });

  test('a required column that a document lacks ends it, and says which (defect 26)', async () => {
    await using fake = await databaseOfFoo();
    fake.store.set('foo', 101, { name: 'Ada' });
    fake.store.set('foo', 102, { age: 36 });
    const additional_columns = [column('name', ['data', 'name'], true)];
    const { failure, rows } = await read(fake, { additional_columns });
    expect(rows).toEqual([]);
    expect(failure).toMatchObject({
      kind: 'config',
      where: expect.stringMatching(/^collection foo(?!.*collection foo)/),
    });
    expect(failure?.message).toMatch(
      /^Column name: the path data\.name does not exist in document .*102/,
    );
    expect(failure?.hint).toContain('required');
  });

  test('a required column may be missing again when it need not be there', async () => {
    await using fake = await databaseOfFoo();
    fake.store.set('foo', 101, { name: 'Ada' });
    const required = { additional_columns: [column('name', ['data', 'name'], true)] };
    const first = await read(fake, required);
    fake.store.set('foo', 102, { age: 36 });
    const second = await read(fake, required, first.state);
    expect(second.failure).toBeDefined();
    const optional = { additional_columns: [column('name', ['data', 'name'])] };
    const third = await read(fake, optional, second.state);
    expect(third.rows.at(-1)).toMatchObject({ ref: '102', name: null });
  });
});

test.each(['4', '10'] as const)(
  'a deletion has the key, its times and nothing else, in FQL v%s',
  async (apiVersion) => {
    await using fake = await databaseOfFoo();
    fake.store.set('foo', 101, { name: 'Ada' });
    const setup = {
      port: fake.port,
      apiVersion,
      collection: { deletions: { ...deletions, column: 'gone' } },
      bindings: [
        {
          collection: 'foo',
          index: 'foo_ts',
          additional_columns: [column('name', ['data', 'name'], true)],
        },
      ],
    };
    const first = await readOnce(setup);
    fake.clock.advance(1_000_001);
    const ts = fake.store.delete('foo', 101);
    const second = await readOnce({ ...setup, state: first.state });
    expect(second.story).toEqual([`delete foo 101@${ts}`]);
    expect(second.lines).toEqual([`{"ref":"101","ts":${ts},"gone":"2026-01-01T00:00:01.000001Z"}`]);
  },
);

test.each<[string, (id: number) => Plain]>([
  ['one more value', (id) => -id],
  // The index has the document once for each of them.
  ['values out of an array', (id) => [id, 'x']],
])(
  'an index that has %s beside ts and ref gives each document once (defect 6)',
  async (_, valueOf) => {
    await using fake = await databaseOfFoo();
    fake.store.createIndex('more', { source: 'foo', values: ['ts', 'ref', 'data.n', 'data.none'] });
    for (let id = 1; id <= 5; id++) fake.store.set('foo', id, { n: valueOf(id) });
    const task = new Task(fake, { collection: 'foo', index: 'more' }, { page_size: 3, deletions });
    let events = 0;
    await task.run((event) => event.is === 'documents' && ++events === 2);
    await task.run();
    await task.run();
    expectSame(task, fake);
    // Where it was killed between rows of one document, that comes again, and is not said to be new.
    expect([...new Set(task.story.map((line) => line.replace(/@.*/, '')))]).toEqual([
      'begins',
      ...[1, 2, 3, 4, 5].map((id) => `row ${id}`),
    ]);
  },
);
