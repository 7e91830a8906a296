import { Decimal } from '@fairlead/json';
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { describeFailure, type FailureKind, isFailure } from './failure.ts';
import { fetchJson, getJson, type HttpOptions, linkTo, pages, parseRetryAfter } from './http.ts';
import { Secret } from './secret.ts';

describe('an answer with the status', () => {
  test.each<{ status: number; kind: FailureKind; calls: number }>([
    { status: 400, kind: 'config', calls: 1 },
    { status: 401, kind: 'access', calls: 1 },
    { status: 403, kind: 'access', calls: 1 },
    { status: 404, kind: 'config', calls: 1 },
    { status: 407, kind: 'access', calls: 1 },
    { status: 408, kind: 'transient', calls: 5 },
    { status: 410, kind: 'config', calls: 1 },
    { status: 425, kind: 'transient', calls: 5 },
    { status: 429, kind: 'transient', calls: 5 },
    { status: 500, kind: 'transient', calls: 5 },
    { status: 502, kind: 'transient', calls: 5 },
    { status: 503, kind: 'transient', calls: 5 },
    { status: 504, kind: 'transient', calls: 5 },
  ])('$status fails as $kind after $calls calls', async ({ status, kind, calls }) => {
    const api = fake(() => new Response('{"error":"hunter2"}', { status }));
    const failure = await failureOf(getJson('https://x.test/items?key=hunter2', api.options));
    expect(failure).toMatchObject({ kind, where: 'GET https://x.test/items' });
    expect(failure.message).toBe(`the server answered ${status}`);
    expect(api.requests).toHaveLength(calls);
  });

  test('200 after a failure is taken', async () => {
    const answers = [new Response('', { status: 503 }), Response.json({ ok: true })];
    const api = fake(() => answers.shift() ?? new Response());
    expect(await getJson('https://x.test/', api.options)).toEqual({ ok: true });
    expect(api.requests).toHaveLength(2);
  });
});

describe('the wait before another call', () => {
  test('is what the server asks for', async () => {
    const api = fake(() => new Response('', { status: 429, headers: { 'retry-after': '7' } }));
    await failureOf(getJson('https://x.test/', { ...api.options, attempts: 3 }));
    expect(api.waits).toEqual([7_000, 7_000]);
  });

  test.each<[string | null, number | undefined]>([
    [null, undefined],
    ['0', 0],
    [' 120 ', 120_000],
    ['Wed, 21 Oct 2026 07:28:10 GMT', 10_000],
    ['Wed, 21 Oct 2026 07:27:00 GMT', 0],
    ['soon', undefined],
    ['1.5', undefined],
    ['-5', undefined],
    ['', undefined],
  ])('after Retry-After: %s is %s ms', (header, ms) => {
    const now = Date.UTC(2026, 9, 21, 7, 28, 0);
    expect(parseRetryAfter(header, now)).toBe(ms);
  });
});

describe('a body', () => {
  test('keeps the digits of its numbers', async () => {
    const api = fake(() => new Response('{"id":9007199254740993,"price":0.10000000000000000001}'));
    expect(await getJson('https://x.test/', api.options)).toEqual({
      id: 9_007_199_254_740_993n,
      price: new Decimal('0.10000000000000000001'),
    });
  });

  test.each(['', '<html>', '{"a":1', '{"a":hunter2}'])(
    'that is no JSON fails as data, at once: %j',
    async (body) => {
      const api = fake(() => new Response(body));
      const failure = await failureOf(getJson('https://x.test/a', api.options));
      expect(failure.kind).toBe('data');
      expect(failure.where).toMatch(/^GET https:\/\/x\.test\/a, byte \d+$/);
      expect(inspect(failure)).not.toContain('hunter2');
      expect(api.requests).toHaveLength(1);
    },
  );

  test('comes with its headers', async () => {
    const api = fake(() => Response.json([], { headers: { 'x-total': '7' } }));
    const { headers } = await fetchJson('https://x.test/', api.options);
    expect(headers.get('x-total')).toBe('7');
  });
});

describe('a request', () => {
  test('says what it wants, who asks, and what is sent', async () => {
    const api = fake(() => Response.json(1));
    await getJson('https://x.test/', {
      ...api.options,
      method: 'POST',
      body: '{"q":1}',
      bearer: new Secret('hunter2'),
      headers: { 'X-Key': new Secret('hunter3'), 'content-type': 'application/json' },
    });
    const [request] = api.requests;
    expect(request?.method).toBe('POST');
    expect(await request?.text()).toBe('{"q":1}');
    expect(Object.fromEntries(request?.headers ?? [])).toEqual({
      accept: 'application/json',
      authorization: 'Bearer hunter2',
      'content-type': 'application/json',
      'x-key': 'hunter3',
    });
  });

  test.each<[string, Partial<HttpOptions>]>([
    ['https://x.test/', { bearer: new Secret('hunter2\n') }],
    ['https://x.test/', { bearer: 'hunter2\r\nx: y' }],
    ['https://x.test/', { headers: { 'x-key': new Secret('hunter2–') } }],
    ['https://me:hunter2@x.test/', {}],
    ['ftp://x.test/?token=hunter2', {}],
    ['file:///etc/hunter2', {}],
  ])('that cannot be sent to %s fails as config, without its secrets: %#', async (url, more) => {
    const { options, requests } = fake(() => Response.json(1));
    const failure = await failureOf(getJson(url, { ...options, ...more }));
    expect(failure.kind).toBe('config');
    expect(inspect(failure)).not.toContain('hunter2');
    expect(requests).toHaveLength(0);
  });

  test.each([401, 404, 503])('answered with %d shows its secrets nowhere', async (status) => {
    const api = fake(() => new Response('hunter2', { status }));
    const failure = await failureOf(
      getJson('https://x.test/a?token=hunter2', {
        ...api.options,
        bearer: new Secret('hunter2'),
        body: 'hunter2',
        method: 'POST',
        headers: { 'x-key': new Secret('hunter2') },
      }),
    );
    expect(describeFailure(failure)).not.toContain('hunter2');
    expect(inspect(failure)).not.toContain('hunter2');
  });
});

