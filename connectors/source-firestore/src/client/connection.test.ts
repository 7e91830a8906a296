import { generateKeyPairSync } from 'node:crypto';
import { inspect } from 'node:util';
import { createGrpcServer, GrpcError, Status, type Metadata } from '@fairlead/grpc';
import { startFakeFirestore } from '@fairlead/fake-firestore';
import { Failure, silentLog } from '@fairlead/sdk';
import { describe, expect, test } from 'vitest';
import { FirestoreConfig } from '../settings.ts';
import { methods } from '../wire/requests.ts';
import type { ConnectionSetup } from './connection.ts';
import { openFirestore } from './firestore.ts';
import { all, opened, signal } from './testing/opened.ts';

/** A server that refuses every call, and what it was sent. */
async function refusing() {
  const seen: { readonly path: string; readonly metadata: Metadata }[] = [];
  const server = createGrpcServer(
    {},
    {
      around: async ({ path, metadata }) => {
        seen.push({ path, metadata });
        throw new GrpcError(Status.UNIMPLEMENTED, 'not here');
      },
    },
  );
  const { host, port } = await server.listen();
  return {
    server,
    seen,
    emulatorHost: `${host}:${port}`,
    [Symbol.asyncDispose]: () => server.destroy(),
  };
}

function open(settings: object, setup: Partial<ConnectionSetup> = {}) {
  return openFirestore(FirestoreConfig.parse(settings), {
    log: silentLog,
    env: {},
    sleep: async () => {},
    ...setup,
  });
}

describe('a call', () => {
  test('says which database it is about, who calls, and with what', async () => {
    await using server = await refusing();
    const { emulatorHost } = server;
    await using firestore = await open({
      database: 'projects/example.com:shop/databases/(default)',
      advanced: { emulatorHost },
    });
    await firestore.partition('users', 2, undefined, signal);
    expect(server.seen).toMatchObject([
      {
        path: methods.partitionQuery,
        metadata: {
          authorization: 'Bearer owner',
          'google-cloud-resource-prefix': 'projects/example.com:shop/databases/(default)',
          'x-goog-request-params': 'project_id=example.com%3Ashop&database_id=%28default%29',
          'user-agent': expect.stringMatching(/^fairlead\/\d+\.\d+\.\d+$/),
        },
      },
    ]);
    expect(server.seen[0]?.metadata).not.toHaveProperty('x-goog-user-project');
  });

  test('of the admin service is routed by the name of the database', async () => {
    await using server = await refusing();
    const { emulatorHost } = server;
    await using firestore = await open({ database: 'projects/p', advanced: { emulatorHost } });
    expect(await firestore.describeDatabase(signal)).toBeUndefined();
    expect(server.seen[0]).toMatchObject({
      path: methods.getDatabase,
      metadata: { 'x-goog-request-params': 'name=projects%2Fp%2Fdatabases%2F%28default%29' },
    });
  });

  test('has the token of its moment, and the project that pays', async () => {
    await using server = await refusing();
    let token = 0;
    const credentials = {
      projectId: 'p',
      principal: 'me@p',
      quotaProject: 'q',
      token: async () => `token${++token}`,
      renew() {},
    };
    const { emulatorHost } = server;
    await using firestore = await open({ advanced: { emulatorHost } }, { credentials });
    expect(firestore).toMatchObject({
      database: 'projects/p/databases/(default)',
      principal: 'me@p',
    });
    await firestore.partition('a', 2, undefined, signal);
    await firestore.partition('a', 2, undefined, signal);
    expect(server.seen.map(({ metadata }) => metadata)).toMatchObject([
      { authorization: 'Bearer token1', 'x-goog-user-project': 'q' },
      { authorization: 'Bearer token2', 'x-goog-user-project': 'q' },
    ]);
  });

  test.each(['projects/demo', 'projects/demo/databases/shop'])(
    'about %s is let through where the routing header is required',
    async (database) => {
      await using it = await opened({ database, settings: { requireRoutingHeader: true } });
      it.fake.database(database.split('/')[3] ?? '(default)').set('users/ada', {});
      expect(await all(it.firestore.collectionIds(it.root, signal))).toEqual(['users']);
      expect((await it.firestore.describeDatabase(signal))?.name).toBe(it.firestore.database);
    },
  );
});

describe('connections', () => {
  test('are made one for each kind of call, with windows of their own', async () => {
    await using server = await refusing();
    const { emulatorHost } = server;
    await using firestore = await open(
      { database: 'projects/p', advanced: { emulatorHost } },
      { scanWindowBytes: 2 ** 18, listenWindowBytes: 2 ** 17 },
    );
    const query = { parent: firestore.root, query: { from: { collectionId: 'a' } } };
    await expect(all(firestore.query(query, signal))).rejects.toThrow('not here');
    await expect(all(firestore.query(query, signal))).rejects.toThrow('not here');
    await expect(all(firestore.listen(signal))).rejects.toThrow('not here');
    await firestore.partition('a', 2, undefined, signal);
    await firestore.describeDatabase(signal);
    const windows = [...server.server.sessions].map(
      ({ remoteSettings }) => remoteSettings.initialWindowSize,
    );
    expect(windows).toEqual([2 ** 18, 2 ** 17, 2 ** 20]);
  });

  test('are none before the first call', async () => {
    await using server = await refusing();
    const { emulatorHost } = server;
    await using _ = await open({ database: 'projects/p', advanced: { emulatorHost } });
    expect(server.server.sessions.size).toBe(0);
  });

  test('to an endpoint speak TLS', async () => {
    await using fake = await startFakeFirestore();
    await using firestore = await open(
      {
        database: 'projects/demo',
        advanced: { endpoint: fake.address },
      },
      { credentials: { token: async () => 't', renew() {} } },
    );
    await expect(firestore.serverTime(signal)).rejects.toMatchObject({
      kind: 'config',
      message: expect.stringMatching(
        /^what answers there is not Firestore: no secure connection to/,
      ),
    });
    expect(fake.counters.total.calls).toBe(0);
  });
});

