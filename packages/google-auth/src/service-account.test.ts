import { describe, expect, test } from 'vitest';
import { fakeServer, type Told } from './testing/fake-server.ts';
import { audience, failureOf, never, openForTest, scopes, world } from './testing/open-for-test.ts';
import { serviceAccountKey, verified } from './testing/service-account-key.ts';

const jwtBearer = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const email = serviceAccountKey.client_email;

describe('a service account with an audience', () => {
  test('signs its tokens itself', async () => {
    const here = world();
    const credentials = await openForTest(serviceAccountKey, { audience, world: here });
    expect(credentials).toMatchObject({
      kind: 'service_account',
      projectId: 'demo-project',
      principal: email,
      universeDomain: 'googleapis.com',
    });
    const { header, claims } = verified(await credentials.token(never));
    const iat = Math.floor(here.nowMs / 1_000) - 10;
    expect(header).toEqual({ alg: 'RS256', typ: 'JWT', kid: serviceAccountKey.private_key_id });
    expect(claims).toEqual({ iss: email, sub: email, aud: audience, iat, exp: iat + 3_600 });
  });

  test('signs a new one shortly before the end of the old one', async () => {
    const here = world();
    const credentials = await openForTest(serviceAccountKey, { audience, world: here });
    const first = await credentials.token(never);
    here.nowMs += 3_600_000 - 10_000 - 226_000;
    expect(await credentials.token(never)).toBe(first);
    here.nowMs += 2_000;
    expect(await credentials.token(never)).not.toBe(first);
  });

  test('asks the token server once its own token was refused, and keeps to it', async () => {
    await using server = await fakeServer(() => ({
      json: { access_token: 'given', expires_in: 60 },
    }));
    const here = world();
    const key = { ...serviceAccountKey, token_uri: `${server.url}/token` };
    const credentials = await openForTest(key, { audience, world: here });
    const own = await credentials.token(never);
    credentials.renew(own);
    expect(await credentials.token(never)).toBe('given');
    here.nowMs += 60_000;
    expect(await credentials.token(never)).toBe('given');
    expect(server.asked).toHaveLength(2);
  });

  test('of another cloud signs for scopes, and asks nobody', async () => {
    const key = { ...serviceAccountKey, universe_domain: 'Example.test' };
    const credentials = await openForTest(key, { audience });
    expect(credentials.universeDomain).toBe('example.test');
    for (let i = 0; i < 2; i++) {
      const { claims } = verified(await credentials.token(never));
      expect(claims).toMatchObject({ iss: email, sub: email, scope: scopes[0] });
      expect(claims).not.toHaveProperty('aud');
      credentials.renew();
    }
  });
});

describe('a service account without an audience', () => {
  test('exchanges a signed assertion for a token', async () => {
    await using server = await fakeServer(() => ({
      json: { access_token: 'given', expires_in: 3_599, token_type: 'Bearer' },
    }));
    const here = world();
    const key = { ...serviceAccountKey, token_uri: `${server.url}/token` };
    const two = ['https://www.googleapis.com/auth/datastore', 'https://www.googleapis.com/auth/x'];
    const credentials = await openForTest(key, { scopes: two, world: here });
    expect(await credentials.token(never)).toBe('given');
    const [asked] = server.asked;
    expect(asked).toMatchObject({ method: 'POST', path: '/token' });
    expect(asked?.headers['content-type']).toMatch(/^application\/x-www-form-urlencoded/);
    expect(asked?.form.get('grant_type')).toBe(jwtBearer);
    const { claims } = verified(asked?.form.get('assertion') ?? '');
    const iat = Math.floor(here.nowMs / 1_000) - 10;
    expect(claims).toEqual({
      iss: email,
      scope: two.join(' '),
      aud: 'https://oauth2.googleapis.com/token',
      iat,
      exp: iat + 3_600,
    });
  });

  test.each<{ what: string; told: Told; failure: object; calls: number }>([
    {
      what: 'a key that was deleted',
      told: refusal('invalid_grant', 'Invalid JWT Signature.'),
      failure: {
        kind: 'access',
        message: `Google refuses the key of ${email} (invalid_grant: Invalid JWT Signature.)`,
        hint: expect.stringContaining('deleted or disabled'),
      },
      calls: 1,
    },
    {
      what: 'an account that was deleted',
      told: refusal('invalid_grant', 'Invalid grant: account not found'),
      failure: { kind: 'access', message: expect.stringContaining('account not found') },
      calls: 1,
    },
    {
      what: 'a client that is not allowed',
      told: { ...refusal('unauthorized_client', 'Client is unauthorized'), status: 401 },
      failure: { kind: 'access', message: expect.stringContaining('unauthorized_client') },
      calls: 1,
    },
    {
      what: 'no error that is known',
      told: { status: 403, text: '<html>no</html>' },
      failure: { kind: 'access', message: `Google refuses a token for ${email} (403)` },
      calls: 1,
    },
    {
      what: 'a page that is not there',
      told: { status: 404, text: 'no' },
      failure: { kind: 'config', hint: expect.stringContaining('no token server') },
      calls: 1,
    },
    {
      what: 'another place',
      told: { status: 307, headers: { location: 'http://elsewhere.test/' } },
      failure: { kind: 'config', message: 'the server answered 307 (307)' },
      calls: 1,
    },
    {
      what: 'an answer without a token',
      told: { json: { id_token: 'x' } },
      failure: { kind: 'config', message: 'the answer holds no access token' },
      calls: 1,
    },
    {
      what: 'an answer that is no JSON',
      told: { text: '<html>Sign in to the guest network</html>' },
      failure: { kind: 'config', message: 'the answer holds no access token' },
      calls: 1,
    },
    {
      what: 'a server that is too busy',
      told: { status: 429, headers: { 'retry-after': '7' }, text: '' },
      failure: { kind: 'transient', message: 'the server answered 429', retryAfterMs: 7_000 },
      calls: 5,
    },
    {
      what: 'a server that fails',
      told: { status: 503, text: '' },
      failure: { kind: 'transient', message: 'the server answered 503' },
      calls: 5,
    },
  ])('meets $what', async ({ told, failure, calls }) => {
    await using server = await fakeServer(() => told);
    const key = { ...serviceAccountKey, token_uri: `${server.url}/token` };
    const credentials = await openForTest(key);
    expect(await failureOf(credentials.token(never))).toMatchObject({
      ...failure,
      where: `POST ${server.url}/token`,
    });
    expect(server.asked).toHaveLength(calls);
  });
});

