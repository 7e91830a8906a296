import { describe, expect, test } from 'vitest';
import { memberOf } from '../discovery/tagged.ts';
import {
  at,
  collection,
  documents,
  exists,
  get,
  now,
  paginate,
  ref,
  toMicros,
} from '../wire/expression.ts';
import { isBelowHistory } from './below-history.ts';
import { isMissing } from './error-kinds.ts';
import { failureOf } from './failure-of.ts';
import { failing, signal, textOf } from './testing/opened.ts';
import { openedFake } from './testing/opened-fake.ts';

const users = collection('users');

describe('a database', () => {
  test('that lags behind shows what was seen before, as it is told of it', async () => {
    await using it = await openedFake({}, { settings: { replicaLagMicros: 60_000_000 } });
    it.fake.store.createCollection('users');
    const ada = it.fake.store.set('users', 1, {});
    const isThere = async () =>
      memberOf(await it.fauna.query(exists(ref(users, '1')), signal), 'resource', '');
    const before = await isThere();
    it.fake.settings.replicaLagMicros = 0;
    expect(await isThere()).toBe(true);
    it.fake.settings.replicaLagMicros = 60_000_000;
    expect(await isThere()).toBe(true);
    expect(before).toBe(false);
    expect(ada).toBeGreaterThan(0);
  });

  test('whose history is too short says from when on it is kept', async () => {
    await using it = await openedFake();
    it.fake.store.createCollection('users', { historyDays: 1 });
    it.fake.store.set('users', 1, {});
    const present = memberOf(await it.fauna.query(toMicros(now()), signal), 'resource', '');
    const error = await failing(
      it.fauna.query(at(1, paginate(documents(users), { size: 1 })), signal),
    );
    expect(isBelowHistory(error)).toEqual({
      requested: 1n,
      least: BigInt(present as number) - 86_400_000_000n - 900_000_000n,
    });
    expect(failureOf(error, 'collection users')).toMatchObject({ kind: 'state' });
  });

  test('without a document says so, in both languages', async () => {
    await using it = await openedFake();
    it.fake.store.createCollection('users');
    expect(isMissing(await failing(it.fauna.query(get(ref(users, '1')), signal)))).toBe(true);
    expect(isMissing(await failing(it.fauna.query(get(ref(collection('x'), '1')), signal)))).toBe(
      true,
    );
    expect(isMissing(await failing(it.fauna.fql('Collection("x")', {}, signal)))).toBe(true);
  });

  test('answers FQL v10 with arguments of all kinds', async () => {
    await using it = await openedFake();
    const values = { a: 1, b: 2n ** 62n, c: 0.5, d: 'x', e: { '@time': '2024-01-01T00:00:00Z' } };
    const answer = await it.fauna.fql('[a, b, c, d, e]', values, signal);
    expect(memberOf(answer, 'data', '')).toEqual([
      { '@int': '1' },
      { '@long': '4611686018427387904' },
      { '@double': '0.5' },
      'x',
      { '@time': '2024-01-01T00:00:00Z' },
    ]);
  });

  test('tells of events', async () => {
    await using it = await openedFake();
    it.fake.store.createCollection('users', { historyDays: 1 });
    const source = await it.fauna.fql('Collection("users").all().eventSource()', {}, signal);
    const token = (memberOf(source, 'data', '') as Record<string, string>)['@stream'] ?? '';
    it.fake.store.set('users', 1, { name: 'Ada' });
    const events = textOf(await it.fauna.feed(token, { pageSize: 10 }, signal));
    expect(JSON.parse(events)).toMatchObject({ events: [{ type: 'add' }], has_next: false });
  });

  test('is there', async () => {
    await using it = await openedFake();
    await it.fauna.ping(signal);
    expect(it.fake.counters.requests).toBe(1);
  });

  test.each([
    ['has failed once', { status: 503 }, 1],
    ['has cut the connection', { cut: 'before' }, 1],
    ['has cut its answer', { cut: 'amid' }, 1],
    ['has sent half an answer', { brokenJson: true }, 1],
    ['was contended for', { status: 409 }, 1],
    ['asked for less', { status: 429 }, 1],
  ] as const)('is asked again when it %s', async (_what, fault, waits) => {
    await using it = await openedFake();
    it.fake.faults.push(fault);
    expect(textOf(await it.fauna.query(now(), signal))).toContain('@ts');
    expect(it.waits).toHaveLength(waits);
  });
});
