import { fromBinary } from '@bufbuild/protobuf';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { startFakeFirestore } from './fake-firestore.ts';
import { nameKey } from './names/name-key.ts';
import { ListenResponseSchema } from './protocol/listen.gen.ts';
import { RunQueryResponseSchema } from './protocol/reads.gen.ts';
import { toMessage } from './store/stored-document.ts';
import { changeEnvelope, queryEnvelope } from './synthetic/envelopes.ts';
import { frameRun } from './synthetic/frames.ts';
import { createShape, type ShapeOptions } from './synthetic/shape.ts';
import { officialClient } from './testing/official-client.ts';
import { wireClient } from './testing/wire-client.ts';

const database = 'projects/demo/databases/(default)';
const createdAt = 1_767_225_600_123_456;

function shapeOf(options: Partial<ShapeOptions>) {
  return createShape(database, { collection: 'users', count: 1000, ...options }, createdAt);
}

const shapes = fc
  .record({
    count: fc.oneof(
      fc.integer({ min: 1, max: 500 }),
      fc.constantFrom(1_000_000, 50_000_000, 2 ** 31 - 1),
    ),
    ids: fc.constantFrom('auto-id' as const, 'number' as const),
    bytes: fc.integer({ min: 0, max: 5000 }),
    seed: fc.nat(),
  })
  .map(shapeOf);

describe('a synthetic collection', () => {
  test('has names in the order of its indexes, and finds them again', () => {
    fc.assert(
      fc.property(shapes, fc.nat(), (shape, number) => {
        const index = number % shape.count;
        const key = shape.key(index);
        expect(shape.lowerBound(key)).toBe(index);
        expect(shape.lowerBound(key, Math.floor(index / 2))).toBe(index);
        expect(shape.lowerBound(key, index)).toBe(index);
        expect(key).toBe(nameKey(shape.path(index)));
        expect(shape.lowerBound(`${key}\0`)).toBe(index + 1);
        expect(shape.indexOf(shape.path(index))).toBe(index);
        if (index > 0) expect(shape.key(index - 1) < key).toBe(true);
        expect(shape.indexOf(`${shape.path(index)}x`)).toBeUndefined();
      }),
    );
  });

  test('writes the same documents that it decodes', () => {
    fc.assert(
      fc.property(shapes, fc.nat(), fc.integer({ min: 1, max: 300 }), (shape, number, length) => {
        const from = number % shape.count;
        const to = Math.min(shape.count, from + length);
        let index = from;
        for (const { bytes, count } of frameRun(shape, from, to, queryEnvelope(createdAt), 4000)) {
          for (let at = 0, message = 0; message < count; message++, index++) {
            const end = at + 5 + bytes.readUInt32BE(at + 1);
            const { document } = fromBinary(RunQueryResponseSchema, bytes.subarray(at + 5, end));
            expect(document).toEqual(toMessage(database, shape.document(index)));
            at = end;
          }
        }
        expect(index).toBe(to);
      }),
      { numRuns: 50 },
    );
  });

  test('writes changes for a target', () => {
    const [block] = [...frameRun(shapeOf({}), 998, 1000, changeEnvelope(4711))];
    const end = 5 + block!.bytes.readUInt32BE(1);
    const { response } = fromBinary(ListenResponseSchema, block!.bytes.subarray(5, end));
    expect(response).toMatchObject({ case: 'documentChange', value: { targetIds: [4711] } });
  });

  test.each([300, 2048, 1_000_000])('has documents of about %i bytes', (bytes) => {
    const { length } = shapeOf({ bytes }).template(500).bytes;
    expect(Math.abs(length - bytes)).toBeLessThan(8);
  });

  test('is another one with another seed, and the same with the same', () => {
    const text = (seed: number) =>
      JSON.stringify(shapeOf({ seed }).document(7), (_, v: unknown) =>
        typeof v === 'bigint' ? String(v) : v,
      );
    expect(text(1)).toBe(text(1));
    expect(text(1)).not.toBe(text(2));
  });

  test.each([
    { options: { collection: 'a/b' }, says: 'not the path of a collection' },
    { options: { collection: 'a\0' }, says: 'not the path of a collection' },
    { options: { collection: '' }, says: 'not the path of a collection' },
    { options: { count: -1 }, says: '0 to 2,147,483,647 documents' },
    { options: { count: 2 ** 31 }, says: '0 to 2,147,483,647 documents' },
  ])('is refused as $options', ({ options, says }) => {
    expect(() => shapeOf(options)).toThrow(says);
  });
});

