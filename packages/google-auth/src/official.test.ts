import { AwsRequestSigner, GoogleAuth, JWT, JWTAccess } from 'google-auth-library';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { signAwsRequest } from './aws-signature.ts';
import { fakeServer } from './testing/fake-server.ts';
import { audience, never, openForTest, scopes, world } from './testing/open-for-test.ts';
import { serviceAccountKey, verified } from './testing/service-account-key.ts';

afterEach(() => {
  vi.useRealTimers();
});

/** Ten seconds that ours is behind, so that a clock slightly ahead does no harm. */
const aheadSeconds = 10;

describe('Google’s own library', () => {
  test('signs the same token for an audience', async () => {
    const here = world();
    vi.useFakeTimers({ toFake: ['Date'], now: here.nowMs - aheadSeconds * 1_000 });
    const access = new JWTAccess();
    access.fromJSON(serviceAccountKey);
    const header = access.getRequestHeaders(audience).get('authorization') ?? '';
    const credentials = await openForTest(serviceAccountKey, { audience, world: here });
    const ours = await credentials.token(never);
    expect(verified(ours)).toEqual(verified(header.replace('Bearer ', '')));
    // RS256 has no chance in it, so that the same claims in the same order are the same token.
    expect(`Bearer ${ours}`).toBe(header);
  });

  test('signs the same assertion for scopes', async () => {
    const here = world();
    await using server = await fakeServer(() => ({ json: { access_token: 'a', expires_in: 60 } }));
    const key = { ...serviceAccountKey, token_uri: `${server.url}/token` };
    await (await openForTest(key, { world: here })).token(never);

    vi.useFakeTimers({ toFake: ['Date'], now: here.nowMs - aheadSeconds * 1_000 });
    const bodies: URLSearchParams[] = [];
    const { client_email: email, private_key, private_key_id: keyId } = serviceAccountKey;
    const jwt = new JWT({ email, key: private_key, keyId, scopes });
    jwt.transporter.request = async (options) => {
      bodies.push(new URLSearchParams(String(options?.data)));
      return { data: { access_token: 'a', expires_in: 60 }, headers: new Headers() } as never;
    };
    await jwt.authorize();

    const ours = server.asked[0]!.form;
    const theirs = bodies[0]!;
    expect(ours.get('grant_type')).toBe(theirs.get('grant_type'));
    const { claims } = verified(theirs.get('assertion') ?? '');
    expect(verified(ours.get('assertion') ?? '').claims).toEqual(claims);
  });

  test('asks the token service and the service account the same', async () => {
    const subject = { url: '', format: { type: 'json', subject_token_field_name: 'id' } };
    const expireTime = new Date(Date.now() + 3_600_000).toISOString();
    await using server = await fakeServer(() => ({
      json: { id: 'subject', access_token: 'a', expires_in: 60, accessToken: 'b', expireTime },
    }));
    const json = {
      type: 'external_account',
      audience:
        '//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/providers/q',
      subject_token_type: 'urn:ietf:params:oauth:token-type:jwt',
      token_url: `${server.url}/sts`,
      credential_source: { ...subject, url: `${server.url}/identity` },
      service_account_impersonation_url: `${server.url}/v1/projects/-/serviceAccounts/a@b.iam.gserviceaccount.com:generateAccessToken`,
      client_id: 'client',
      client_secret: 'secret',
    } as const;
    expect(await (await openForTest(json)).token(never)).toBe('b');
    const auth = new GoogleAuth({ credentials: json, scopes, projectId: 'x' });
    expect(await auth.getAccessToken()).toBe('b');

    const asked = server.asked.map(({ method, path, headers, body, form }) => ({
      method,
      path,
      authorization: headers.authorization,
      said: path === '/sts' ? Object.fromEntries(form) : body && (JSON.parse(body) as unknown),
    }));
    expect(asked).toHaveLength(6);
    expect(asked.slice(0, 3)).toEqual(asked.slice(3));
  });

  test('signs for AWS the same', async () => {
    const keys = { accessKeyId: 'AKIA', secretAccessKey: 'secret', token: 'lent' };
    const url = 'https://sts.eu-west-1.amazonaws.com?Action=GetCallerIdentity&Version=2011-06-15';
    const atMs = Date.now();
    vi.useFakeTimers({ toFake: ['Date'], now: atMs });
    const signer = new AwsRequestSigner(async () => keys, 'eu-west-1');
    const theirs = await signer.getRequestOptions({ url, method: 'POST' });
    const request = { method: 'POST', headers: {}, body: '', service: 'sts', region: 'eu-west-1' };
    const ours = signAwsRequest(
      { ...request, url: new URL(url), atMs },
      { ...keys, sessionToken: keys.token },
    );
    expect(ours['authorization']).toBe(new Headers(theirs.headers).get('authorization'));
  });
});
