import { changes, checkpoint, documents, memorySource } from '@fairlead/testkit';
import { describe, expect, test } from 'vitest';
import { call } from './testing/sync.ts';

describe('tables', () => {
  test('without a key only grow', async () => {
    const source = memorySource({
      streams: [{ name: 'a', key: [], script: [documents([{ n: 1 }, { n: 1 }]), checkpoint] }],
    });
    const { content } = await call(source, {});
    expect(content).toMatchObject({ schema: { a: {} }, insert: { a: [{ n: 1 }, { n: 1 }] } });
  });

  test('without a key cannot lose a row', async () => {
    const source = memorySource({
      streams: [{ name: 'a', key: [], script: [changes(['delete', { n: 1 }]), checkpoint] }],
    });
    const { status, content } = await call(source, {});
    expect(status).toBe(500);
    expect(content.errorMessage).toMatch(/^stream a: a row was deleted, and the stream has no key/);
  });

  test('get a column for a part of the key that is inside of a member', async () => {
    const source = memorySource({
      streams: [
        {
          name: 'a',
          key: ['/_meta/file', '/id'],
          script: [
            changes(
              ['upsert', { _meta: { file: 'f' }, id: 1 }],
              ['delete', { _meta: { file: 'g' }, id: 2 }],
            ),
            checkpoint,
          ],
        },
      ],
    });
    const { content } = await call(source, {});
    expect(content.schema.a.primary_key).toEqual(['_meta_file', 'id']);
    expect(content.insert.a).toEqual([{ _meta_file: 'f', _meta: { file: 'f' }, id: 1 }]);
    expect(content.delete.a).toEqual([{ _meta_file: 'g', id: 2 }]);
  });

  test('have no members that are columns of Fivetran', async () => {
    const row = {
      _fivetran_id: 'k',
      note: '"_fivetran_x"',
      in: { _fivetran_y: 1 },
      _fivetran_z: 2,
    };
    const source = memorySource({
      streams: [
        {
          name: 'a',
          key: ['/_fivetran_id'],
          script: [documents([row, { _fivetran_id: 'l' }]), checkpoint],
        },
      ],
    });
    const { content } = await call(source, {});
    expect(content.schema.a.primary_key).toEqual(['source_fivetran_id']);
    expect(content.insert.a).toEqual([
      { source_fivetran_id: 'k', note: row.note, in: row.in, source_fivetran_z: 2 },
      { source_fivetran_id: 'l' },
    ]);
  });

  test.each([
    { key: ['/id'], row: { id: 1, _fivetran_a: 1, source_fivetran_a: 2 } },
    { key: ['/in/id'], row: { in: { id: 1 }, in_id: 2 } },
  ])('have room for the names that are added ($key)', async ({ key, row }) => {
    const source = memorySource({
      streams: [{ name: 'a', key, script: [documents([row]), checkpoint] }],
    });
    const { content } = await call(source, {});
    expect(content.errorMessage).toMatch(/^stream a: a document has no room for the column/);
  });

  test('have plain names', async () => {
    const source = memorySource({
      streams: [
        { name: 'public.orders' },
        { name: 'users/*/posts' },
        { name: '__' },
        { name: 'É1' },
      ],
    });
    const { content } = await call(source, {});
    expect(Object.keys(content.schema)).toEqual(['public_orders', 'users_posts', '_', 'É1']);
  });

  test('are of one stream each', async () => {
    const source = memorySource({ streams: [{ name: 'a.b' }, { name: 'A_B' }] });
    const { status, content } = await call(source, {});
    expect(status).toBe(400);
    expect(content.errorMessage).toMatch(/the streams a\.b and A_B go into one table, A_B/);
  });

  test.each([
    { streams: ['a*'], found: ['a1', 'a2'] },
    { streams: ['b', 'a2'], found: ['a2', 'b'] },
  ])('are those that $streams chooses', async ({ streams, found }) => {
    const source = memorySource({ streams: [{ name: 'a1' }, { name: 'a2' }, { name: 'b' }] });
    const byOption = await call(source, {}, { streams });
    expect(Object.keys(byOption.content.schema)).toEqual(found);
    const customPayload = { 'fairlead.streams': streams.join(', ') };
    const byPayload = await call(source, { customPayload }, { streams: ['nothing'] });
    expect(Object.keys(byPayload.content.schema)).toEqual(found);
  });

  test('are missed by a pattern that matches nothing', async () => {
    const source = memorySource({ streams: [{ name: 'orders' }] });
    const { status, content } = await call(source, {}, { streams: ['order'] });
    expect(status).toBe(400);
    expect(content.errorMessage).toBe('streams: no stream matches "order". Did you mean "orders"?');
  });

  test('need not be there', async () => {
    const { content } = await call(memorySource({ streams: [] }), {});
    expect(content).toMatchObject({ insert: {}, schema: {}, hasMore: false });
  });
});
