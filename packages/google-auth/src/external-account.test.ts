import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { fakeServer, type Told } from './testing/fake-server.ts';
import { failureOf, never, openForTest, scopes, world } from './testing/open-for-test.ts';
import { temporaryFolder } from './testing/temporary-folder.ts';

const audience =
  '//iam.googleapis.com/projects/12/locations/global/workloadIdentityPools/pool/providers/p';
const email = 'target@other-project.iam.gserviceaccount.com';
const acting = `/v1/projects/-/serviceAccounts/${email}:generateAccessToken`;

describe('somebody of another provider', () => {
  test('has a token for the one in a file, which is read each time', async () => {
    await using folder = await temporaryFolder();
    const file = join(folder.path, 'token');
    await writeFile(file, 'subject-1\n');
    await using server = await google();
    const here = world();
    const credentials = await openForTest(external(server.url, { file }), { world: here });
    expect(credentials).toMatchObject({ kind: 'external_account', projectId: undefined });
    expect(credentials.principal).toBeUndefined();
    expect(await credentials.token(never)).toBe('federated');
    await writeFile(file, 'subject-2');
    here.nowMs += 3_600_000;
    await credentials.token(never);
    expect(server.asked.map(({ form }) => form.get('subject_token'))).toEqual([
      'subject-1',
      'subject-2',
    ]);
    expect(Object.fromEntries(server.asked[0]?.form ?? [])).toEqual({
      grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
      audience,
      scope: scopes.join(' '),
      requested_token_type: 'urn:ietf:params:oauth:token-type:access_token',
      subject_token: 'subject-1',
      subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
    });
    expect(server.asked[0]?.headers.authorization).toBeUndefined();
  });

  test.each<{ what: string; told: Told; format?: object }>([
    { what: 'text', told: { text: 'subject' } },
    {
      what: 'JSON',
      told: { json: { access_token: 'subject' } },
      format: { type: 'json', subject_token_field_name: 'access_token' },
    },
  ])('has a token for the one that a server gives as $what', async ({ told, format }) => {
    await using provider = await fakeServer(() => told);
    await using server = await google();
    const headers = { Metadata: 'True', Authorization: 'Bearer x' };
    const source = { url: `${provider.url}/identity?v=1`, headers, format };
    const credentials = await openForTest(external(server.url, source));
    expect(await credentials.token(never)).toBe('federated');
    expect(provider.asked[0]).toMatchObject({
      method: 'GET',
      path: '/identity',
      headers: { metadata: 'True', authorization: 'Bearer x' },
    });
    expect(server.asked[0]?.form.get('subject_token')).toBe('subject');
  });

  test('acts for a service account, for the scopes that are wanted and as long as is wanted', async () => {
    await using folder = await temporaryFolder();
    const file = join(folder.path, 'token');
    await writeFile(file, JSON.stringify({ id: 'subject' }));
    await using server = await google();
    const format = { type: 'json', subject_token_field_name: 'id' };
    const credentials = await openForTest({
      ...external(server.url, { file, format }),
      service_account_impersonation_url: `${server.url}${acting}`,
      service_account_impersonation: { token_lifetime_seconds: 1_800 },
      quota_project_id: 'payer',
    });
    expect(credentials).toMatchObject({
      principal: email,
      projectId: 'other-project',
      quotaProject: 'payer',
    });
    expect(await credentials.token(never)).toBe('impersonated');
    const [exchange, impersonation] = server.asked;
    expect(exchange?.form.get('scope')).toBe('https://www.googleapis.com/auth/cloud-platform');
    expect(impersonation?.headers.authorization).toBe('Bearer federated');
    expect(JSON.parse(impersonation?.body ?? '')).toEqual({ scope: scopes, lifetime: '1800s' });
  });

  test('who may not act for it is told the role', async () => {
    await using folder = await temporaryFolder();
    const file = join(folder.path, 'token');
    await writeFile(file, 'subject');
    const error = { code: 403, status: 'PERMISSION_DENIED', message: 'no.' };
    await using server = await google({ [acting]: { status: 403, json: { error } } });
    const credentials = await openForTest({
      ...external(server.url, { file }),
      service_account_impersonation_url: `${server.url}${acting}`,
    });
    expect(await failureOf(credentials.token(never))).toMatchObject({
      kind: 'access',
      hint: `Grant roles/iam.workloadIdentityUser on ${email}.`,
    });
  });

  test('of a workforce names the project that pays, or the client it is', async () => {
    await using folder = await temporaryFolder();
    const file = join(folder.path, 'token');
    await writeFile(file, 'subject');
    await using server = await google();
    const workforce = {
      ...external(server.url, { file }),
      audience: '//iam.googleapis.com/locations/global/workforcePools/pool/providers/p',
      workforce_pool_user_project: 'payer',
    };
    await (await openForTest(workforce)).token(never);
    const client = { client_id: 'a', client_secret: 'b' };
    await (await openForTest({ ...workforce, ...client })).token(never);
    const [first, second] = server.asked;
    expect(first?.form.get('options')).toBe('{"userProject":"payer"}');
    expect(second?.form.has('options')).toBe(false);
    expect(second?.headers.authorization).toBe(`Basic ${Buffer.from('a:b').toString('base64')}`);
  });

  test('of another cloud is known at its token service', async () => {
    await using folder = await temporaryFolder();
    const file = join(folder.path, 'token');
    await writeFile(file, 'subject');
    const asked: string[] = [];
    const json = { ...external('', { file }), token_url: undefined, universe_domain: 'cloud.test' };
    const credentials = await openForTest(json, {
      fetch: async (url) => {
        asked.push(String(url));
        return Response.json({ access_token: 'given' });
      },
    });
    await credentials.token(never);
    expect(asked).toEqual(['https://sts.cloud.test/v1/token']);
  });

  test.each<{ told: Told; failure: object }>([
    {
      told: {
        status: 400,
        json: {
          error: 'invalid_target',
          error_description: 'The target service indicated by the "audience" is invalid.',
        },
      },
      failure: {
        kind: 'access',
        message:
          'the identity pool refuses the token of the other provider (invalid_target: The target service indicated by the "audience" is invalid.)',
        hint: expect.stringContaining('attribute condition'),
      },
    },
    {
      told: {
        status: 400,
        json: { error: 'invalid_grant', error_description: 'ID Token is expired.' },
        headers: { date: new Date(Date.now() - 3_600_000).toUTCString() },
      },
      failure: { kind: 'access', message: expect.stringMatching(/60 minutes ahead of Google's$/) },
    },
    { told: { status: 500, text: '' }, failure: { kind: 'transient' } },
  ])('is refused by $told.status $told.json', async ({ told, failure }) => {
    await using folder = await temporaryFolder();
    const file = join(folder.path, 'token');
    await writeFile(file, 'subject');
    await using server = await google({ '/sts': told });
    const credentials = await openForTest(external(server.url, { file }));
    expect(await failureOf(credentials.token(never))).toMatchObject(failure);
  });
});

describe('the subject token', () => {
  test('is missed with its file', async () => {
    const file = '/nowhere/token';
    const credentials = await openForTest(external('http://127.0.0.1:1', { file }));
    expect(await failureOf(credentials.token(never))).toMatchObject({
      kind: 'config',
      message: 'the file of the subject token cannot be read (ENOENT)',
      where: file,
    });
  });

  test.each([
    { content: ' \n', format: {}, message: 'it is empty' },
    {
      content: '{"id":7}',
      format: { type: 'json', subject_token_field_name: 'id' },
      message: 'the member with the token is not in it',
    },
    {
      content: 'no JSON',
      format: { type: 'json', subject_token_field_name: 'id' },
      message: 'the member with the token is not in it',
    },
  ])('is missed in $content', async ({ content, format, message }) => {
    await using folder = await temporaryFolder();
    const file = join(folder.path, 'token');
    await writeFile(file, content);
    const credentials = await openForTest(external('http://127.0.0.1:1', { file, format }));
    const failure = await failureOf(credentials.token(never));
    expect(failure).toMatchObject({ kind: 'config', message, where: file });
  });

  test('is missed at a server that gives none', async () => {
    await using provider = await fakeServer(() => ({ status: 404, text: '' }));
    const source = { url: `${provider.url}/identity?secret=x` };
    const credentials = await openForTest(external('http://127.0.0.1:1', source));
    expect(await failureOf(credentials.token(never))).toMatchObject({
      kind: 'access',
      message: 'no subject token is given (404)',
      where: `GET ${provider.url}/identity`,
    });
  });
});

test.each<{ json: object; message: string | RegExp }>([
  { json: { audience: undefined }, message: 'audience is missing' },
  { json: { subject_token_type: '' }, message: /^subject_token_type is empty/ },
  { json: { credential_source: undefined }, message: 'credential_source is missing' },
  { json: { credential_source: {} }, message: /^credential_source is none that is known/ },
  { json: { credential_source: { certificate: {} } }, message: /^credential_source is none/ },
  {
    json: { credential_source: { file: 'a', format: { type: 'xml' } } },
    message: 'credential_source.format.type must be text or json',
  },
  {
    json: { credential_source: { file: 'a', format: { type: 'json' } } },
    message: 'credential_source.format.subject_token_field_name is missing',
  },
  {
    json: { credential_source: { url: 'https://x.test', headers: { a: 1 } } },
    message: 'credential_source.headers must be texts',
  },
  {
    json: { workforce_pool_user_project: 'payer' },
    message: 'workforce_pool_user_project is only for workforce pools',
  },
  {
    json: { service_account_impersonation: { token_lifetime_seconds: 1 } },
    message: 'token_lifetime_seconds must be a number from 600 to 43200',
  },
])('credentials with $json are not taken', async ({ json, message }) => {
  const given = { ...external('https://x.test', { file: '/a' }), ...json };
  const failure = await failureOf(openForTest(given));
  expect(failure).toMatchObject({ kind: 'config', where: 'Google credentials' });
  expect(failure.message).toMatch(message);
});

async function google(changes: Readonly<Record<string, Told>> = {}) {
  const expireTime = new Date(Date.now() + 3_600_000).toISOString();
  const answers: Record<string, Told> = {
    '/sts': { json: { access_token: 'federated', expires_in: 3_600, token_type: 'Bearer' } },
    [acting]: { json: { accessToken: 'impersonated', expireTime } },
    ...changes,
  };
  return await fakeServer(({ path }) => answers[path] ?? { status: 404, text: '' });
}

function external(url: string, credential_source: object) {
  return {
    type: 'external_account',
    audience,
    subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
    token_url: `${url}/sts`,
    credential_source,
  };
}
