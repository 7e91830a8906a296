import { isFailure } from '@fairlead/sdk';
import { linesOf, pullAll, stateAfter } from '@fairlead/testkit';
import { describe, expect, test } from 'vitest';
import { casa } from './source.ts';
import { biztera, type BizteraOptions } from './testing/biztera.ts';

describe('projects', () => {
  test('are read page by page, each bookmark once', async () => {
    await using server = await biztera({ projects: 250 });
    const events = await pullAll(casa, server.settings, { streams: ['projects'] });
    expect(idsOf(linesOf(events))).toEqual(upTo(250));
    expect(server.asked).toEqual([
      'projects?limit=100',
      'projects?limit=100&bookmark=after-100',
      'projects?limit=100&bookmark=after-200',
    ]);
  });

  test('end with a state from which the next run reads them all again', async () => {
    await using server = await biztera();
    const events = await pullAll(casa, server.settings);
    const state = stateAfter(events);
    expect(state).toEqual({ bindings: { projects: {}, users: { offset: 0 } } });
    const again = await pullAll(casa, server.settings, { state });
    expect(linesOf(again)).toEqual(linesOf(events));
  });

  test('begin anew when the bookmark of the state has expired', async () => {
    await using server = await biztera({ projects: 25 });
    const state = { bindings: { projects: { bookmark: 'long-ago' } } };
    const events = await pullAll(casa, server.settings, { state, streams: ['projects'] });
    expect(idsOf(linesOf(events))).toEqual(upTo(25));
  });

  test('fail when the bookmark of a page just read is refused', async () => {
    const failures = await failuresOf({
      projects: 250,
      instead: ({ query }) => (query.has('bookmark') ? { status: 400 } : undefined),
    });
    expect(failures).toMatchObject([{ kind: 'config' }]);
  });

  test('go on by bookmarks that are numbers', async () => {
    await using server = await biztera({
      instead: ({ query }) =>
        query.has('bookmark')
          ? { body: { data: [{ id: 2 }], metadata: { totalCount: 2, nextPage: null } } }
          : { body: { data: [{ id: 1 }], metadata: { nextPage: { bookmark: 1 } } } },
    });
    const events = await pullAll(casa, server.settings, { streams: ['projects'] });
    expect(idsOf(linesOf(events))).toEqual([1, 2]);
    expect(server.asked[1]).toBe('projects?limit=100&bookmark=1');
  });

  test('fail when a page leads to itself', async () => {
    const nextPage = { path: '/projects?bookmark=here', bookmark: 'here' };
    const failures = await failuresOf({
      instead: ({ path }) =>
        path === '/projects'
          ? { body: { data: [{ id: 1 }], metadata: { nextPage } } }
          : { body: [] },
    });
    expect(failures).toMatchObject([{ kind: 'data', where: 'GET /projects' }]);
  });
});

describe('users', () => {
  test('are read by their offset in rows, from 0', async () => {
    await using server = await biztera({ users: 250 });
    const events = await pullAll(casa, server.settings, { streams: ['users'] });
    expect(idsOf(linesOf(events))).toEqual(upTo(250));
    expect(server.asked).toEqual([
      'users?limit=100&offset=0',
      'users?limit=100&offset=100',
      'users?limit=100&offset=200',
      'users?limit=100&offset=250',
    ]);
  });

  test('are all there when the API gives fewer rows than were asked for', async () => {
    await using server = await biztera({ users: 250, most: 30 });
    const events = await pullAll(casa, server.settings, { streams: ['users'] });
    expect(idsOf(linesOf(events))).toEqual(upTo(250));
  });
});

test('rows pass through with all that they hold', async () => {
  const raw =
    '[{"id":"a","big":9007199254740993,"price":0.1234567890123456789,"more":{"list":[null,true]}}]';
  const ends = { body: [] };
  await using server = await biztera({
    instead: ({ query }) => (query.get('offset') === '0' ? { raw } : ends),
  });
  const events = await pullAll(casa, server.settings, { streams: ['users'] });
  expect(linesOf(events)).toEqual([raw.slice(1, -1)]);
});

test.each([
  { answer: { body: { data: [{ name: 'no id' }] } }, kind: 'data' },
  { answer: { raw: 'sorry' }, kind: 'data' },
  { answer: { status: 403 }, kind: 'access' },
  { answer: { status: 404 }, kind: 'config' },
])('an answer of another form fails as $kind ($answer)', async ({ answer, kind }) => {
  const failures = await failuresOf({
    instead: ({ path }) => (path === '/projects' ? answer : undefined),
  });
  expect(failures).toMatchObject([{ kind }]);
});

test('an API that is busy is asked again, when it says', async () => {
  let busy = 2;
  await using server = await biztera({
    instead: () => (busy-- > 0 ? { status: 429, headers: { 'retry-after': '0' } } : undefined),
  });
  const events = await pullAll(casa, server.settings);
  expect(linesOf(events)).toHaveLength(50);
});

/** How its streams fail. */
async function failuresOf(options: BizteraOptions) {
  await using server = await biztera(options);
  const events = await pullAll(casa, server.settings);
  return events.flatMap((event) =>
    event.is === 'failed' && isFailure(event.failure) ? [event.failure] : [],
  );
}

function idsOf(lines: readonly string[]): number[] {
  return lines.map((line) => Number(/"id":(\d+)/.exec(line)?.[1]));
}

function upTo(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index + 1);
}
