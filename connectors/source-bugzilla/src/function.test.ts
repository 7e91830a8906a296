import {
  callFunction,
  handleFunctionCall,
  ModelTables,
  sourceEndpoint,
  testFunction,
} from '@fairlead/host-fivetran';
import { expect, test } from 'vitest';
import { bugzilla } from './source.ts';
import { someProducts } from './testing/products.ts';
import { Tracker } from './testing/tracker.ts';

// The connector as a Fivetran function: all settings are texts, and a call takes a page.

const onePage = { budget: { stopBytes: 1 }, write: () => {} };

test('a page size that is a text is a number, and all pages are read', async () => {
  await using tracker = await Tracker.start({ bugs: 25, products: someProducts });
  const tables = new ModelTables();
  const report = await sync(tracker, tables);
  expect(report.ended).toBe('caught-up');
  expect(report.calls).toBeGreaterThan(5);
  expect(idsOf(tables)).toEqual(Array.from({ length: 25 }, (_, index) => index + 1));
  expect(tables.rowsOf('components')).toHaveLength(3);
  expect(new Set(tracker.searches.map((query) => query.get('limit')))).toEqual(new Set(['3']));
});

test('a list of products is a text with commas', async () => {
  await using tracker = await Tracker.start({ bugs: 6, products: someProducts });
  const tables = new ModelTables();
  await sync(tracker, tables, { secrets: { products: 'Core, Fire & Fox' } });
  expect(idsOf(tables)).toEqual([1, 2, 3, 4, 5, 6]);
  expect(tracker.searches[0]?.getAll('product')).toEqual(['Core', 'Fire & Fox']);
});

test('the next sync reads what has changed, and skips nothing', async () => {
  await using tracker = await Tracker.start({ bugs: 10, products: someProducts });
  const tables = new ModelTables();
  const first = await sync(tracker, tables);
  tracker.pass(3_600);
  for (const id of [4, 11, 12, 2]) tracker.change(id);
  const second = await sync(tracker, tables, { state: first.state });
  expect(second.ended).toBe('caught-up');
  expect(
    tables.rowsOf('bugs').map(({ id, summary }) => `${Number(id)} ${String(summary)}`),
  ).toEqual(expect.arrayContaining(tracker.bugs.map(({ id, summary }) => `${id} ${summary}`)));
  expect(idsOf(tables)).toHaveLength(12);
});

test('a sync during which bugs change, and whose calls are repeated, misses none', async () => {
  await using tracker = await Tracker.start({ bugs: 10, products: someProducts });
  const tables = new ModelTables();
  let at = 0;
  tracker.beforeAnswer = () => {
    if (++at > 30) return;
    tracker.pass(20);
    tracker.change((at % 12) + 1);
  };
  const endpoint = sourceEndpoint(bugzilla, onePage);
  const first = await callFunction(
    async (request, signal) => {
      await endpoint(request, signal);
      return await endpoint(request, signal);
    },
    tables,
    { secrets: secretsOf(tracker) },
  );
  expect(first.ended).toBe('caught-up');
  await sync(tracker, tables, { state: first.state });
  const found = tables.rowsOf('bugs').map(({ summary }) => String(summary));
  expect(new Set(found)).toEqual(new Set(tracker.bugs.map(({ summary }) => summary)));
});

test('the test of the settings reads no bug', async () => {
  await using tracker = await Tracker.start({ bugs: 10 });
  await testFunction(sourceEndpoint(bugzilla, onePage), { secrets: secretsOf(tracker) });
  expect(tracker.requests.map(({ path }) => path)).toEqual(['/rest/whoami']);
});

test.each([
  { what: 'a wrong key', secrets: { apiKey: 'wrong-key-of-mine' }, status: 400, type: 'access' },
  { what: 'a page of no bugs', secrets: { pageSize: '0' }, status: 400, type: 'config' },
  { what: 'a page of some', secrets: { pageSize: 'some' }, status: 400, type: 'config' },
  {
    what: 'a date that is none',
    secrets: { startDate: '2024-01-31 00-00-00' },
    status: 400,
    type: 'config',
  },
])('$what is answered as an error that Fivetran can show', async ({ secrets, status, type }) => {
  await using tracker = await Tracker.start({ bugs: 10 });
  const request = { state: {}, secrets: { ...secretsOf(tracker), ...secrets } };
  const answer = await handleFunctionCall(bugzilla, request, onePage);
  const text = Buffer.from(answer.body).toString();
  expect(answer.status).toBe(status);
  expect(JSON.parse(text)).toMatchObject({ errorType: type, errorMessage: expect.any(String) });
  expect(text).not.toContain('wrong-key-of-mine');
});

function secretsOf(tracker: Tracker) {
  return { url: tracker.url, apiKey: 'good', pageSize: '3' };
}

function sync(
  tracker: Tracker,
  tables: ModelTables,
  {
    state = {},
    secrets = {},
  }: { readonly state?: unknown; readonly secrets?: Record<string, string> } = {},
) {
  return callFunction(sourceEndpoint(bugzilla, onePage), tables, {
    state,
    secrets: { ...secretsOf(tracker), ...secrets },
  });
}

function idsOf(tables: ModelTables): number[] {
  return tables
    .rowsOf('bugs')
    .map(({ id }) => Number(id))
    .toSorted((a, b) => a - b);
}
