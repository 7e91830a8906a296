import { describe, expect, test } from 'vitest';
import { denied, error, refTo, resource } from '../client/testing/scripted-server.ts';
import {
  bar,
  checked,
  foo,
  notThere,
  one,
  page,
  undefinedRef,
  type Table,
} from './testing/checked.ts';

describe('check of an index', () => {
  const good = {
    ref: refTo('foo_ts', 'indexes'),
    ts: 1,
    active: true,
    serialized: true,
    name: 'foo_ts',
    source: foo,
    values: [{ field: ['ts'] }, { field: ['ref'] }],
    partitions: 8,
  };
  const definition = (changes: object): Table[number] => [
    { get: { index: 'foo_ts' } },
    resource({ ...good, ...changes }),
  ];
  const firstOfIndex = { paginate: { match: { index: 'foo_ts' }, terms: [] }, size: 1 };
  const entry: Table[number] = [firstOfIndex, page([1, refTo('1', 'foo')])];
  const check = (...table: Table) =>
    checked([...one, ...table], { collection: { name: 'foo', index: 'foo_ts' } });

  // C4, and what else makes no difference.
  test.each<[string, object]>([
    ['as it should be', {}],
    ['with more values', { values: [...good.values, { field: ['data', 'a'] }] }],
    ['with fields that are texts', { values: [{ field: 'ts' }, { field: 'ref' }] }],
    [
      'with what is usual written out',
      { values: [{ field: ['ts'], reverse: false }, { field: ['ref'] }] },
    ],
    ['with no terms written out', { terms: [] }],
    ['with a list of one source', { source: [foo] }],
    ['with a source in an object', { source: { collection: foo, fields: {} } }],
    ['that does not say whether it is active', { active: undefined }],
  ])('passes for one %s', async (_what, changes) => {
    const { failure, asked } = await check(definition(changes), entry);
    expect(failure).toBeUndefined();
    expect(asked).toEqual([
      ...one.map(([query]) => query),
      { get: { index: 'foo_ts' } },
      firstOfIndex,
    ]);
  });

  test.each<[string, Table, object]>([
    [
      'missing',
      [[{ get: { index: 'foo_ts' } }, undefinedRef('index', 'foo_ts')]],
      {
        kind: 'config',
        message: "Index 'foo_ts' does not exist",
        where: 'collection foo',
        hint: expect.stringMatching(/^Check collection\.index.*CreateIndex\(/) as string,
      },
    ],
    [
      'gone',
      [[{ get: { index: 'foo_ts' } }, notThere]],
      { kind: 'config', message: "Index 'foo_ts' does not exist" },
    ],
    [
      'of another collection',
      [definition({ source: bar })],
      {
        kind: 'config',
        message: "Index 'foo_ts' should have source 'foo', but it has source 'bar'",
      },
    ],
    [
      'of several collections',
      [definition({ source: [foo, bar] })],
      {
        kind: 'config',
        message: "Index 'foo_ts' should have source 'foo', but it has source 'foo', 'bar'",
      },
    ],
    [
      'of all collections',
      [definition({ source: '_' })],
      { kind: 'config', message: "Index 'foo_ts' should have source 'foo', but it has source '_'" },
    ],
    [
      'without values',
      [definition({ values: undefined })],
      {
        kind: 'config',
        message: 'Index should have values [{field: ts}, {field: ref}], but it has values []',
      },
    ],
    [
      'with values in the wrong order',
      [definition({ values: good.values.toReversed() })],
      {
        message:
          'Index should have values [{field: ts}, {field: ref}], but it has values [{field: ref}, {field: ts}]',
      },
    ],
    [
      'with one value',
      [definition({ values: { field: 'ts' } })],
      {
        message:
          'Index should have values [{field: ts}, {field: ref}], but it has values [{field: ts}]',
      },
    ],
    [
      'that descends',
      [definition({ values: [{ field: ['ts'], reverse: true }, { field: ['ref'] }] })],
      {
        message:
          'Index should have values [{field: ts}, {field: ref}], but it has values [{field: ts, reverse: true}, {field: ref}]',
      },
    ],
    [
      'of what is computed',
      [definition({ values: [{ binding: 'ts' }, { field: ['ref'] }] })],
      {
        message:
          'Index should have values [{field: ts}, {field: ref}], but it has values [{binding: ts}, {field: ref}]',
      },
    ],
    [
      'with terms',
      [definition({ terms: [{ field: ['data', 'a'] }] })],
      {
        kind: 'config',
        message: "Index 'foo_ts' should have no terms, but it has [{field: data.a}]",
      },
    ],
    [
      'that is not active',
      [definition({ active: false })],
      { kind: 'transient', message: "Index 'foo_ts' is not active yet" },
    ],
    [
      'that may not be seen',
      [[{ get: { index: 'foo_ts' } }, denied]],
      { kind: 'access', message: "No permissions to read index 'foo_ts'" },
    ],
    [
      'that may not be read',
      [definition({}), [firstOfIndex, denied]],
      {
        kind: 'access',
        message: "No permissions to read index 'foo_ts'",
        hint: 'Give the role of the key read on Indexes() and on the index foo_ts.',
      },
    ],
    [
      'that has become inactive',
      [
        definition({}),
        [firstOfIndex, error(404, 'instance not found', "Index 'foo_ts' is not active.")],
      ],
      { kind: 'transient', message: "Index 'foo_ts' is not active" },
    ],
  ])('fails for one %s', async (_what, table, expected) => {
    const { failure } = await check(...table);
    expect(failure).toMatchObject({ name: 'Failure', ...expected });
    expect(failure?.hint).toMatch(/\.$/);
  });
});
