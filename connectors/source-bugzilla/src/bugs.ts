import { Failure, stream } from '@fairlead/sdk';
import { z } from 'zod';
import { apiTime, ask, type Asked } from './ask.ts';
import { isAfter, isAt, type Place, placeAfter } from './place.ts';
import { Config } from './settings.ts';

const Time = z.iso.datetime({ precision: 0 });

/** What is asked of a bug, and so what its row has. A member that is added here becomes a column. */
const Bug = z.object({
  id: z.int(),
  summary: z.string(),
  status: z.string(),
  resolution: z.string(),
  product: z.string(),
  component: z.string(),
  severity: z.string(),
  priority: z.string(),
  creator: z.string(),
  assigned_to: z.string(),
  creation_time: Time,
  last_change_time: Time,
});
type Bug = z.infer<typeof Bug>;

/**
 * Bugs, oldest change first. A bug that changes moves to the end of this order, so whoever reads on
 * from the last bug that they have seen misses nothing, however many change meanwhile.
 *
 * The cursor is such a place, taken from the bugs themselves. It stays behind the present: a change
 * is seen only after its transaction, which may last a while, and then has the time at which that
 * began. So bugs that changed in the last minutes are read, and read again by the next run.
 */
export const bugs = stream(Config, {
  name: 'bugs',
  key: ['id'],
  document: Bug,
  cursor: z
    .strictObject({ since: Time, id: z.int().min(0), ties: z.int().min(0) })
    .default({ since: '1970-01-01T00:00:00Z', id: 0, ties: 0 }),

  async *read({ cursor: saved, ...scope }) {
    // By the clock of the server, and before anything is read.
    const { db_time: now } = await ask(scope, 'time', {}, z.object({ db_time: Time }));
    const settled = apiTime(Date.parse(now) - settleMs);
    let cursor = startOf(saved, scope.config);
    let place = cursor;
    for (;;) {
      const page = await bugsFrom(scope, place);
      const fresh = page.bugs.filter((bug) => isAfter(bug, page.place));
      // A bug that changes while a page is made is in the place that it had, with its new time.
      const old = fresh.filter((bug) => bug.last_change_time < settled);
      expectInOrder(old);
      place = placeAfter(page.place, old.length > 0 ? old : fresh);
      if (old.length > 0) cursor = place;
      yield { documents: fresh, cursor };
      if (fresh.length === 0 || place.since > now) return;
    }
  },
});

/** How long a change may take until it is seen: its transaction, and copies of the database. */
const settleMs = 5 * 60_000;

/** Where a run begins: at the cursor, or at the start date if that is later. */
function startOf(cursor: Place, { startDate }: Config): Place {
  const start = apiTime(Date.parse(startDate));
  return cursor.since >= start ? cursor : { since: start, id: 0, ties: 0 };
}

/**
 * The page that begins with the bug of `place`, as it was. When others have moved up, since this one
 * or some before it have changed, it is the first page since the time of `place`.
 */
async function bugsFrom(scope: Asked, place: Place) {
  const offset = Math.max(0, place.ties - 1);
  const found = await searchBugs(scope, place.since, offset);
  if (isAt(found[0], place)) return { bugs: found, place };
  const first = { ...place, id: 0, ties: 0 };
  return {
    bugs: offset === 0 ? found : await searchBugs(scope, place.since, 0),
    place: first,
  };
}

/** A page of the bugs that have changed at some time or later, from a row on. */
async function searchBugs(scope: Asked, since: string, offset: number): Promise<readonly Bug[]> {
  const { products: chosen, pageSize } = scope.config;
  const query = {
    last_change_time: since,
    order: 'changeddate,bug_id',
    // Rows, not pages, and the first one is 0.
    offset: String(offset),
    limit: String(pageSize),
    product: chosen,
    include_fields: Bug.keyof().options.join(','),
  };
  return (await ask(scope, 'bug', query, z.object({ bugs: z.array(Bug) }))).bugs;
}

/** @throws {Failure} data, for a server that orders bugs otherwise, as changes would be missed. */
function expectInOrder(list: readonly Bug[]): void {
  const isSorted = list.every((bug, index) => {
    const before = list[index - 1];
    const end = before && { since: before.last_change_time, id: before.id };
    return end === undefined || isAfter(bug, end);
  });
  if (isSorted) return;
  throw new Failure('data', 'bugs do not come in the order of their changes', {
    where: 'GET /bug',
    hint: 'Bugzilla 5.0 and later know the order that is asked for.',
  });
}
