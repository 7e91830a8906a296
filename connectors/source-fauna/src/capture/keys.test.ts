import { createLog, type Failure } from '@fairlead/sdk';
import { frozenClock, startFakeFauna, type FakeFauna } from '@fairlead/fake-fauna';
import { describe, expect, test } from 'vitest';
import { databaseOfFoo, fill, minute } from '../scenarios/testing/database.ts';
import { connected } from '../testing/connected.ts';

/** The keys that the source tells of `foo`, and what it logs. */
async function keysOf(
  { port, secret }: Pick<FakeFauna, 'port' | 'secret'>,
  apiVersion: '4' | '10',
  collection: object = {},
) {
  const lines: string[] = [];
  const source = connected({ port, secret, apiVersion, collection });
  const keys: string[] = [];
  const batches = source.keys({
    binding: { stream: 'foo', stateKey: 'foo', resource: { collection: 'foo' } },
    signal: new AbortController().signal,
    log: createLog((level, message) => void lines.push(`${level} ${message}`)),
  });
  for await (const { bytes } of batches) {
    keys.push(...Buffer.from(bytes).toString().split('\n').slice(0, -1));
  }
  return { keys, lines };
}

describe.each(['4', '10'] as const)('in FQL v%s', (version) => {
  test('keys are those of the documents that are there, in order', async () => {
    await using fake = await databaseOfFoo();
    fill(fake, 25);
    fake.store.delete('foo', 7);
    const ids = Array.from({ length: 25 }, (_, i) => i + 1).filter((id) => id !== 7);
    const { keys } = await keysOf(fake, version, { page_size: 4 });
    expect(keys).toEqual(ids.map((id) => `["${id}"]`));
    expect(fake.log.records.every(({ body }) => !body.includes('"data"'))).toBe(true);
  });

  test('a collection without documents has none', async () => {
    await using fake = await databaseOfFoo();
    expect((await keysOf(fake, version)).keys).toEqual([]);
  });

  test('a collection that is not there fails in plain words', async () => {
    await using fake = await databaseOfFoo();
    fake.store.deleteCollection('foo');
    const failure: Failure = await keysOf(fake, version).then(
      () => expect.fail('it has keys'),
      (error: Failure) => error,
    );
    expect(failure).toMatchObject({ kind: 'config', where: expect.stringContaining('foo') });
  });

  test('a collection that looks empty to a key without the right fails', async () => {
    await using fake = await databaseOfFoo(30, { secrets: { reader: { read: [] } } });
    fill(fake, 3);
    await expect(keysOf({ port: fake.port, secret: 'reader' }, version)).rejects.toMatchObject({
      kind: 'access',
    });
  });
});

test('what is left when the instant is forgotten is told as it is later', async () => {
  await using fake = await startFakeFauna({ clock: frozenClock() });
  const count = 25_000;
  fake.store.synthesise({ collection: 'foo', count, bytes: 20 });
  let isLater = false;
  fake.faults.always({
    when: ({ body }) => {
      if (body.includes('"after"') && !isLater) fake.clock.advance(60 * minute);
      isLater ||= body.includes('"after"');
      return false;
    },
  });
  const { keys, lines } = await keysOf(fake, '4');
  expect(new Set(keys).size).toBe(count);
  expect(keys).toHaveLength(count);
  expect(lines).toEqual([
    'warn the instant at which it is read is forgotten by the database: it goes on later',
  ]);
});
