import { create, toBinary, type MessageInitShape } from '@bufbuild/protobuf';
import {
  BatchWriteRequestSchema,
  BatchWriteResponseSchema,
  CommitRequestSchema,
  CommitResponseSchema,
  CreateDocumentRequestSchema,
  DeleteDocumentRequestSchema,
  UpdateDocumentRequestSchema,
  WriteRequestSchema,
  WriteResponseSchema,
} from './protocol/writes.gen.ts';
import { DatabaseInfoSchema, GetDatabaseRequestSchema } from './protocol/admin.gen.ts';
import { DocumentSchema } from './protocol/document.gen.ts';
import { EmptySchema } from '@bufbuild/protobuf/wkt';
import { describe, expect, test } from 'vitest';
import { startFakeFirestore } from './fake-firestore.ts';
import { group, paths, served } from './testing/served.ts';
import { officialClient } from './testing/official-client.ts';
import { messagesOf, wireClient } from './testing/wire-client.ts';

describe('single writes', () => {
  test('create, update and delete a document', async () => {
    await using server = await served();
    const { store, client } = server;
    const fields = [
      { key: 'a', value: { type: { case: 'integerValue' as const, value: 1n } } },
      { key: 'b', value: { type: { case: 'integerValue' as const, value: 2n } } },
    ];
    const request = {
      parent: client.parent,
      collectionId: 'c',
      documentId: 'd',
      document: { fields },
    };
    const make = () =>
      client.unary('CreateDocument', CreateDocumentRequestSchema, request, DocumentSchema);
    const { name } = await make();
    expect(name).toBe(`${client.parent}/c/d`);
    await expect(make()).rejects.toMatchObject({ code: 6 });
    await client.unary(
      'UpdateDocument',
      UpdateDocumentRequestSchema,
      { document: { name }, updateMask: { fieldPaths: ['a'] } },
      DocumentSchema,
    );
    expect(store.read('c/d')?.fields.map(({ key }) => key)).toEqual(['b']);
    await client.unary('DeleteDocument', DeleteDocumentRequestSchema, { name }, EmptySchema);
    expect(store.read('c/d')).toBeUndefined();
    const { name: made } = await client.unary(
      'CreateDocument',
      CreateDocumentRequestSchema,
      { ...request, documentId: '' },
      DocumentSchema,
    );
    expect(made).toMatch(/\/c\/\w{20}$/);
  });

  test('of a batch have a status each', async () => {
    await using server = await served();
    const { client } = server;
    const update = (id: string, key: string) => ({
      operation: {
        case: 'update' as const,
        value: {
          name: `${client.parent}/c/${id}`,
          fields: [{ key, value: { type: { case: 'nullValue' as const, value: 0 } } }],
        },
      },
    });
    const { status } = await client.unary(
      'BatchWrite',
      BatchWriteRequestSchema,
      { database: client.name, writes: [update('a', 'x'), update('b', '__y__'), update('c', 'z')] },
      BatchWriteResponseSchema,
    );
    expect(status.map(({ code }) => code)).toEqual([0, 3, 0]);
    expect([...server.store.model().keys()]).toEqual(['c/a', 'c/c']);
  });
});

describe('databases', () => {
  test('are apart from each other, and tell what they are', async () => {
    await using fake = await startFakeFirestore({ databases: ['(default)', 'second'] });
    await using client = wireClient(fake, 'second');
    fake.store.set('a/1', {});
    fake.database('second').set('a/2', {});
    expect(paths(await client.query({ structuredQuery: group('a') }))).toEqual(['a/2']);
    const info = () =>
      client.unary(
        'GetDatabase',
        GetDatabaseRequestSchema,
        { name: client.name },
        DatabaseInfoSchema,
      );
    expect(await info()).toMatchObject({ name: client.name, type: 1, databaseEdition: 1 });
    fake.settings.mode = 'datastore';
    expect((await info()).type).toBe(2);
    await expect(client.query({ structuredQuery: group('a') })).rejects.toMatchObject({ code: 9 });
  });

  test('have names that the official client puts into the header that routes', async () => {
    await using fake = await startFakeFirestore({
      databases: ['second'],
      settings: { requireRoutingHeader: true },
    });
    await using official = officialClient(fake, { databaseId: 'second' });
    await official.doc('a/b').set({ n: 1 });
    expect((await official.collection('a').get()).size).toBe(1);
    expect([...fake.database('second').model().keys()]).toEqual(['a/b']);
  });

  test('that are not there are not found', async () => {
    await using fake = await startFakeFirestore({ databases: ['(default)'] });
    await using client = wireClient(fake, 'second');
    const asked = client.query({ structuredQuery: group('a') });
    await expect(asked).rejects.toMatchObject({ code: 5 });
  });
});

describe('a stream of writes', () => {
  test('answers each request with a token, and commits in order', async () => {
    await using server = await served();
    const { client, store } = server;
    const call = client.channel.duplex('/google.firestore.v1.Firestore/Write');
    const answers = messagesOf(call, WriteResponseSchema);
    const send = (init: MessageInitShape<typeof WriteRequestSchema>) =>
      call.write(toBinary(WriteRequestSchema, create(WriteRequestSchema, init)));
    const next = async () => (await answers.next()).value;
    await send({ database: client.name });
    expect((await next())?.streamId).not.toBe('');
    for (const id of ['a', 'b']) {
      const value = { name: `${client.parent}/c/${id}` };
      await send({ writes: [{ operation: { case: 'update', value } }] });
      expect((await next())?.writeResults).toHaveLength(1);
    }
    call.end();
    expect((await answers.next()).done).toBe(true);
    expect([...store.model().keys()]).toEqual(['c/a', 'c/b']);
  });
});

test('a request of more than 10 MiB is refused', async () => {
  await using server = await served();
  const { client } = server;
  const value = new Uint8Array(1_000_000);
  const writes = Array.from({ length: 11 }, (_, n) => ({
    operation: {
      case: 'update' as const,
      value: {
        name: `${client.parent}/c/${n}`,
        fields: [{ key: 'a', value: { type: { case: 'bytesValue' as const, value } } }],
      },
    },
  }));
  const request = (count: number) => ({ database: client.name, writes: writes.slice(0, count) });
  const commit = (count: number) =>
    client.unary('Commit', CommitRequestSchema, request(count), CommitResponseSchema);
  await expect(commit(11)).rejects.toMatchObject({ code: 3 });
  expect((await commit(10)).writeResults).toHaveLength(10);
});
