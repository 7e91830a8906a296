import { describe, expect, test } from 'vitest';
import { BugTable, settingsOf } from './testing/reading.ts';
import { Tracker } from './testing/tracker.ts';

const hour = 3_600;

describe('the first run', () => {
  test('reads all bugs, the first one too, each once', async () => {
    await using tracker = await Tracker.start({ bugs: 10 });
    const table = new BugTable();
    expect(await table.run(settingsOf(tracker))).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(table.rows).toEqual(tracker.bugs);
  });

  test('goes on by time, with offsets that do not grow', async () => {
    await using tracker = await Tracker.start({ bugs: 10 });
    await new BugTable().run(settingsOf(tracker));
    expect(tracker.searches.map((query) => query.get('offset'))).toEqual(
      tracker.searches.map(() => '0'),
    );
    expect(tracker.searches.map((query) => query.get('last_change_time')).slice(0, 3)).toEqual([
      '1970-01-01T00:00:00Z',
      '2024-01-01T00:03:00Z',
      '2024-01-01T00:05:00Z',
    ]);
  });

  test('begins at the start date, whatever its form', async () => {
    await using tracker = await Tracker.start({ bugs: 10 });
    const settings = settingsOf(tracker, { startDate: '2024-01-01T01:08:00.000+01:00' });
    expect(await new BugTable().run(settings)).toEqual([8, 9, 10]);
    expect(tracker.searches[0]?.get('last_change_time')).toBe('2024-01-01T00:08:00Z');
  });

  test('of a tracker without bugs finds none, and later ones after it', async () => {
    await using tracker = await Tracker.start();
    const table = new BugTable();
    expect(await table.run(settingsOf(tracker))).toEqual([]);
    tracker.change(1);
    expect(await table.run(settingsOf(tracker))).toEqual([1]);
  });

  test('reads the chosen products', async () => {
    await using tracker = await Tracker.start({ bugs: 6 });
    const settings = settingsOf(tracker, { products: ['Fire & Fox'] });
    expect(await new BugTable().run(settings)).toEqual([1, 3, 5]);
    const both = settingsOf(tracker, { products: ['Fire & Fox', 'Core'] });
    expect(await new BugTable().run(both)).toEqual([1, 2, 3, 4, 5, 6]);
  });

  test('reads all when there are fewer bugs in a page than were asked for', async () => {
    await using tracker = await Tracker.start({ bugs: 10, most: 2 });
    expect(await new BugTable().run(settingsOf(tracker, { pageSize: 500 }))).toHaveLength(10);
  });
});

describe('bugs of one second', () => {
  test('that fill several pages are read by an offset in rows', async () => {
    await using tracker = await Tracker.start();
    for (let id = 1; id <= 7; id++) tracker.change(id);
    tracker.pass(hour);
    tracker.change(8);
    const table = new BugTable();
    expect(await table.run(settingsOf(tracker))).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    // Each page begins with the bug at which the one before it has ended.
    const offsets = tracker.searches.map((query) => query.get('offset'));
    expect(offsets).toEqual(['0', '2', '4', '6', '0']);
  });

  test('are read from the first of them when some have changed and others have moved up', async () => {
    await using tracker = await Tracker.start();
    for (let id = 1; id <= 9; id++) tracker.change(id);
    tracker.pass(hour);
    const table = new BugTable();
    let pages = 0;
    tracker.beforeAnswer = () => {
      pages++;
      // Time, page 1, page 2, and now two that were read are gone from in front of page 3.
      if (pages !== 4) return;
      tracker.change(1);
      tracker.change(2);
    };
    expect(new Set(await table.run(settingsOf(tracker)))).toEqual(
      new Set([1, 2, 3, 4, 5, 6, 7, 8, 9]),
    );
    expect(table.rows).toEqual(tracker.bugs);
  });

  test('are all read after the last one that was read is gone', async () => {
    await using tracker = await Tracker.start();
    for (let id = 1; id <= 9; id++) tracker.change(id);
    tracker.pass(hour);
    const table = new BugTable();
    await table.run(settingsOf(tracker), 5);
    expect(table.state.bindings['bugs']).toMatchObject({ id: 5, ties: 5 });
    tracker.remove(5);
    const [, rest] = [tracker.remove(1), await table.run(settingsOf(tracker))];
    expect(rest).toEqual([2, 3, 4, 6, 7, 8, 9]);
  });
});

test('a bug that has changed since is not taken for the place at which a run has ended', async () => {
  await using tracker = await Tracker.start();
  for (const id of [1, 2]) tracker.change(id);
  tracker.pass(hour);
  const table = new BugTable();
  await table.run(settingsOf(tracker));
  // Bug 2 was the second row of the list, and is again, behind one that is new.
  for (const id of [3, 2, 1]) {
    tracker.change(id);
    tracker.pass(1);
  }
  tracker.pass(hour);
  await table.run(settingsOf(tracker));
  expect(table.rows).toEqual(tracker.bugs);
});

