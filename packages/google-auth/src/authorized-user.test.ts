import { describe, expect, test } from 'vitest';
import { fakeServer } from './testing/fake-server.ts';
import { failureOf, never, openForTest, world } from './testing/open-for-test.ts';

const login = {
  type: 'authorized_user',
  client_id: 'the-client',
  client_secret: 'the-secret',
  refresh_token: '1//the-refresh-token',
  quota_project_id: 'payer',
  account: 'me@example.test',
};

describe('a user who logged in', () => {
  test('has tokens for the refresh token', async () => {
    await using server = await fakeServer(() => ({
      json: { access_token: 'given', expires_in: 9 },
    }));
    const credentials = await openForTest({ ...login, token_uri: `${server.url}/token` });
    expect(credentials).toMatchObject({
      kind: 'authorized_user',
      principal: 'me@example.test',
      quotaProject: 'payer',
      projectId: undefined,
    });
    expect(await credentials.token(never)).toBe('given');
    expect(Object.fromEntries(server.asked[0]?.form ?? [])).toEqual({
      grant_type: 'refresh_token',
      refresh_token: login.refresh_token,
      client_id: login.client_id,
      client_secret: login.client_secret,
    });
  });

  test.each([
    { json: { error: 'invalid_grant', error_description: 'Token has been expired or revoked.' } },
    { json: { error: 'invalid_grant', error_subtype: 'invalid_rapt' } },
  ])('has to log in again after %j', async (told) => {
    await using server = await fakeServer(() => ({ status: 400, ...told }));
    const credentials = await openForTest({ ...login, token_uri: server.url });
    const failure = await failureOf(credentials.token(never));
    expect(failure.kind).toBe('access');
    expect(failure.message).toContain('the login has expired or was revoked (invalid_grant');
    expect(failure.hint).toBe('Log in again: gcloud auth application-default login');
  });

  test('by a client that was deleted is refused', async () => {
    const json = { error: 'deleted_client', error_description: 'The OAuth client was deleted.' };
    await using server = await fakeServer(() => ({ status: 401, json }));
    const credentials = await openForTest({ ...login, token_uri: server.url });
    expect(await failureOf(credentials.token(never))).toMatchObject({
      kind: 'access',
      message:
        'Google refuses a token for this login (deleted_client: The OAuth client was deleted.)',
    });
  });

  test.each(['client_id', 'client_secret', 'refresh_token'])('needs %s', async (name) => {
    const failure = await failureOf(openForTest({ ...login, [name]: '' }));
    expect(failure).toMatchObject({ kind: 'config', where: 'Google credentials' });
    expect(failure.message).toContain(name);
  });
});

describe('a user of a workforce pool', () => {
  const workforce = {
    type: 'external_account_authorized_user',
    audience: '//iam.googleapis.com/locations/global/workforcePools/pool/providers/p',
    client_id: 'the-client',
    client_secret: 'the-secret',
    refresh_token: 'first',
  };

  test('has tokens, each for the refresh token that came last', async () => {
    let answers = 0;
    await using server = await fakeServer(() => ({
      json: { access_token: `given${++answers}`, expires_in: 10, refresh_token: 'second' },
    }));
    const here = world();
    const json = { ...workforce, token_url: `${server.url}/v1/oauthtoken` };
    const credentials = await openForTest(json, { world: here });
    expect(credentials.kind).toBe('external_account_authorized_user');
    expect(await credentials.token(never)).toBe('given1');
    here.nowMs += 10_000;
    expect(await credentials.token(never)).toBe('given2');
    expect(server.asked.map(({ form }) => form.get('refresh_token'))).toEqual(['first', 'second']);
    const proof = Buffer.from('the-client:the-secret').toString('base64');
    expect(server.asked[0]?.headers.authorization).toBe(`Basic ${proof}`);
    expect(server.asked[0]?.form.has('client_secret')).toBe(false);
  });

  test('asks at the universe of the credentials', async () => {
    const asked: string[] = [];
    const credentials = await openForTest(
      { ...workforce, universe_domain: 'cloud.test' },
      {
        fetch: async (url) => {
          asked.push(String(url));
          return Response.json({ access_token: 'given' });
        },
      },
    );
    await credentials.token(never);
    expect(asked).toEqual(['https://sts.cloud.test/v1/oauthtoken']);
  });
});