describe('the database', () => {
  test('is that of the environment, where an emulator lets in everybody', async () => {
    await using fake = await startFakeFirestore();
    const env = { FIRESTORE_EMULATOR_HOST: fake.address, GOOGLE_CLOUD_PROJECT: 'demo' };
    await using firestore = await open({}, { env });
    expect(firestore.root).toBe('projects/demo/databases/(default)/documents');
    expect(firestore.principal).toBeUndefined();
    expect(await firestore.serverTime(signal)).toBeGreaterThan(1e15);
  });

  test('is that of the key, which an emulator does not look at', async () => {
    await using fake = await startFakeFirestore({ project: 'shop' });
    fake.store.set('users/ada', {});
    const { privateKey } = generateKeyPairSync('rsa', {
      modulusLength: 2048,
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
      publicKeyEncoding: { type: 'spki', format: 'pem' },
    });
    const googleCredentials = {
      type: 'service_account',
      project_id: 'shop',
      private_key_id: 'k',
      private_key: privateKey,
      client_email: 'me@shop.iam.gserviceaccount.com',
      token_uri: 'http://127.0.0.1:1/token',
    };
    await using firestore = await open({
      googleCredentials,
      advanced: { emulatorHost: fake.address },
    });
    expect(firestore.database).toBe('projects/shop/databases/(default)');
    expect(await all(firestore.collectionIds(firestore.root, signal))).toEqual(['users']);
  });

  test('cannot be read with a key that is none', async () => {
    const settings = { database: 'projects/p', googleCredentials: 'secret-canary' };
    const failure: unknown = await open(settings).catch((error: unknown) => error);
    expect(failure).toMatchObject({ name: 'Failure', kind: 'config' });
    expect(inspect(failure)).not.toContain('canary');
  });

  test('has to be named where nothing else names the project', async () => {
    await expect(open({ advanced: { emulatorHost: 'localhost:1' } })).rejects.toMatchObject({
      name: 'Failure',
      kind: 'config',
      where: 'database',
    });
  });
});

describe('credentials', () => {
  /** Somebody whose tokens are numbered. */
  function numbered() {
    let generation = 1;
    return {
      renewals: () => generation - 1,
      credentials: {
        principal: 'me@demo',
        token: async () => `token${generation}`,
        renew: () => void generation++,
      },
    };
  }

  test('are renewed once when a token is refused', async () => {
    const { credentials, renewals } = numbered();
    await using it = await opened({ setup: { credentials } });
    await it.firestore.serverTime(signal);
    it.fake.faults.expireTokens();
    await it.firestore.serverTime(signal);
    expect(renewals()).toBe(1);
    expect(it.waits).toEqual([0]);
  });

  test('are renewed once for calls that were refused together', async () => {
    const { credentials, renewals } = numbered();
    await using it = await opened({ setup: { credentials } });
    await it.firestore.serverTime(signal);
    it.fake.faults.expireTokens();
    const count = { parent: it.root, query: { from: { collectionId: 'a' } } };
    await Promise.all(Array.from({ length: 9 }, () => it.firestore.count(count, signal)));
    expect(renewals()).toBe(1);
  });

  test('are refused for good when a new token is no better', async () => {
    const { credentials, renewals } = numbered();
    await using it = await opened({ setup: { credentials } });
    it.fake.faults.always('*', { end: { code: Status.UNAUTHENTICATED, message: 'Go away.' } });
    await expect(it.firestore.serverTime(signal)).rejects.toMatchObject({
      kind: 'access',
      where: 'projects/demo/databases/(default)',
      message: 'Google does not accept the credentials of me@demo: Go away.',
    });
    expect(renewals()).toBe(1);
    expect(it.fake.counters.of('BatchGetDocuments').calls).toBe(2);
  });

  test('that cannot be had fail as they say, and are tried again where that may help', async () => {
    let left = 2;
    const busy = new Failure('transient', 'the token server is busy');
    const gone = new Failure('access', 'the account is gone');
    const credentials = {
      token: async () => {
        if (left-- > 0) throw busy;
        throw gone;
      },
      renew() {},
    };
    await using it = await opened({ setup: { credentials } });
    await expect(it.firestore.serverTime(signal)).rejects.toBe(gone);
    expect(it.waits).toHaveLength(2);
    expect(it.fake.counters.total.calls).toBe(0);
  });
});
