import { describe, expect, test } from 'vitest';
import { fakeServer, type Told } from './testing/fake-server.ts';
import { failureOf, never, openForTest, world } from './testing/open-for-test.ts';

const base = '/computeMetadata/v1';
const account = `${base}/instance/service-accounts/default`;

describe('a machine at Google', () => {
  test('has the tokens, the project and the address of its service account', async () => {
    await using server = await machine();
    const scopes = ['https://a.test/x', 'https://a.test/y'];
    const credentials = await openForTest(undefined, { env: at(server.host), scopes });
    expect(credentials).toMatchObject({
      kind: 'metadata_server',
      projectId: 'machine-project',
      principal: 'machine@machine-project.iam.gserviceaccount.com',
      universeDomain: 'cloud.test',
    });
    expect(await credentials.token(never)).toBe('given');
    const asked = server.asked.at(-1)!;
    expect(asked).toMatchObject({ method: 'GET', path: `${account}/token` });
    expect(asked.query.get('scopes')).toBe(scopes.join(','));
    expect(server.asked.every(({ headers }) => headers['metadata-flavor'] === 'Google')).toBe(true);
  });

  test('may be without a service account, and of a time before universes', async () => {
    await using server = await machine({
      [`${account}/email`]: { status: 404, text: '' },
      [`${base}/universe/universe-domain`]: { status: 404, text: '' },
      [`${account}/token`]: { status: 404, text: '' },
    });
    const credentials = await openForTest(undefined, { env: at(server.host) });
    expect(credentials.universeDomain).toBe('googleapis.com');
    expect(credentials.principal).toBeUndefined();
    expect(await failureOf(credentials.token(never))).toMatchObject({
      kind: 'access',
      message: 'the metadata server knows no service account of this machine (404)',
      hint: 'Give the machine a service account, or give credentials.',
    });
  });

  test('is in the project and at the charge of what the environment says', async () => {
    await using server = await machine();
    const env = { ...at(server.host), GCLOUD_PROJECT: 'mine', GOOGLE_CLOUD_QUOTA_PROJECT: 'payer' };
    const credentials = await openForTest(undefined, { env });
    expect(credentials).toMatchObject({ projectId: 'mine', quotaProject: 'payer' });
  });

  test('is waited for where it was named', async () => {
    const told: Told[] = [
      { status: 503, text: '' },
      { status: 503, text: '' },
    ];
    await using server = await machine({}, told);
    const here = world();
    const env = { GCE_METADATA_HOST: `http://${server.host}` };
    expect((await openForTest(undefined, { env, world: here })).projectId).toBe('machine-project');
    expect(here.waits).toEqual([250, 500]);
  });

  test.each([
    {
      what: 'is none',
      told: { text: 'hello', headers: { 'metadata-flavor': 'Other' } },
      failure: {
        kind: 'config',
        message: 'the server that answers is no metadata server of Google',
        hint: 'Check GCE_METADATA_HOST, or give credentials.',
      },
    },
    { what: 'fails', told: { status: 500, text: '' }, failure: { kind: 'transient' } },
  ])('that was named and $what is told of', async ({ told, failure }) => {
    await using server = await machine({ [`${base}/project/project-id`]: told });
    const opening = openForTest(undefined, { env: at(server.host) });
    expect(await failureOf(opening)).toMatchObject(failure);
  });
});

describe('elsewhere', () => {
  test.each([
    { what: 'nothing answers', fetch: () => Promise.reject(new TypeError('fetch failed')) },
    { what: 'AWS answers', fetch: async () => new Response('', { status: 401 }) },
    { what: 'a router answers', fetch: async () => new Response('<html>') },
  ])('$what, and the failure says where was looked', async ({ fetch }) => {
    const env = { HOME: '/nowhere' };
    const failure = await failureOf(openForTest(undefined, { env, fetch, platform: 'linux' }));
    expect(failure).toMatchObject({
      kind: 'config',
      message:
        'there are no Google credentials: GOOGLE_APPLICATION_CREDENTIALS is not set, gcloud left no file in /nowhere/.config/gcloud, no metadata server answers at 169.254.169.254',
      hint: 'Give the JSON of a service account key, or run: gcloud auth application-default login',
    });
  });

  test('nobody is asked when the environment says so', async () => {
    let asked = 0;
    const fetch = async () => {
      asked++;
      return new Response();
    };
    await failureOf(openForTest(undefined, { env: { NO_GCE_CHECK: 'true' }, fetch }));
    expect(asked).toBe(0);
  });

  test.each(['K_SERVICE', 'CLOUD_RUN_JOB', 'FUNCTION_NAME', 'GAE_SERVICE'])(
    'silence passes, where %s says that this is Google',
    async (name) => {
      const fetch = () => Promise.reject(new TypeError('fetch failed'));
      const failure = await failureOf(openForTest(undefined, { env: { [name]: 'x' }, fetch }));
      expect(failure.kind).toBe('transient');
    },
  );

  test('the search ends when it is aborted', async () => {
    const stop = new AbortController();
    const reason = new Error('stop');
    await using server = await fakeServer(() => {
      stop.abort(reason);
      return undefined;
    });
    const opening = openForTest(undefined, { env: at(server.host), signal: stop.signal });
    await expect(opening).rejects.toBe(reason);
  });
});

function at(host: string) {
  return { GCE_METADATA_HOST: host };
}

async function machine(changes: Readonly<Record<string, Told>> = {}, before: Told[] = []) {
  const answers: Record<string, Told> = {
    [`${base}/project/project-id`]: { text: 'machine-project' },
    [`${account}/email`]: { text: 'machine@machine-project.iam.gserviceaccount.com\n' },
    [`${base}/universe/universe-domain`]: { text: 'cloud.test' },
    [`${account}/token`]: { json: { access_token: 'given', expires_in: 3_000 } },
    ...changes,
  };
  return await fakeServer(({ path }) => {
    const first = before.shift();
    if (first !== undefined) return first;
    const told = answers[path] ?? { status: 400, text: '' };
    return { ...told, headers: { 'metadata-flavor': 'Google', ...told.headers } };
  });
}
