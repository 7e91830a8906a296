import fc from 'fast-check';
import { expect, test } from 'vitest';
import { nameKey } from './names/name-key.ts';
import { DirectDatabase, type DirectWrite } from './direct-database.ts';
import type { Field } from './protocol/document.gen.ts';
import { everything } from './query/name-bounds.ts';
import { documentsOf } from './query/run-plan.ts';
import { Store } from './store/store.ts';
import { fewIds } from './testing/arbitraries.ts';
import { frozenClock } from './time/clock.ts';
import { toFields } from './values/to-value.ts';

const name = 'projects/demo/databases/(default)';
const retention = { retentionMs: 3_600_000, pointInTimeRecovery: false };

function database(clock = frozenClock()) {
  const store = new Store(clock, retention);
  return { store, direct: new DirectDatabase(store, name), clock };
}

const paths = fc
  .array(fewIds, { minLength: 2, maxLength: 4 })
  .map((parts) => parts.slice(0, parts.length & ~1).join('/'))
  // An id that stands for a number may only be that of a document.
  .filter((path) => !path.split('/').some((part, index) => index % 2 === 0 && part === '__id1__'));

const writes: fc.Arbitrary<DirectWrite> = fc.oneof(
  fc.record({ set: paths, fields: fc.record({ n: fc.nat(2) }) }),
  fc.record({ update: paths, fields: fc.record({ m: fc.nat(2) }) }),
  fc.record({ delete: paths }),
);

test('a read of any instant sees the commits up to it and no other', () => {
  fc.assert(
    fc.property(
      fc.array(fc.array(writes, { minLength: 1, maxLength: 4 }), { maxLength: 30 }),
      (commits) => {
        const { direct } = database();
        direct.synthesise({ collection: 'a', count: 3, ids: 'number' });
        const replay = new Map<string, string>(
          [...direct.model()].map(([path]) => [path, 'synthetic']),
        );
        const pasts = [{ at: direct.now(), replay: new Map(replay) }];
        for (const commit of commits) {
          const at = direct.commit(...commit);
          for (const write of commit) step(replay, write);
          pasts.push({ at, replay: new Map(replay) });
        }
        for (const past of pasts) {
          const model = direct.model(past.at);
          const expected = [...past.replay.keys()].sort((a, b) =>
            nameKey(a) < nameKey(b) ? -1 : 1,
          );
          expect([...model.keys()]).toEqual(expected);
          for (const [path, fields] of past.replay) {
            expect(direct.read(path, past.at)).toEqual(model.get(path));
            if (fields !== 'synthetic') expect(inShort(model.get(path)!.fields)).toBe(fields);
          }
        }
      },
    ),
    { numRuns: 60 },
  );
});

test('a scan does not see what is committed while it runs', () => {
  fc.assert(
    fc.property(
      fc.array(paths, { maxLength: 20 }),
      fc.array(fc.tuple(fc.nat(5), writes), { maxLength: 20 }),
      (there, meanwhile) => {
        const { direct, store } = database();
        direct.synthesise({ collection: 'a', count: 5, ids: 'number' });
        for (const path of there) direct.set(path, {});
        const at = direct.now();
        const expected = [...direct.model(at).keys()];
        const seen: string[] = [];
        const scan = documentsOf(store.database(name).scan(everything, at));
        for (const { path } of scan) {
          seen.push(path);
          for (const [turn, write] of meanwhile) if (turn === seen.length) direct.commit(write);
        }
        expect(seen).toEqual(expected);
      },
    ),
  );
});

test('commit times grow although the clock stands still or goes back', () => {
  const { direct, clock } = database();
  const times: number[] = [];
  for (const ms of [0, 0, -1000, 5, -3]) {
    clock.advance(ms);
    times.push(direct.set('a/b', { ms }), direct.now());
  }
  const grows = times.every((time, index) => index === 0 || time >= times[index - 1]!);
  expect(grows).toBe(true);
  expect(new Set(times.filter((_, index) => index % 2 === 0)).size).toBe(5);
});

test('versions older than the retention are forgotten, but not the one that is still seen', () => {
  const { direct, store, clock } = database();
  direct.set('a/b', { n: 1 });
  clock.advance(10_000);
  const seen = direct.set('a/b', { n: 2 });
  clock.advance(3_600_000);
  direct.set('a/b', { n: 3 });
  expect(direct.read('a/b', store.horizon())?.updatedAt).toBe(seen);
  expect(() => store.checkReadTime(store.horizon() - 1)).toThrow('too old');
});

test('a synthetic document keeps its create time when it is changed, and gets another when it is made anew', () => {
  const { direct } = database();
  const shape = direct.synthesise({ collection: 'a', count: 10 });
  const [first, second] = [shape.path(3), shape.path(4)];
  const changed = direct.update(first, { score: 1 });
  direct.delete(second);
  const made = direct.set(second, {});
  expect(direct.read(first)).toMatchObject({ createdAt: shape.createdAt, updatedAt: changed });
  expect(direct.read(second)).toMatchObject({ createdAt: made, updatedAt: made });
  expect(direct.read(first, shape.createdAt)?.updatedAt).toBe(shape.createdAt);
  expect(direct.model().size).toBe(10);
});

test.each([
  { what: 'a path of odd length', path: 'a', says: 'names no document' },
  { what: 'an empty part', path: 'a//b/c', says: 'no empty part' },
  { what: 'a reserved collection', path: '__a__/b', says: 'is reserved' },
  { what: 'an id of two dots', path: 'a/..', says: 'may not be' },
  { what: 'an id that is too long', path: `a/${'é'.repeat(751)}`, says: '1,500 bytes' },
  {
    what: 'a name that is too long',
    path: Array.from({ length: 8 }, () => 'x'.repeat(1000)).join('/'),
    says: '6 KiB',
  },
  {
    what: 'too many collections',
    path: Array.from({ length: 202 }, () => 'x').join('/'),
    says: '100 collections',
  },
])('a document is not written under $what', ({ path, says }) => {
  const { direct } = database();
  expect(() => direct.set(path, {})).toThrow(says);
  expect(direct.model().size).toBe(0);
});

test('a commit that fails leaves nothing', () => {
  const { direct } = database();
  expect(() =>
    direct.commit({ set: 'a/b', fields: {} }, { set: 'a/c', fields: { __x__: 1 } }),
  ).toThrow('reserved');
  expect(direct.model().size).toBe(0);
});

function step(replay: Map<string, string>, write: DirectWrite): void {
  if ('delete' in write) replay.delete(write.delete);
  else if ('set' in write) replay.set(write.set, inShort(toFields(write.fields)));
  else {
    const now = replay.get(write.update) ?? '';
    const others = now.split(' ').filter((part) => part !== '' && !part.startsWith('m='));
    const parts = [...others, ...inShort(toFields(write.fields)).split(' ')];
    replay.set(write.update, parts.sort().join(' '));
  }
}

/** Fields as `m=1 n=2`. */
function inShort(fields: readonly Field[]): string {
  return fields
    .map(({ key, value }) => `${key}=${String(value?.type.value)}`)
    .sort()
    .join(' ');
}
