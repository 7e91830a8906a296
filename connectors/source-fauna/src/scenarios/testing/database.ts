import {
  frozenClock,
  startFakeFauna,
  type FakeFauna,
  type FakeFaunaOptions,
  type RequestRecord,
} from '@fairlead/fake-fauna';
import { expect } from 'vitest';
import type { Task } from '../../testing/task.ts';

export const foo = { collection: 'foo', index: 'foo_ts' };
export const deletions = { deletion_mode: 'deleted_field' };

/** A minute in microseconds. */
export const minute = 60_000_000;
/** A day in microseconds. */
export const day = 1440 * minute;

/** A database whose clock stands still, with an empty collection `foo` and its index `foo_ts`. */
export async function databaseOfFoo(
  historyDays: number | null = 30,
  options: FakeFaunaOptions = {},
): Promise<FakeFauna> {
  const fake = await startFakeFauna({ clock: frozenClock(), ...options });
  fake.store.createCollection('foo', { historyDays });
  fake.store.createIndex('foo_ts', { source: 'foo', values: ['ts', 'ref'] });
  return fake;
}

/** Documents 1 to `count` of `foo`, each of a transaction of its own. */
export function fill({ store }: FakeFauna, count: number): void {
  for (let id = 1; id <= count; id++) store.set('foo', id, { id });
}

/** What a request asks for. */
export type Asked = 'now' | 'removals' | 'updates' | 'snapshot' | 'load' | 'feed' | 'other';

type Act = (count: number) => unknown;

/** Has something done before some requests are answered; `count` tells the first of their kind from the next ones. */
export function before(fake: FakeFauna, what: Asked, act: Act): void {
  beforeEach(fake, { [what]: act });
}

/** The same for requests of several kinds. */
export function beforeEach(fake: FakeFauna, acts: Partial<Readonly<Record<Asked, Act>>>): void {
  const counts = new Map<Asked, number>();
  fake.faults.always({
    when: (request) => {
      const what = askedBy(request);
      const count = (counts.get(what) ?? 0) + 1;
      counts.set(what, count);
      acts[what]?.(count);
      return false;
    },
  });
}

/** Has requests that ask for more than so many elements fail with a status. */
export function refuse(fake: FakeFauna, what: Asked, status: number, most: () => number): void {
  fake.faults.always({
    status,
    when: (request) => askedBy(request) === what && sizeOf(request) > most(),
  });
}

/** How many elements a request asks for; 0 when it asks for no page. */
function sizeOf({ body }: Pick<RequestRecord, 'body'>): number {
  return Number(/"(?:size|page_size)":(?:\{"@int":")?(\d+)/.exec(body)?.[1] ?? 0);
}

/** The sizes of the pages of a kind that were asked for. */
export function sizesAsked({ log }: FakeFauna, what: Asked): readonly number[] {
  return log.records.filter((record) => askedBy(record) === what).map(sizeOf);
}

function askedBy({ path, body }: Pick<RequestRecord, 'path' | 'body'>): Asked {
  if (path === '/feed/1') return 'feed';
  if (path === '/query/1') return sizeOf({ body }) > 0 ? 'load' : 'other';
  if (body.includes('"to_micros"')) return 'now';
  if (body.includes('"events":true')) return 'removals';
  if (body.includes('"range"')) return 'updates';
  return body.includes('"documents"') ? 'snapshot' : 'other';
}

/** Finds in the table what is in the collection `foo`, and nothing else. */
export function expectSame({ problems, rows }: Task, { store }: FakeFauna): void {
  expect(problems).toEqual([]);
  const found = [...rows.values()].map(({ ref, ts, ...columns }) => [
    ref,
    { ts, data: columns['data'], ttl: columns['ttl'] },
  ]);
  const expected = store
    .documents('foo')
    .map(({ id, ts, fields: { data = {}, ttl = null } }) => [id, { ts, data, ttl: timeIn(ttl) }]);
  expect(Object.fromEntries(found)).toEqual(Object.fromEntries(expected));
}

function timeIn(ttl: unknown): unknown {
  return typeof ttl === 'object' && ttl !== null && '@ts' in ttl ? ttl['@ts'] : ttl;
}
