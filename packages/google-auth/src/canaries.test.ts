import { describeFailure, Failure } from '@fairlead/sdk';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { fakeServer, type Asked, type Told } from './testing/fake-server.ts';
import { audience, failureOf, never, openForTest, world } from './testing/open-for-test.ts';
import { privatePem, serviceAccountKey } from './testing/service-account-key.ts';
import { temporaryFolder } from './testing/temporary-folder.ts';

/** Short, so that nothing but being known as secrets keeps them from being shown. */
const canaries = {
  clientSecret: 'canary-client',
  refreshToken: 'canary-refresh',
  subjectToken: 'canary-subject',
  header: 'canary-header',
  awsSecret: 'canary-aws-secret',
  awsSession: 'canary-aws-session',
  accessToken: 'canary-access',
  query: 'canary-query',
};
const pool = '//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/providers/q';
const acting = '/v1/projects/-/serviceAccounts/a@b.iam.gserviceaccount.com:generateAccessToken';

type Kind = (url: string, file: string) => Record<string, unknown>;
const kinds: Readonly<Record<string, Kind>> = {
  service_account: (url) => ({
    ...serviceAccountKey,
    token_uri: `${url}/token?k=${canaries.query}`,
  }),
  authorized_user: (url) => ({
    type: 'authorized_user',
    client_id: 'client',
    client_secret: canaries.clientSecret,
    refresh_token: canaries.refreshToken,
    token_uri: `${url}/token`,
  }),
  external_account_authorized_user: (url) => ({
    type: 'external_account_authorized_user',
    client_id: 'client',
    client_secret: canaries.clientSecret,
    refresh_token: canaries.refreshToken,
    token_url: `${url}/token`,
  }),
  'external_account of a file': (url, file) => ({
    ...external(url, { file }),
    client_id: 'client',
    client_secret: canaries.clientSecret,
  }),
  'external_account of a url': (url) =>
    external(url, {
      url: `${url}/identity?code=${canaries.query}`,
      headers: { 'X-IDENTITY-HEADER': canaries.header },
    }),
  'external_account of AWS': (url) =>
    external(url, {
      environment_id: 'aws1',
      region_url: `${url}/zone`,
      url: `${url}/role`,
      imdsv2_session_token_url: `${url}/session`,
      regional_cred_verification_url: 'https://sts.{region}.amazonaws.com?Action=GetCallerIdentity',
    }),
  impersonated_service_account: (url) => ({
    type: 'impersonated_service_account',
    service_account_impersonation_url: `${url}${acting}`,
    source_credentials: {
      type: 'authorized_user',
      client_id: 'client',
      client_secret: canaries.clientSecret,
      refresh_token: canaries.refreshToken,
      token_uri: `${url}/token`,
    },
  }),
};

/** Answers when all is well. */
const well: Readonly<Record<string, Told>> = {
  '/identity': { text: canaries.subjectToken },
  '/session': { text: 'canary-session' },
  '/zone': { text: 'eu-west-1a' },
  '/role': { text: 'reader' },
  '/role/reader': {
    json: {
      AccessKeyId: 'AKIA',
      SecretAccessKey: canaries.awsSecret,
      Token: canaries.awsSession,
    },
  },
  '/token': { json: { access_token: canaries.accessToken, expires_in: 10 } },
  '/sts': { json: { access_token: canaries.accessToken, expires_in: 10 } },
  [acting]: { json: { accessToken: canaries.accessToken, expireTime: '2100-01-01T00:00:00Z' } },
};

