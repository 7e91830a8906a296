import { describe, expect, test } from 'vitest';
import { beforeEach, databaseOfFoo, deletions, fill, minute } from './testing/database.ts';
import { readOnce } from './testing/reading.ts';

const setup = { collection: { deletions, page_size: 2 }, isSnapshot: true };
const bindings = [{ collection: 'foo', index: 'foo_ts' }];

/** What of a story is told of documents, by their ids. */
function ids(story: readonly string[]): string[] {
  return story.flatMap((line) => /^(?:row|delete) foo (\d+)/.exec(line)?.[0] ?? []);
}

describe.each(['4', '10'] as const)('a full refresh in FQL v%s', (apiVersion) => {
  test('has each document once, as it was when it began, and no deletions', async () => {
    await using fake = await databaseOfFoo();
    fill(fake, 6);
    beforeEach(fake, {
      [apiVersion === '4' ? 'snapshot' : 'load']: (count: number) => {
        if (count !== 2) return;
        fake.clock.advance(6 * minute);
        fake.store.set('foo', 1, { changed: true });
        fake.store.delete('foo', 6);
        fake.store.set('foo', 7, {});
      },
    });
    const { story, state } = await readOnce({ ...setup, apiVersion, bindings, port: fake.port });
    expect(ids(story)).toEqual([1, 2, 3, 4, 5, 6].map((id) => `row foo ${id}`));
    expect(state).toMatchObject({
      foo:
        apiVersion === '4'
          ? { full_sync_cursor: { done: true } }
          : { feed_cursor: { loaded: true } },
    });
  });

  test('that is done says so, and is not done again from there', async () => {
    await using fake = await databaseOfFoo();
    fill(fake, 2);
    const first = await readOnce({ ...setup, apiVersion, bindings, port: fake.port });
    expect(ids(first.story)).toEqual(['row foo 1', 'row foo 2']);
    fake.store.delete('foo', 1);
    const { state } = first;
    const again = await readOnce({ ...setup, apiVersion, bindings, port: fake.port, state });
    expect(again).toMatchObject({ story: [], state });
    const anew = await readOnce({ ...setup, apiVersion, bindings, port: fake.port });
    expect(ids(anew.story)).toEqual(['row foo 2']);
  });

  test('goes on where it was interrupted', async () => {
    await using fake = await databaseOfFoo();
    fill(fake, 6);
    let checkpoints = 0;
    const first = await readOnce({
      ...setup,
      apiVersion,
      bindings,
      port: fake.port,
      stopped: ({ is }) => is === 'checkpoint' && ++checkpoints === 2,
    });
    expect(ids(first.story)).toEqual([1, 2, 3, 4].map((id) => `row foo ${id}`));
    const { state } = first;
    const rest = await readOnce({ ...setup, apiVersion, bindings, port: fake.port, state });
    expect(rest.story).not.toContain('begins foo');
    expect(ids(rest.story)).toEqual(['row foo 5', 'row foo 6']);
  });

  test('of a collection that looks empty as the key may not read it is none', async () => {
    await using fake = await databaseOfFoo(30, { secrets: { reader: { indexes: ['*'] } } });
    fill(fake, 3);
    const reading = { ...setup, apiVersion, bindings, port: fake.port, secret: 'reader' };
    const refused = await readOnce(reading);
    expect(refused.failure).toMatchObject({ kind: 'access', where: 'collection foo' });
    expect(refused).toMatchObject({ story: [], states: [] });
    fake.secrets.set('reader', { read: ['foo'], indexes: ['*'] });
    const { story } = await readOnce({ ...reading, state: refused.state });
    expect(ids(story)).toEqual([1, 2, 3].map((id) => `row foo ${id}`));
  });

  test('of a collection that is empty says so', async () => {
    await using fake = await databaseOfFoo(30, { secrets: { reader: { read: ['foo'] } } });
    const { port } = fake;
    const { story, failure } = await readOnce({
      ...setup,
      apiVersion,
      bindings,
      port,
      secret: 'reader',
    });
    expect({ story, failure }).toEqual({ story: ['begins foo', 'ends foo'], failure: undefined });
    if (apiVersion === '10') expect(fake.log.records.map(({ path }) => path)).not.toContain('/');
  });
});