test('what is stored lies over what is synthetic, in queries, counts, partitions and listens', async () => {
  await using fake = await startFakeFirestore();
  await using client = wireClient(fake);
  const { store } = fake;
  const shape = store.synthesise({ collection: 'users', count: 5000, ids: 'number' });
  const other = store.synthesise({ collection: `${shape.path(5)}/users`, count: 3 });
  const before = store.now();
  store.mutate(shape, [0, 7, 4999], { score: -1 });
  store.delete(shape.path(8));
  store.set('users/00000009x', {});
  const expected = [...store.model().keys()];
  expect(expected).toHaveLength(5003);

  const structuredQuery = { from: [{ collectionId: 'users', allDescendants: true }] };
  const names = (await client.query({ structuredQuery })).map(({ document }) => document!.name);
  expect(names).toEqual(expected.map((path) => `${client.parent}/${path}`));
  const only = { from: [{ collectionId: 'users' }], offset: 6, limit: 4 };
  const window = (await client.query({ structuredQuery: only })).filter(({ document }) => document);
  expect(window.map(({ document }) => document!.name.slice(-9))).toEqual([
    '/00000006',
    '/00000007',
    '/00000009',
    '00000009x',
  ]);
  const backwards = {
    from: [{ collectionId: 'users' }],
    orderBy: [{ field: { fieldPath: '__name__' }, direction: 2 }],
    limit: 2,
  };
  const last = await client.query({ structuredQuery: backwards });
  expect(last.map(({ document }) => document!.name.slice(-5))).toEqual(['04999', '04998']);
  expect([...store.model(before).keys()]).toHaveLength(5003);
  expect(store.model(before).get(shape.path(7))?.updatedAt).toBe(shape.createdAt);

  using listening = client.listen();
  listening.add({
    targetId: 1,
    what: { case: 'query', value: { parent: client.parent, structuredQuery } },
  });
  const told = await listening.untilPoint();
  expect(told.filter((text) => text.startsWith('change'))).toEqual(
    expected.map((path) => `change ${path} 1`),
  );
  store.update(other.path(1), { score: 5 });
  store.delete(shape.path(100));
  expect(await listening.untilPoint()).toContain(`change ${other.path(1)} 1`);
});

test('collections below synthetic documents are in queries, partitions and lists like all others', async () => {
  await using fake = await startFakeFirestore();
  await using client = wireClient(fake);
  const { store } = fake;
  const users = store.synthesise({ collection: 'users', count: 300 });
  const messages = store.synthesise({ collection: 'users/*/messages', count: 4, ids: 'number' });
  const odd = store.synthesise({ collection: 'users/*/é', count: 1 });
  expect(odd.key(3)).toBe(nameKey(odd.path(3)));
  for (let index = 0; index < odd.count; index++) store.delete(odd.path(index));
  store.synthesise({ collection: 'users/*/messages/*/marks', count: 1 });
  store.delete(users.path(1));
  expect(store.model().size).toBe(299 + 1200 + 1200);
  const paths = [...store.model().keys()];
  expect(paths.slice(0, 3)).toEqual([
    users.path(0),
    `${users.path(0)}/messages/00000000`,
    expect.stringMatching(`^${users.path(0)}/messages/00000000/marks/.{20}$`),
  ]);

  const found = async (parent: string, from: { collectionId: string; allDescendants?: boolean }) =>
    (await client.query({ parent: client.parent + parent, structuredQuery: { from: [from] } }))
      .length;
  expect(await found('', { collectionId: 'messages', allDescendants: true })).toBe(1200);
  expect(await found(`/${users.path(7)}`, { collectionId: 'messages' })).toBe(4);
  expect(await found('', { collectionId: 'users' })).toBe(299);
  expect(await found(`/${messages.path(9)}`, { collectionId: '', allDescendants: true })).toBe(1);

  await using official = officialClient(fake);
  const document = official.doc(users.path(1));
  expect((await document.listCollections()).map(({ id }) => id)).toEqual(['messages']);
  expect(await official.collection('users').listDocuments()).toHaveLength(300);
  const partitions: unknown[] = [];
  for await (const part of official.collectionGroup('messages').getPartitions(5))
    partitions.push(part);
  expect(partitions).toHaveLength(5);
  expect(() => store.synthesise({ collection: 'nobody/*/x', count: 1 })).toThrow(
    'no synthetic collection yet',
  );
});