/** Servers that repeat all they were told, in each place that is read. */
const faults: Readonly<Record<string, (asked: Asked) => Told>> = {
  'an OAuth error that repeats': (asked) => ({
    status: 400,
    json: { error: 'invalid_grant', error_description: everything(asked) },
  }),
  'an error code that repeats': (asked) => ({ status: 401, json: { error: everything(asked) } }),
  'an API error that repeats': (asked) => ({
    status: 403,
    json: {
      error: {
        status: everything(asked),
        message: everything(asked),
        details: [{ reason: everything(asked) }],
      },
    },
  }),
  'a page that repeats': (asked) => ({ status: 404, text: everything(asked) }),
  'a redirect that repeats': (asked) => ({
    status: 302,
    text: '',
    headers: { location: `/x?${asked.form.toString()}` },
  }),
  'a failure that repeats': (asked) => ({ status: 500, text: everything(asked) }),
  'an answer that repeats': (asked) => ({ json: { echo: everything(asked) } }),
  'a broken answer that repeats': (asked) => ({ text: `{"access_token": ${everything(asked)}` }),
};

describe.each(Object.keys(kinds))('no secret of %s is told', (kind) => {
  test.each(Object.keys(faults))('after %s', async (fault) => {
    await using folder = await temporaryFolder();
    const file = join(folder.path, 'token');
    await writeFile(file, canaries.subjectToken);
    await using healthy = await fakeServer(({ path }) => well[path] ?? { status: 418 });
    await (await openForTest(kinds[kind]!(healthy.url, file))).token(never);
    let shown = 0;
    for (const failing of healthy.asked.map(({ path }) => path)) {
      const here = world();
      await using server = await fakeServer((asked) =>
        asked.path === failing ? faults[fault]!(asked) : (well[asked.path] ?? { status: 418 }),
      );
      const credentials = await openForTest(kinds[kind]!(server.url, file), { world: here });
      const outcome = await credentials.token(never).catch((error: unknown) => error);
      if (!(outcome instanceof Failure)) continue;
      shown++;
      expectNoSecret([outcome, describeFailure(outcome), here.logged, credentials]);
    }
    expect(shown).toBeGreaterThan(0);
  });
});

test('no secret is told by credentials that cannot be reached', async () => {
  const here = world();
  const fetch = (_: unknown, init?: RequestInit) =>
    Promise.reject(new TypeError('fetch failed', { cause: new Error(init?.method) }));
  for (const kind of ['service_account', 'authorized_user']) {
    const json = kinds[kind]!('https://x.test', '');
    const credentials = await openForTest(json, { world: here, fetch });
    expectNoSecret([await failureOf(credentials.token(never)), here.logged]);
  }
});

test('no part of a damaged key is told', async () => {
  const whole = JSON.stringify(serviceAccountKey, undefined, 2);
  for (let i = 0; i < whole.length; i += 17) {
    for (const damaged of [
      whole.slice(0, i),
      whole.slice(i),
      `${whole.slice(0, i)}\n${whole.slice(i)}`,
      `${whole.slice(0, i)}${whole.slice(i + 5)}`,
    ]) {
      const outcome = await openForTest(damaged, { audience, env: { NO_GCE_CHECK: 'true' } }).catch(
        (error: unknown) => error,
      );
      if (outcome instanceof Error) {
        expect(outcome).toMatchObject({ name: 'Failure', kind: 'config' });
        expectNoSecret([outcome, describeFailure(outcome as Failure)]);
      }
    }
  }
});

function expectNoSecret(shown: unknown): void {
  const words = inspect(shown, { depth: 10, showHidden: true, maxStringLength: null });
  expect(words).not.toMatch(/canary/);
  expect(words).not.toContain(Buffer.from(`client:${canaries.clientSecret}`).toString('base64'));
  expect(words).not.toMatch(/eyJ[\w-]{20,}/);
  for (const line of privatePem.split('\n').slice(1, -2))
    expect(words).not.toContain(line.slice(0, 32));
}

function everything({ headers, body, form, query }: Asked): string {
  const parts = [body, [...form].join(' '), [...query].join(' '), JSON.stringify(headers)];
  const proof = headers.authorization?.replace('Basic ', '') ?? '';
  const decoded = Buffer.from(proof, 'base64').toString();
  return [...parts, decoded.startsWith('client:') ? decoded : ''].join(' ');
}

function external(url: string, credential_source: object) {
  return {
    type: 'external_account',
    audience: pool,
    subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
    token_url: `${url}/sts`,
    credential_source,
  };
}
