import { expect, test } from 'vitest';
import { databaseOfFoo, deletions, fill } from './testing/database.ts';
import { readOnce } from './testing/reading.ts';

const ways = [
  [
    'of another collection',
    { source: 'bar', values: ['ts', 'ref'] },
    "Index 'odd' should have source 'foo', but it has source 'bar'",
  ],
  [
    'with other values',
    { source: 'foo', values: ['data.id'] },
    'Index should have values [{field: ts}, {field: ref}], but it has values [{field: data.id}]',
  ],
  [
    'with terms',
    { source: 'foo', terms: ['data.id'], values: ['ts', 'ref'] },
    "Index 'odd' should have no terms, but it has [{field: data.id}]",
  ],
] as const;

test.each(ways)('an index %s is not read', async (_, definition, message) => {
  await using fake = await databaseOfFoo();
  fake.store.createCollection('bar');
  fake.store.createIndex('odd', definition);
  fill(fake, 2);
  fake.store.set('bar', 7, { id: 7 });
  const bindings = [{ collection: 'foo', index: 'odd' }];
  const { story, failure } = await readOnce({
    port: fake.port,
    collection: { deletions },
    bindings,
  });
  expect(story).toEqual([]);
  expect(failure).toMatchObject({ kind: 'config', where: 'collection foo, index odd', message });
});

test('an index that the key may not look at is read as it is', async () => {
  const secrets = { reader: { read: ['foo'], indexes: ['foo_ts'] } };
  await using fake = await databaseOfFoo(30, { secrets });
  fill(fake, 2);
  const { rows, failure } = await readOnce({
    port: fake.port,
    secret: 'reader',
    collection: { deletions },
    bindings: [{ collection: 'foo', index: 'foo_ts' }],
  });
  expect(failure).toBeUndefined();
  expect(rows).toHaveLength(2);
});

test('an index that is gone is said to be', async () => {
  await using fake = await databaseOfFoo();
  fill(fake, 2);
  const { failure } = await readOnce({
    port: fake.port,
    collection: { deletions },
    bindings: [{ collection: 'foo', index: 'gone' }],
  });
  expect(failure).toMatchObject({ kind: 'config', where: 'collection foo' });
  expect(failure?.message).toContain("undefined index 'gone'");
});

test('a collection that is gone is said to be, and which one may be meant', async () => {
  await using fake = await databaseOfFoo();
  const { failure } = await readOnce({ port: fake.port, bindings: [{ collection: 'fooo' }] });
  expect(failure).toMatchObject({
    kind: 'config',
    message: "Collection 'fooo' does not exist",
    hint: expect.stringContaining("Did you mean 'foo'?"),
  });
});