describe('a clock that is wrong', () => {
  const words = 'Invalid JWT: Token must be a short-lived token. Check your iat and exp values.';

  test.each([
    { offMs: 7 * 60_000, by: '7 minutes ahead of' },
    { offMs: -7 * 60_000, by: '7 minutes behind' },
    { offMs: 75_000, by: '75 s ahead of' },
    { offMs: -5 * 3_600_000, by: '5 hours behind' },
    { offMs: 400 * 86_400_000, by: '400 days ahead of' },
  ])('is named, and how far it is off: $by', async ({ offMs, by }) => {
    const here = world();
    const date = new Date(here.nowMs).toUTCString();
    await using server = await fakeServer(() => ({
      ...refusal('invalid_grant', words),
      headers: { date },
    }));
    here.nowMs = Date.parse(date) + offMs;
    const key = { ...serviceAccountKey, token_uri: `${server.url}/token` };
    const credentials = await openForTest(key, { world: here });
    expect(await failureOf(credentials.token(never))).toMatchObject({
      kind: 'access',
      message: `Google refuses the time of the request: the clock of this machine is ${by} Google's`,
      hint: 'Set the clock of this machine, best by NTP.',
    });
  });

  test('is named without a measure when the answer has no date', async () => {
    const key = { ...serviceAccountKey, token_uri: 'https://token.test/' };
    const credentials = await openForTest(key, {
      fetch: async () =>
        Response.json({ error: 'invalid_grant', error_description: words }, { status: 400 }),
    });
    expect(await failureOf(credentials.token(never))).toMatchObject({
      message: 'Google refuses the time of the request: the clock of this machine is wrong',
    });
  });

  test('is not blamed for a key that was refused when it is right', async () => {
    const here = world();
    await using server = await fakeServer(() => ({
      ...refusal('invalid_grant', 'Invalid JWT Signature.'),
      headers: { date: new Date(here.nowMs - 30_000).toUTCString() },
    }));
    const key = { ...serviceAccountKey, token_uri: `${server.url}/token` };
    const credentials = await openForTest(key, { world: here });
    expect((await failureOf(credentials.token(never))).message).toContain('refuses the key');
  });
});

test.each([
  { address: 'reader@demo-project.iam.gserviceaccount.com', project: 'demo-project' },
  { address: 'reader@demo.example.com.iam.gserviceaccount.com', project: 'example.com:demo' },
  { address: 'demo-app@appspot.gserviceaccount.com', project: 'demo-app' },
  { address: '12-compute@developer.gserviceaccount.com', project: 'of-the-environment' },
])('the project of $address is $project', async ({ address, project }) => {
  const { project_id: _, ...key } = { ...serviceAccountKey, client_email: address };
  const env = { GOOGLE_CLOUD_PROJECT: 'of-the-environment' };
  expect((await openForTest(key, { env })).projectId).toBe(project);
});

function refusal(error: string, error_description: string): Told {
  return { status: 400, json: { error, error_description } };
}
