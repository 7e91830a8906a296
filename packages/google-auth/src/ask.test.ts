import { Failure } from '@fairlead/sdk';
import { describe, expect, test } from 'vitest';
import { ask, type Question } from './ask.ts';
import { surroundings } from './surroundings.ts';
import { fakeServer, type Told } from './testing/fake-server.ts';
import { failureOf, never } from './testing/open-for-test.ts';

const quick = { random: () => 0, sleep: async () => {} };
const question = (url: string, more: Partial<Question> = {}): Question => ({
  url,
  signal: never,
  refused: ({ status, code, reason, words, where }) =>
    new Failure('access', [status, code, reason, words].join('|'), { where }),
  ...more,
});

describe('an answer', () => {
  test.each([408, 425, 429, 500, 502, 503, 504])('of %i is tried again', async (status) => {
    const told: Told[] = [{ status, text: '' }, { status, text: '' }, { text: 'yes' }];
    await using server = await fakeServer(() => told.shift());
    const answer = await ask(question(server.url), surroundings(quick));
    expect(answer).toMatchObject({ text: 'yes', where: `POST ${server.url}/` });
    expect(server.asked).toHaveLength(3);
  });

  test.each([301, 302, 307, 308, 400, 401, 403, 404, 409, 413])(
    'of %i never is',
    async (status) => {
      await using server = await fakeServer(() => ({
        status,
        text: '',
        headers: { location: '/x' },
      }));
      expect((await failureOf(ask(question(server.url), surroundings(quick)))).kind).toBe('access');
      expect(server.asked).toHaveLength(1);
    },
  );

  test.each<{ what: string; json: unknown; read: string }>([
    {
      what: 'OAuth',
      json: { error: 'invalid_grant', error_description: 'Bad\n  Request' },
      read: '400|invalid_grant||Bad Request',
    },
    {
      what: 'an API',
      json: {
        error: {
          code: 403,
          status: 'PERMISSION_DENIED',
          message: 'Permission denied.',
          details: [{ '@type': 'x' }, { reason: 'IAM_PERMISSION_DENIED' }],
        },
      },
      read: '400|PERMISSION_DENIED|IAM_PERMISSION_DENIED|Permission denied.',
    },
    { what: 'neither', json: ['no'], read: '400|||' },
    {
      what: 'strange types',
      json: { error: { status: 1, message: {}, details: 2 } },
      read: '400|||',
    },
    { what: 'a code that is none', json: { error: 'a b' }, read: '400|||' },
  ])('that refuses is read in the form of $what', async ({ json, read }) => {
    await using server = await fakeServer(() => ({ status: 400, json }));
    const failure = await failureOf(ask(question(server.url), surroundings(quick)));
    expect(failure.message).toBe(read);
  });

  test('that repeats what it was told is cleaned of it', async () => {
    await using server = await fakeServer(({ body }) => ({
      status: 400,
      json: { error: 'invalid_request', error_description: `got ${body} and ${'x1'.repeat(20)}` },
    }));
    const more = { body: 'a hunter2 b hunter2longer', secrets: ['hunter2', 'hunter2longer'] };
    const failure = await failureOf(ask(question(server.url, more), surroundings(quick)));
    expect(failure.message).toBe('400|invalid_request||got a … b … and …');
  });
});

describe('a connection', () => {
  test('that cannot be made is tried again, and fails in passing', async () => {
    await using server = await fakeServer(() => undefined);
    const { url } = server;
    await server[Symbol.asyncDispose]();
    const waits: number[] = [];
    const around = surroundings({ ...quick, sleep: async (ms) => void waits.push(ms) });
    expect(await failureOf(ask(question(url, { attempts: 3 }), around))).toMatchObject({
      kind: 'transient',
      message: 'the connection failed (ECONNREFUSED)',
      where: `POST ${url}/`,
    });
    expect(waits).toEqual([250, 500]);
  });

  test('on which nothing comes is given up', async () => {
    await using server = await fakeServer(() => undefined);
    const more = { timeoutMs: 30, attempts: 1 };
    expect(await failureOf(ask(question(server.url, more), surroundings(quick)))).toMatchObject({
      kind: 'transient',
      message: 'no answer within 0.03 s',
    });
  });

  test('ends when it is aborted, with the reason of the signal', async () => {
    const stop = new AbortController();
    const reason = new Error('stop');
    await using server = await fakeServer(() => {
      stop.abort(reason);
      return undefined;
    });
    const asking = ask(
      question(server.url, { signal: stop.signal, attempts: 1 }),
      surroundings(quick),
    );
    await expect(asking).rejects.toBe(reason);
  });
});

describe('an address', () => {
  test.each([
    { url: 'here', message: 'the credentials hold an address that is none' },
    { url: 'file:///etc/passwd', message: 'an address must begin with https://' },
    { url: 'https://me:hunter2@x.test/', message: 'an address must not hold a user or a password' },
    { url: 'http://x.test/', message: 'what would be sent to x.test must not go unencrypted' },
    { url: 'http://127.0.0.1.x.test/', message: /must not go unencrypted$/ },
    { url: 'http://169.254.169.254/', message: /must not go unencrypted$/ },
  ])('such as $url is not asked', async ({ url, message }) => {
    const fetch = () => Promise.reject(new Error('it was asked'));
    const failure = await failureOf(ask(question(url), surroundings({ ...quick, fetch })));
    expect(failure.kind).toBe('config');
    expect(failure.message).toMatch(message);
  });

  test.each([
    { url: 'https://x.test/' },
    { url: 'http://localhost:1/' },
    { url: 'http://127.0.0.1:1/' },
    { url: 'http://[::1]:1/' },
    { url: 'http://169.254.169.254/', mayBePlain: true },
  ])('such as $url is asked', async ({ url, ...more }) => {
    const fetch = async () => new Response('yes');
    const answer = await ask(question(url, more), surroundings({ ...quick, fetch }));
    expect(answer.text).toBe('yes');
  });

  test('is shown without its query', async () => {
    const fetch = async () => new Response('', { status: 400 });
    const asking = ask(question('https://x.test/a?b=hunter2#c'), surroundings({ ...quick, fetch }));
    expect((await failureOf(asking)).where).toBe('POST https://x.test/a');
  });

  test.each([{ 'x-a': 'hunter2\nb' }, { 'x a': 'hunter2' }, { 'x-a': 'hunter2ß…' }])(
    'is not asked with headers such as %j',
    async (headers) => {
      const fetch = () => Promise.reject(new Error('it was asked'));
      const asking = ask(
        question('https://x.test', { headers }),
        surroundings({ ...quick, fetch }),
      );
      const failure = await failureOf(asking);
      expect(failure).toMatchObject({ kind: 'config', where: 'POST https://x.test/' });
      expect(String(failure)).not.toContain('hunter2');
    },
  );
});
