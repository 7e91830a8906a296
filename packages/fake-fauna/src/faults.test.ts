import { describe, expect, test } from 'vitest';
import { startFakeFauna } from './fake-fauna.ts';
import { ask, post } from './testing/post.ts';

describe('faults', () => {
  test.each([
    { status: 401, code: 'unauthorized' },
    { status: 403, code: 'permission denied' },
    { status: 409, code: 'contended transaction' },
    { status: 413, code: 'request too large' },
    { status: 429, code: 'too many requests' },
    { status: 440, code: 'processing time limit exceeded' },
    { status: 500, code: 'internal server error' },
    { status: 503, code: 'time out' },
    { status: 540, code: 'operator error' },
  ])('a status of $status has the body of Fauna, once', async ({ status, code }) => {
    await using fake = await startFakeFauna();
    fake.faults.push({ status, headers: { 'x-rate-limited-ops': 'read' } });
    const answer = await post(fake, 1);
    expect(answer).toMatchObject({
      status,
      json: { errors: [{ code, description: expect.any(String) }] },
    });
    expect(answer.headers.get('x-rate-limited-ops')).toBe('read');
    expect(await ask(fake, 1)).toBe(1);
  });

  test('are met in their order, at the request they are for', async () => {
    await using fake = await startFakeFauna();
    fake.faults.at(3, { status: 503, description: 'mine' });
    fake.faults.push({ status: 429, when: ({ body }) => body.includes('later') });
    const statuses: number[] = [];
    for (const query of [1, 2, 3, 4, 'later']) {
      statuses.push((await post(fake, JSON.stringify(query))).status);
    }
    expect(statuses).toEqual([200, 200, 503, 200, 429]);
    expect(fake.faults.pending).toBe(0);
  });

  test.each([
    { name: 'before the answer', fault: { cut: 'before' as const } },
    { name: 'amid the answer', fault: { cut: 'amid' as const } },
  ])('the connection may end $name', async ({ fault }) => {
    await using fake = await startFakeFauna();
    fake.faults.push(fault);
    await expect(post(fake, ['x'.repeat(1000)])).rejects.toThrow(TypeError);
    expect(await ask(fake, 1)).toBe(1);
  });

  test('an answer may be broken, late, or something else', async () => {
    await using fake = await startFakeFauna();
    fake.faults.push({ brokenJson: true }, { body: '<html>', delayMs: 1 });
    await expect(post(fake, 1)).rejects.toThrow(SyntaxError);
    await expect(post(fake, 1)).rejects.toThrow(SyntaxError);
  });

  test('what is written may stay though the answer fails', async () => {
    await using fake = await startFakeFauna();
    fake.faults.push({ status: 500, afterwards: true }, { status: 500 });
    const create = (name: string) => ({ create_collection: { object: { name } } });
    expect((await post(fake, create('stays'))).status).toBe(500);
    expect((await post(fake, create('not'))).status).toBe(500);
    expect(
      await ask(fake, [{ exists: { collection: 'stays' } }, { exists: { collection: 'not' } }]),
    ).toEqual([true, false]);
  });

  test('may last', async () => {
    await using fake = await startFakeFauna();
    fake.faults.always({ status: 503 });
    fake.faults.push({});
    const statuses = [await post(fake, 1), await post(fake, 1), await post(fake, 1)].map(
      ({ status }) => status,
    );
    expect(statuses).toEqual([200, 503, 503]);
    fake.faults.clear();
    expect((await post(fake, 1)).status).toBe(200);
  });
});

describe('what is known of requests', () => {
  test('they are remembered and counted', async () => {
    await using fake = await startFakeFauna({ logLimit: 2 });
    fake.store.createCollection('foo');
    fake.store.set('foo', 1, {});
    await ask(fake, 1);
    await ask(fake, { paginate: { documents: { collection: 'foo' } } });
    await ask(
      fake,
      { get: { ref: { collection: 'foo' }, id: 1 } },
      { headers: { 'x-last-seen-txn': '5' } },
    );
    expect(fake.log.queries).toEqual([
      { paginate: { documents: { collection: 'foo' } } },
      { get: { ref: { collection: 'foo' }, id: 1 } },
    ]);
    const [, last] = fake.log.records;
    expect(last).toMatchObject({
      method: 'POST',
      path: '/',
      status: 200,
      headers: { 'x-last-seen-txn': '5' },
    });
    expect(fake.counters).toMatchObject({ requests: 3, reads: 2, elements: 1, writes: 0 });
    expect(fake.counters.bytesOut).toBeGreaterThan(last?.bytesOut ?? Infinity);
    fake.counters.reset();
    expect(fake.counters.requests).toBe(0);
  });

  test('elements of sets and events of FQL v10 are counted too', async () => {
    await using fake = await startFakeFauna();
    fake.store.createCollection('foo');
    for (let id = 1; id <= 5; id++) fake.store.set('foo', id, {});
    const send = async (path: string, body: unknown) => {
      const headers = { authorization: 'Bearer secret', 'x-format': 'tagged' };
      const options = { method: 'POST', body: JSON.stringify(body), headers };
      return await (await fetch(`${fake.address}${path}`, options)).text();
    };
    await send('/query/1', { query: 'foo.all().paginate(4)' });
    expect(fake.counters.elements).toBe(4);
    await send('/query/1', { query: 'foo.all().take(3)' });
    expect(fake.counters.elements).toBe(7);
    const source = await send('/query/1', { query: 'foo.all().eventSource()' });
    const token = /"@stream":"([^"]+)"/.exec(source)?.[1];
    await send('/feed/1', { token, page_size: 2, start_ts: Date.now() * 1000 - 60_000_000 });
    expect(fake.counters.elements).toBe(9);
  });
});
