import { connect, describeFailure, isFailure, silentLog } from '@fairlead/sdk';
import { describe, expect, test } from 'vitest';
import { bugzilla } from './source.ts';
import { someProducts } from './testing/products.ts';
import { settingsOf } from './testing/reading.ts';
import { refusal, Tracker, type TrackerOptions } from './testing/tracker.ts';

describe('a check', () => {
  test('asks one thing, and no bug', async () => {
    await using tracker = await Tracker.start({ bugs: 10 });
    await check(tracker);
    expect(tracker.requests.map(({ path }) => path)).toEqual(['/rest/whoami']);
  });

  test('needs no key', async () => {
    await using tracker = await Tracker.start();
    await connect(bugzilla, { url: tracker.url }).check(scope());
    expect(tracker.requests.map(({ path }) => path)).toEqual(['/rest/version']);
  });

  test('takes an address with a slash at its end', async () => {
    await using tracker = await Tracker.start();
    await check(tracker, { url: `${tracker.url}/` });
  });

  test('passes with products that are there, and names those that are not', async () => {
    await using tracker = await Tracker.start({ products: someProducts });
    await check(tracker, { products: ['Core', 'Fire & Fox'] });
    const wrong = check(tracker, { products: ['Core', 'firefox', 'Moon'] });
    await expect(wrong).rejects.toMatchObject({
      kind: 'config',
      message: 'there is no product firefox, Moon that you may see',
    });
  });

  test('fails with a server that does not look at the key, as it would show less', async () => {
    await using tracker = await Tracker.start({ ignoresKeys: true });
    await expect(check(tracker)).rejects.toMatchObject({
      kind: 'access',
      where: 'GET /whoami, error 410',
      hint: expect.stringContaining('takes none in a header'),
    });
  });
});

describe('a refusal', () => {
  test('of the key is one of access, though its status says otherwise', async () => {
    await using tracker = await Tracker.start({ apiKey: 'another' });
    const failure = await failureOf(tracker);
    expect(failure).toBe(
      'access: GET /whoami, error 306: Bugzilla refuses this: The API key you specified is invalid. Check the API key and its rights.',
    );
  });

  test.each<{ what: string; answer: TrackerOptions['instead']; kind: string }>([
    { what: 'a login', answer: () => refusal(401, 410, 'You must log in.'), kind: 'access' },
    { what: 'a right', answer: () => refusal(401, 102, 'No.'), kind: 'access' },
    { what: 'a parameter', answer: () => refusal(400, 53, 'No.'), kind: 'config' },
    { what: 'a path', answer: () => ({ status: 404, raw: '<html>' }), kind: 'config' },
    { what: 'a host', answer: () => ({ status: 403, raw: '<html>' }), kind: 'access' },
    { what: 'JSON', answer: () => ({ raw: '<html>' }), kind: 'data' },
    { what: 'with success', answer: () => refusal(200, 53, 'No.'), kind: 'data' },
  ])('($what) is a failure of kind $kind', async ({ answer, kind }) => {
    await using tracker = await Tracker.start(answer === undefined ? {} : { instead: answer });
    expect(await failureOf(tracker, { products: ['Core'] })).toMatch(new RegExp(`^${kind}: `));
  });

  test('for too many requests, which is answered as a bad one, is waited out', async () => {
    let tooMany = 1;
    await using tracker = await Tracker.start({
      instead: () => {
        if (tooMany-- <= 0) return undefined;
        return { ...refusal(400, 32_000, 'Too fast.'), headers: { 'retry-after': '0' } };
      },
    });
    await check(tracker);
    expect(tracker.requests).toHaveLength(2);
  });

  test('for being busy is waited out', async () => {
    let busy = 2;
    await using tracker = await Tracker.start({
      instead: () =>
        busy-- > 0
          ? { status: 429, headers: { 'retry-after': '0' }, body: { error: true } }
          : undefined,
    });
    await check(tracker);
    expect(tracker.requests).toHaveLength(3);
  });
});

function check(tracker: Tracker, more: object = {}): Promise<void> {
  return connect(bugzilla, settingsOf(tracker, more)).check(scope());
}

function scope() {
  return { signal: new AbortController().signal, log: silentLog };
}

/** How a check fails: its kind, and its one line. */
async function failureOf(tracker: Tracker, more: object = {}): Promise<string> {
  const error: unknown = await check(tracker, more).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  return isFailure(error) ? `${error.kind}: ${describeFailure(error)}` : String(error);
}