describe('a later run', () => {
  test('reads what has changed since, from the row at which the one before has ended', async () => {
    await using tracker = await Tracker.start({ bugs: 10 });
    const table = new BugTable();
    await table.run(settingsOf(tracker));
    tracker.pass(hour);
    expect(await table.run(settingsOf(tracker))).toEqual([]);
    tracker.change(4);
    tracker.change(2);
    expect(await table.run(settingsOf(tracker))).toEqual([2, 4]);
    expect(table.rows).toEqual(tracker.bugs);
  });

  test('begins at a time of a bug, never at that of a clock', async () => {
    await using tracker = await Tracker.start({ bugs: 10 });
    const table = new BugTable();
    await table.run(settingsOf(tracker));
    const place = { since: '2024-01-01T00:10:00Z', id: 10, ties: 1 };
    expect(table.state.bindings['bugs']).toEqual(place);
    tracker.pass(24 * hour);
    await table.run(settingsOf(tracker));
    expect(table.state.bindings['bugs']).toEqual(place);
  });

  test('reads the last minutes again, and so a change whose transaction took long', async () => {
    await using tracker = await Tracker.start({ bugs: 10 });
    const table = new BugTable();
    tracker.change(7);
    expect((await table.run(settingsOf(tracker))).at(-1)).toBe(7);
    tracker.pass(60);
    tracker.change(3, { lateSeconds: 120 });
    expect(await table.run(settingsOf(tracker))).toEqual([3, 7]);
    expect(table.rows).toEqual(tracker.bugs);
    tracker.pass(hour);
    expect(await table.run(settingsOf(tracker))).toEqual([3, 7]);
    expect(await table.run(settingsOf(tracker))).toEqual([]);
  });

  test('finds a bug of the second that the run before has read to its end', async () => {
    await using tracker = await Tracker.start();
    const table = new BugTable();
    tracker.change(5);
    await table.run(settingsOf(tracker));
    tracker.change(2);
    expect(await table.run(settingsOf(tracker))).toEqual([2, 5]);
  });
});

test('a bug that changes while its page is made hides none of those after it', async () => {
  await using tracker = await Tracker.start({ bugs: 10 });
  tracker.pass(hour);
  const table = new BugTable();
  let pages = 0;
  tracker.whileLoading = () => {
    // The last one of the first page comes with the time of now, and page 2 is still to be read.
    if (++pages === 1) tracker.change(3);
  };
  await table.run(settingsOf(tracker));
  expect(table.rows).toEqual(tracker.bugs);
});

test('a page of nothing but bugs that change while it is made costs a run, not a bug', async () => {
  await using tracker = await Tracker.start({ bugs: 10 });
  tracker.pass(hour);
  const table = new BugTable();
  let pages = 0;
  tracker.whileLoading = () => {
    if (++pages === 1) for (const id of [1, 2, 3]) tracker.change(id);
  };
  await table.run(settingsOf(tracker));
  await table.run(settingsOf(tracker));
  expect(table.rows).toEqual(tracker.bugs);
});

test('a run ends, though bugs change faster than they are read', async () => {
  await using tracker = await Tracker.start({ bugs: 10 });
  let at = 0;
  tracker.beforeAnswer = () => {
    tracker.pass(1);
    for (let count = 0; count < 3; count++) tracker.change((at++ % 10) + 1);
  };
  const table = new BugTable();
  await table.run(settingsOf(tracker));
  tracker.beforeAnswer = () => {};
  await table.run(settingsOf(tracker));
  expect(table.rows).toEqual(tracker.bugs);
});

test('times are sent in the form of the API, and bugs asked for in their order', async () => {
  await using tracker = await Tracker.start({ bugs: 10 });
  await new BugTable().run(settingsOf(tracker));
  for (const query of tracker.searches) {
    expect(query.get('last_change_time')).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    expect(query.get('order')).toBe('changeddate,bug_id');
    expect(query.get('limit')).toBe('3');
  }
});

test('a server that orders bugs otherwise is refused', async () => {
  const bug = (id: number, minute: number) => ({
    ...Object.fromEntries(
      'summary status resolution product component severity priority creator assigned_to'
        .split(' ')
        .map((name) => [name, '']),
    ),
    id,
    creation_time: '2024-01-01T00:00:00Z',
    last_change_time: `2024-01-01T00:0${minute}:00Z`,
  });
  await using tracker = await Tracker.start({
    instead: ({ path }) =>
      path === '/rest/bug' ? { body: { bugs: [bug(1, 2), bug(2, 1)] } } : undefined,
  });
  await expect(new BugTable().run(settingsOf(tracker))).rejects.toMatchObject({
    kind: 'data',
    message: 'bugs do not come in the order of their changes',
  });
});
