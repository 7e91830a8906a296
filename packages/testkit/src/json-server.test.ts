import { expect, test } from 'vitest';
import { jsonServer } from './json-server.ts';

test('a number is a status with an empty object', async () => {
  await using server = await jsonServer({ '/me': 401 });
  const response = await fetch(`${server.url}/me`);
  expect(response.status).toBe(401);
  expect(await response.json()).toEqual({});
});

test('a list is answered one by one, and its last reply stays', async () => {
  await using server = await jsonServer({ '/x': [503, { body: [1] }, { body: [2] }] });
  const answers = [];
  for (let i = 0; i < 4; i++) answers.push(await (await fetch(`${server.url}/x`)).text());
  expect(answers).toEqual(['{}', '[1]', '[2]', '[2]']);
});

test('a function sees the request', async () => {
  await using server = await jsonServer({
    'POST /echo': ({ method, query, body, headers }) => ({
      status: 201,
      headers: { 'x-seen': 'yes' },
      body: { method, since: query.get('since'), body, agent: headers['user-agent'] },
    }),
  });
  const response = await fetch(`${server.url}/echo?since=7`, {
    method: 'POST',
    body: 'ü',
    headers: { 'user-agent': 'test' },
  });
  expect(response.status).toBe(201);
  expect(response.headers.get('x-seen')).toBe('yes');
  expect(await response.json()).toEqual({
    method: 'POST',
    since: '7',
    body: 'ü',
    agent: 'test',
  });
});

test('requests are kept in order, and unknown paths answer 404', async () => {
  await using server = await jsonServer({ '/a': 200 });
  await fetch(`${server.url}/a?q=1`);
  const missing = await fetch(`${server.url}/constructor`);
  expect(missing.status).toBe(404);
  expect(server.requests.map(({ path }) => path)).toEqual(['/a', '/constructor']);
});

test('a raw body is sent as it is', async () => {
  await using server = await jsonServer({ '/big': { raw: '{"id":9007199254740993}' } });
  expect(await (await fetch(`${server.url}/big`)).text()).toBe('{"id":9007199254740993}');
});

test.each(['drop', 'cut'] as const)('a %s breaks the connection', async (fault) => {
  await using server = await jsonServer({ '/x': { body: { a: 'b'.repeat(100) }, fault } });
  await expect(fetch(`${server.url}/x`).then((response) => response.text())).rejects.toThrow(
    /fetch failed|terminated/,
  );
});

test('an answer waits for what it shall wait for', async () => {
  const order: string[] = [];
  let release = () => {};
  const after = new Promise<void>((resolve) => (release = resolve));
  await using server = await jsonServer({ '/slow': { after }, '/go': 200 });
  const slow = fetch(`${server.url}/slow`).then(() => order.push('slow'));
  await fetch(`${server.url}/go`);
  order.push('go');
  release();
  await slow;
  expect(order).toEqual(['go', 'slow']);
});

test('disposing ends requests that hang', async () => {
  const server = await jsonServer({ '/x': { fault: 'hang' } });
  const hanging = fetch(`${server.url}/x`).then(
    () => 'answered',
    () => 'cut',
  );
  while (server.requests.length === 0) await new Promise((resolve) => setImmediate(resolve));
  await server[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
  expect(await hanging).toBe('cut');
});
