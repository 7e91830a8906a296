import {
  ListCollectionIdsRequestSchema,
  ListCollectionIdsResponseSchema,
  ListDocumentsRequestSchema,
  ListDocumentsResponseSchema,
  PartitionQueryRequestSchema,
  PartitionQueryResponseSchema,
} from './protocol/reads.gen.ts';
import { describe, expect, test } from 'vitest';
import { group, served } from './testing/served.ts';

describe('pages', () => {
  test('of partitions hold all points between them', async () => {
    await using server = await served({ settings: { partitionDocuments: 1 } });
    const { store, client } = server;
    for (let n = 0; n < 9; n++) store.set(`c/${n}`, {});
    const points: string[][] = [];
    let pageToken = '';
    do {
      const page = await client.unary(
        'PartitionQuery',
        PartitionQueryRequestSchema,
        {
          parent: client.parent,
          structuredQuery: group('c'),
          partitionCount: 5n,
          pageSize: 2,
          pageToken,
        },
        PartitionQueryResponseSchema,
      );
      points.push(page.partitions.map(({ values }) => String(values[0]?.type.value).at(-1)!));
      pageToken = page.nextPageToken;
    } while (pageToken !== '');
    expect(points).toEqual([['1', '6'], ['3', '7'], ['4']]);
  });

  test('of collections and documents follow each other', async () => {
    await using server = await served();
    const { store, client } = server;
    for (let n = 0; n < 5; n++)
      store.commit({ set: `c${n}/x/y/z`, fields: {} }, { set: `c0/${n}`, fields: {} });
    const seen: string[] = [];
    let pageToken = '';
    do {
      const page = await client.unary(
        'ListCollectionIds',
        ListCollectionIdsRequestSchema,
        { parent: client.parent, pageSize: 2, pageToken },
        ListCollectionIdsResponseSchema,
      );
      seen.push(page.collectionIds.join(' '));
      pageToken = page.nextPageToken;
    } while (pageToken !== '');
    expect(seen).toEqual(['c0 c1', 'c2 c3', 'c4']);

    for (const showMissing of [false, true]) {
      const names: string[] = [];
      do {
        const page = await client.unary(
          'ListDocuments',
          ListDocumentsRequestSchema,
          { parent: client.parent, pageSize: 2, pageToken, showMissing },
          ListDocumentsResponseSchema,
        );
        names.push(...page.documents.map(({ name }) => name.split('/documents/')[1]!));
        pageToken = page.nextPageToken;
      } while (pageToken !== '');
      const existing = ['c0/0', 'c0/1', 'c0/2', 'c0/3', 'c0/4'];
      const missing = ['c0/x', 'c1/x', 'c2/x', 'c3/x', 'c4/x'];
      expect(names).toEqual(showMissing ? [...existing, ...missing] : existing);
    }
    expect(server.reads('ListCollectionIds')).toBe(3);
  });
});