describe('over a real connection', () => {
  test('a server that nobody runs fails as transient, with the code', async () => {
    const server = await serve(() => {});
    await server[Symbol.asyncDispose]();
    const failure = await failureOf(getJson(server.url, real(2)));
    expect(failure).toMatchObject({ kind: 'transient' });
    expect(failure.message).toBe('the connection failed (ECONNREFUSED)');
  });

  test('an answer that is cut off fails as transient', async () => {
    await using server = await serve((_, answer) => {
      answer.writeHead(200, { 'content-length': '100' });
      answer.write('{"a":', () => answer.destroy());
    });
    const failure = await failureOf(getJson(server.url, real(2)));
    expect(failure.kind).toBe('transient');
    expect(server.count).toBe(2);
  });

  test('an answer that never comes fails as transient, after the time that it has', async () => {
    await using server = await serve(() => {});
    const failure = await failureOf(getJson(server.url, { ...real(1), timeoutMs: 20 }));
    expect(failure).toMatchObject({ kind: 'transient', message: 'no answer within 0.02 s' });
  });

  test('a body that never ends has no more time than its beginning', async () => {
    await using server = await serve((_, answer) => void answer.write('['));
    const failure = await failureOf(getJson(server.url, { ...real(1), timeoutMs: 20 }));
    expect(failure).toMatchObject({ kind: 'transient', message: 'no answer within 0.02 s' });
  });

  test('an abort ends the request with its reason', async () => {
    const abort = new AbortController();
    await using server = await serve(() => abort.abort(new Error('enough')));
    await expect(getJson(server.url, { ...real(5), signal: abort.signal })).rejects.toThrow(
      'enough',
    );
    expect(server.count).toBe(1);
  });

  test('a listing is read page by page', async () => {
    await using server = await serve(({ url = '' }, answer) => {
      const page = Number(new URL(url, 'http://x').searchParams.get('page') ?? 1);
      if (page < 3) answer.setHeader('link', `</items?page=${page + 1}>; rel="next"`);
      answer.end(`[${page}]`);
    });
    const bodies: unknown[] = [];
    for await (const body of pages(`${server.url}/items`, linkTo('next'), real(1))) {
      bodies.push(body);
    }
    expect(bodies).toEqual([[1], [2], [3]]);
  });
});

test.each<[string, string | undefined]>([
  ['<https://x.test/2>; rel="next"', 'https://x.test/2'],
  ['<https://x.test/2>; rel=next', 'https://x.test/2'],
  ['<a>; rel="prev", <b>; rel="next"; title="Next, please"', 'b'],
  ['<a>; rel="first next"', 'a'],
  ['<a>;title="x";rel="next"', 'a'],
  ['<a>; REL="next"', 'a'],
  ['<a>; rel="nextish"', undefined],
  ['<a>', undefined],
  ['', undefined],
])('the next page of the link header %s is %s', (header, target) => {
  const headers = new Headers({ link: header });
  expect(linkTo('next')({ body: null, headers })).toBe(target);
});

test('where there is no link header there is no next page', () => {
  expect(linkTo('next')({ body: null, headers: new Headers() })).toBeUndefined();
});

/** An API that answers from memory, and a clock that notes the waits. */
function fake(answer: (request: Request) => Response) {
  const requests: Request[] = [];
  const waits: number[] = [];
  const options: HttpOptions = {
    signal: new AbortController().signal,
    sleep: async (ms) => void waits.push(ms),
    fetch: async (input, init) => {
      const request = new Request(input, init);
      requests.push(request);
      return answer(request);
    },
  };
  return { requests, waits, options };
}

function real(attempts: number): HttpOptions {
  return { signal: new AbortController().signal, attempts, sleep: async () => {} };
}

async function failureOf(promise: Promise<unknown>) {
  try {
    await promise;
  } catch (error) {
    if (isFailure(error)) return error;
    throw error;
  }
  throw new Error('it succeeded');
}

async function serve(handle: RequestListener) {
  let count = 0;
  const server = createServer((request, answer) => {
    count++;
    handle(request, answer);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  return {
    url: `http://127.0.0.1:${port}`,
    get count() {
      return count;
    },
    async [Symbol.asyncDispose]() {
      if (!server.listening) return;
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
