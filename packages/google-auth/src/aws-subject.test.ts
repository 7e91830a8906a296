import { describe, expect, test } from 'vitest';
import { signAwsRequest } from './aws-signature.ts';
import { fakeServer, type Asked, type Told } from './testing/fake-server.ts';
import { failureOf, never, openForTest, world } from './testing/open-for-test.ts';

const audience =
  '//iam.googleapis.com/projects/12/locations/global/workloadIdentityPools/p/providers/aws';
const awsKeys = { accessKeyId: 'AKIA', secretAccessKey: 'the-aws-secret', sessionToken: 'lent' };
const env = {
  AWS_ACCESS_KEY_ID: awsKeys.accessKeyId,
  AWS_SECRET_ACCESS_KEY: awsKeys.secretAccessKey,
  AWS_SESSION_TOKEN: awsKeys.sessionToken,
  AWS_REGION: 'eu-west-1',
};

describe('somebody at AWS', () => {
  test('proves it by a signed request, with keys of the environment', async () => {
    const here = world();
    await using server = await cloud();
    const credentials = await openForTest(fromAws(server.url), { env, world: here });
    expect(await credentials.token(never)).toBe('given');
    expect(server.asked.map(({ path }) => path)).toEqual(['/sts']);
    checkProof(server.asked[0], here.nowMs, 'eu-west-1');
  });

  test.each([{ session: true }, { session: false }])(
    'proves it with keys that the machine lends (session: $session)',
    async ({ session }) => {
      const here = world();
      await using server = await cloud();
      const { credential_source, ...rest } = fromAws(server.url);
      const { imdsv2_session_token_url: _, ...plain } = credential_source;
      const json = { ...rest, credential_source: session ? credential_source : plain };
      const credentials = await openForTest(json, { world: here });
      expect(await credentials.token(never)).toBe('given');
      expect(server.asked.map(({ method, path }) => `${method} ${path}`)).toEqual([
        ...(session ? ['PUT /session'] : []),
        'GET /zone',
        'GET /role',
        'GET /role/reader',
        'POST /sts',
      ]);
      for (const { headers } of server.asked.slice(session ? 1 : 0, -1)) {
        expect(headers['x-aws-ec2-metadata-token']).toBe(session ? 'the-session' : undefined);
      }
      checkProof(server.asked.at(-1), here.nowMs, 'us-east-2');
    },
  );

  test.each<{ what: string; path: string; told: Told; failure: object; calls: number }>([
    {
      what: 'knows no role',
      path: '/role',
      told: { status: 404, text: 'none' },
      failure: { kind: 'access', hint: expect.stringContaining('has a role') },
      calls: 1,
    },
    {
      what: 'gives no keys',
      path: '/role/reader',
      told: { json: { Code: 'Failed' } },
      failure: { kind: 'access', message: 'AWS gives no keys' },
      calls: 1,
    },
    {
      what: 'names a role that is none',
      path: '/role',
      told: { text: '<html>hello</html>' },
      failure: { kind: 'config', message: 'the server that answers names no role of AWS' },
      calls: 1,
    },
    {
      what: 'names a zone that is none',
      path: '/zone',
      told: { text: 'evil.test/a' },
      failure: { kind: 'config', message: 'the server that answers names no zone of AWS' },
      calls: 1,
    },
    {
      what: 'is not ready',
      path: '/zone',
      told: { status: 503, text: '' },
      failure: { kind: 'transient', message: 'the server answered 503' },
      calls: 5,
    },
  ])('fails when the machine $what', async ({ path, told, failure, calls }) => {
    await using server = await cloud({ [path]: told });
    const credentials = await openForTest(fromAws(server.url));
    expect(await failureOf(credentials.token(never))).toMatchObject(failure);
    expect(server.asked.filter((asked) => asked.path === path)).toHaveLength(calls);
  });

  test('is told of a region that is none', async () => {
    const strange = { ...env, AWS_REGION: 'evil.test/' };
    const credentials = await openForTest(fromAws('http://127.0.0.1:1'), { env: strange });
    expect(await failureOf(credentials.token(never))).toMatchObject({
      kind: 'config',
      message: 'AWS_REGION is no region',
    });
  });

  test.each([
    { without: 'region_url', hint: 'Set AWS_REGION, or give credential_source.region_url.' },
    {
      without: 'url',
      hint: 'Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or give credential_source.url.',
    },
  ])('is told what to set without $without', async ({ without, hint }) => {
    await using server = await cloud();
    const json = fromAws(server.url);
    const source = { ...json.credential_source, [without]: undefined };
    const credentials = await openForTest({ ...json, credential_source: source });
    expect(await failureOf(credentials.token(never))).toMatchObject({ kind: 'config', hint });
  });

  test.each([{ environment_id: 'aws2' }, { regional_cred_verification_url: '' }])(
    'is not known with %j',
    async (change) => {
      const json = fromAws('http://127.0.0.1:1');
      const source = { ...json.credential_source, ...change };
      const failure = await failureOf(openForTest({ ...json, credential_source: source }));
      expect(failure).toMatchObject({ kind: 'config', hint: expect.stringContaining('aws1') });
    },
  );
});

/** What Google does with the proof: sends it to AWS, which signs the same and compares. */
function checkProof(asked: Asked | undefined, nowMs: number, region: string): void {
  const { form } = asked!;
  expect(form.get('subject_token_type')).toBe('urn:ietf:params:aws:token-type:aws4_request');
  const proof = JSON.parse(decodeURIComponent(form.get('subject_token') ?? '')) as {
    url: string;
    method: string;
    headers: { key: string; value: string }[];
  };
  const url = `https://sts.${region}.amazonaws.com?Action=GetCallerIdentity&Version=2011-06-15`;
  expect(proof).toMatchObject({ url, method: 'POST' });
  const headers = Object.fromEntries(proof.headers.map(({ key, value }) => [key, value]));
  expect(headers['x-goog-cloud-target-resource']).toBe(audience);
  expect(headers['x-amz-security-token']).toBe('lent');
  expect(headers['authorization']).toContain(
    'SignedHeaders=host;x-amz-date;x-amz-security-token;x-goog-cloud-target-resource,',
  );
  const request = { method: 'POST', url: new URL(url), body: '', service: 'sts', region };
  const signed = { 'x-goog-cloud-target-resource': audience };
  expect(headers).toEqual(signAwsRequest({ ...request, headers: signed, atMs: nowMs }, awsKeys));
}

/** The metadata server of a machine at AWS, and Google's token service. */
async function cloud(changes: Readonly<Record<string, Told>> = {}) {
  const answers: Record<string, Told> = {
    '/session': { text: 'the-session' },
    '/zone': { text: 'us-east-2b' },
    '/role': { text: 'reader' },
    '/role/reader': {
      json: { AccessKeyId: 'AKIA', SecretAccessKey: 'the-aws-secret', Token: 'lent' },
    },
    '/sts': { json: { access_token: 'given', expires_in: 3_600 } },
    ...changes,
  };
  return await fakeServer(({ path }) => answers[path] ?? { status: 400, text: '' });
}

function fromAws(url: string) {
  return {
    type: 'external_account',
    audience,
    subject_token_type: 'urn:ietf:params:aws:token-type:aws4_request',
    token_url: `${url}/sts`,
    credential_source: {
      environment_id: 'aws1',
      region_url: `${url}/zone`,
      url: `${url}/role`,
      imdsv2_session_token_url: `${url}/session`,
      regional_cred_verification_url:
        'https://sts.{region}.amazonaws.com?Action=GetCallerIdentity&Version=2011-06-15',
    },
  };
}
