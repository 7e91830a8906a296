import type { Fault } from '@fairlead/fake-fauna';
import { describe, expect, test } from 'vitest';
import { Task } from '../testing/task.ts';
import { databaseOfFoo, deletions, expectSame, fill, foo } from './testing/database.ts';
import { readOnce } from './testing/reading.ts';

const faults: readonly (readonly [string, Fault])[] = [
  ['409', { status: 409 }],
  ['429', { status: 429, headers: { 'retry-after': '1' } }],
  ['500', { status: 500 }],
  ['503 of a server in between', { status: 503, body: '<html>busy</html>' }],
  ['503 time out', { status: 503 }],
  ['540', { status: 540 }],
  ['a connection that is cut', { cut: 'before' }],
  ['an answer that is cut', { cut: 'amid' }],
];

describe.each(['4', '10'] as const)('in FQL v%s', (apiVersion) => {
  test.each(faults)(
    '%s at any request changes nothing of what is told (defect 19)',
    async (_, fault) => {
      const storyWith = async (at: number) => {
        await using fake = await databaseOfFoo();
        fill(fake, 5);
        const task = new Task(fake, foo, { page_size: 2, deletions }, apiVersion);
        await task.run();
        fake.store.delete('foo', 2);
        fake.store.set('foo', 3, { n: 'new' });
        const before = fake.counters.requests;
        if (at > 0) fake.faults.at(at, fault);
        await task.run();
        expect(fake.faults.pending).toBe(0);
        expectSame(task, fake);
        return { story: task.story, requests: fake.counters.requests - before };
      };
      const { story, requests } = await storyWith(0);
      expect(requests).toBeGreaterThan(1);
      for (let at = 1; at <= requests; at++) expect((await storyWith(at)).story).toEqual(story);
    },
  );

  test('a server that goes on failing is told of, with what was read before', async () => {
    await using fake = await databaseOfFoo();
    fill(fake, 5);
    const setup = { port: fake.port, apiVersion, collection: { page_size: 2 }, bindings: [foo] };
    const first = await readOnce({
      ...setup,
      stopped: (event) => {
        if (event.is === 'documents') fake.faults.always({ status: 500 });
        return false;
      },
    });
    expect(first.failure).toMatchObject({
      kind: 'transient',
      where: expect.stringContaining('collection foo'),
    });
    fake.faults.clear();
    const second = await readOnce({ ...setup, state: first.state });
    const refs = [first, second].flatMap(({ rows }) =>
      rows.map((row) => (row as { readonly ref: string }).ref),
    );
    expect(new Set(refs)).toEqual(new Set(['1', '2', '3', '4', '5']));
    expect(second.failure).toBeUndefined();
  });

  test('neither values nor the secret get into the log or a failure (defect 21)', async () => {
    const secret = 'fnSecretOfTheirs';
    await using fake = await databaseOfFoo(0, { secret });
    fill(fake, 3);
    fake.store.set('foo', 4, { name: 'Lovelace' });
    const setup = { port: fake.port, secret, apiVersion, bindings: [foo] };
    const collection = {
      page_size: 1,
      deletions,
      additional_columns: [{ name: 'id', path: ['data', 'name'], type: 'string', required: false }],
    };
    const first = await readOnce({ ...setup, collection });
    fake.store.delete('foo', 4);
    fake.clock.advance(1e10);
    fake.faults.push({ status: 429 }, { status: 500 });
    const second = await readOnce({ ...setup, collection, state: first.state });
    fake.faults.always({ status: 500, description: 'Something went wrong.' });
    const third = await readOnce({ ...setup, collection, state: second.state });
    expect(third.failure).toBeDefined();
    const logged = JSON.stringify([first.log, second.log, third.log, String(third.failure)]);
    expect(logged).toContain('trying again');
    expect(logged).not.toContain('Lovelace');
    expect(logged).not.toContain(secret);
  });
});
