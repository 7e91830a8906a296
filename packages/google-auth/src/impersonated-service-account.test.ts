import { describe, expect, test } from 'vitest';
import { fakeServer, type Told } from './testing/fake-server.ts';
import { failureOf, never, openForTest, scopes, world } from './testing/open-for-test.ts';
import { serviceAccountKey, verified } from './testing/service-account-key.ts';

const email = 'target@other-project.iam.gserviceaccount.com';
const path = `/v1/projects/-/serviceAccounts/${email}:generateAccessToken`;

describe('a service account that somebody acts for', () => {
  test('has tokens by way of the other, for the scopes that are wanted', async () => {
    const here = world();
    await using server = await google(here.nowMs);
    const credentials = await openForTest(impersonated(server.url), { world: here });
    expect(credentials).toMatchObject({
      kind: 'impersonated_service_account',
      principal: email,
      projectId: 'other-project',
    });
    expect(await credentials.token(never)).toBe('impersonated');
    const [token, acting] = server.asked;
    const { claims } = verified(token?.form.get('assertion') ?? '');
    expect(claims['scope']).toBe('https://www.googleapis.com/auth/cloud-platform');
    expect(acting).toMatchObject({ method: 'POST', path });
    expect(acting?.headers.authorization).toBe('Bearer source-token');
    expect(acting?.headers['content-type']).toBe('application/json');
    expect(JSON.parse(acting?.body ?? '')).toEqual({
      delegates: ['projects/-/serviceAccounts/between@x.iam.gserviceaccount.com'],
      scope: scopes,
      lifetime: '3600s',
    });
  });

  test.each([0, 20 * 60_000, -20 * 60_000])(
    'has them for an hour by any clock: %i ms off',
    async (offMs) => {
      const here = world();
      await using server = await google(here.nowMs);
      here.nowMs += offMs;
      const credentials = await openForTest(impersonated(server.url), { world: here });
      await credentials.token(never);
      here.nowMs += 3_600_000 - 230_000;
      await credentials.token(never);
      expect(server.asked).toHaveLength(2);
      here.nowMs += 10_000;
      await credentials.token(never);
      expect(server.asked).toHaveLength(4);
    },
  );

  test('can be acted for by one who is acted for', async () => {
    const here = world();
    await using server = await google(here.nowMs);
    const inner = impersonated(server.url);
    const outer = { ...inner, source_credentials: inner };
    expect(await (await openForTest(outer, { world: here })).token(never)).toBe('impersonated');
    expect(server.asked.map(({ headers }) => headers.authorization)).toEqual([
      undefined,
      'Bearer source-token',
      'Bearer impersonated',
    ]);
  });

  test.each<{ told: Told; failure: object }>([
    {
      told: apiError(403, 'PERMISSION_DENIED', 'IAM_PERMISSION_DENIED'),
      failure: {
        kind: 'access',
        message: `acting for ${email} is refused (PERMISSION_DENIED: no.)`,
        hint: `Grant roles/iam.serviceAccountTokenCreator on ${email}.`,
      },
    },
    {
      told: apiError(403, 'PERMISSION_DENIED', 'SERVICE_DISABLED'),
      failure: {
        kind: 'access',
        hint: 'Enable the API iamcredentials.googleapis.com in its project.',
      },
    },
    {
      told: apiError(404, 'NOT_FOUND', ''),
      failure: { kind: 'access', message: `${email} does not exist (NOT_FOUND: no.)` },
    },
    {
      told: apiError(400, 'INVALID_ARGUMENT', ''),
      failure: { kind: 'config', hint: expect.stringContaining('lifetime') },
    },
    { told: apiError(401, 'UNAUTHENTICATED', ''), failure: { kind: 'access' } },
    {
      told: { json: { accessToken: 'x' } },
      failure: { kind: 'config', message: 'the answer holds no access token' },
    },
  ])('is refused by $told', async ({ told, failure }) => {
    await using server = await fakeServer(({ path: asked }) =>
      asked === '/token' ? { json: { access_token: 'source-token' } } : told,
    );
    const credentials = await openForTest(impersonated(server.url));
    expect(await failureOf(credentials.token(never))).toMatchObject({
      where: `POST ${server.url}${path}`,
      ...failure,
    });
  });

  test.each<{ json: object; message: string; where?: string }>([
    { json: { source_credentials: undefined }, message: 'source_credentials is missing' },
    {
      json: { service_account_impersonation_url: undefined },
      message: 'service_account_impersonation_url is missing',
    },
    {
      json: { service_account_impersonation_url: 'https://x.test/' },
      message: 'service_account_impersonation_url is of no service account',
    },
    { json: { delegates: 'one' }, message: 'delegates is empty or of the wrong type' },
    { json: { delegates: ['one', 2] }, message: 'delegates is empty or of the wrong type' },
    {
      json: { source_credentials: { type: 'authorized_user' } },
      message: 'client_id is missing',
      where: 'Google credentials, source_credentials',
    },
  ])('cannot be when it is given as $json', async ({ json, message, where }) => {
    const given = { ...impersonated('http://127.0.0.1:1'), ...json };
    expect(await failureOf(openForTest(given))).toMatchObject({
      kind: 'config',
      message,
      where: where ?? 'Google credentials',
    });
  });
});

function impersonated(url: string) {
  return {
    type: 'impersonated_service_account',
    service_account_impersonation_url: `${url}${path}`,
    delegates: ['projects/-/serviceAccounts/between@x.iam.gserviceaccount.com'],
    source_credentials: { ...serviceAccountKey, token_uri: `${url}/token` },
  };
}

/** Google's servers, by their own clock. */
async function google(nowMs: number) {
  const second = Math.floor(nowMs / 1_000) * 1_000;
  return await fakeServer(({ path: asked }) => {
    if (asked === '/token') return { json: { access_token: 'source-token', expires_in: 3_599 } };
    const expireTime = new Date(second + 3_600_000).toISOString();
    const headers = { date: new Date(second).toUTCString() };
    return { json: { accessToken: 'impersonated', expireTime }, headers };
  });
}

function apiError(code: number, status: string, reason: string): Told {
  return { status: code, json: { error: { code, status, message: 'no.', details: [{ reason }] } } };
}
