import {
  callFunction,
  type CheckedAnswer,
  handleFunctionCall,
  ModelTables,
  sourceEndpoint,
  testFunction,
} from '@fairlead/host-fivetran';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { casa } from './source.ts';
import { type Biztera, biztera, type BizteraOptions } from './testing/biztera.ts';

// The connector as a Fivetran function, with a page for each call.

const onePage = { budget: { stopBytes: 1 }, write: () => {} };

describe('a call', () => {
  test('whose token is refused answers what Fivetran can show', async () => {
    await using server = await biztera();
    const { status, content } = await call(server, { secrets: { access_token: 'bad' } });
    expect(status).toBe(400);
    expect(content).toMatchObject({
      errorType: 'access',
      errorMessage: expect.stringContaining('the server answered 401'),
    });
  });

  test('with more of both lists to come says so, and where each of them is', async () => {
    await using server = await biztera({ projects: 300, users: 300 });
    const state = stateOf({ projects: { bookmark: 'after-100' }, users: { offset: 100 } });
    const { content } = await call(server, { state });
    expect(content).toMatchObject({
      hasMore: true,
      state: { bindings: { projects: { bookmark: 'after-200' }, users: { offset: 100 } } },
    });
    expect(idsIn(content)).toEqual({ projects: from(101, 200) });
  });

  test('goes on with users when there are no more projects', async () => {
    await using server = await biztera({ projects: 190, users: 300 });
    const tables: Record<string, number>[] = [];
    const answers = await sync(server, (answer) => tables.push(countsOf(answer)));
    expect(answers.slice(0, 3)).toEqual([
      { projects: { bookmark: 'after-100' } },
      { projects: {} },
      { projects: {}, users: { offset: 100 } },
    ]);
    expect(tables.slice(0, 3)).toEqual([{ projects: 100 }, { projects: 90 }, { users: 100 }]);
  });

  test('does not ask for projects that are done', async () => {
    await using server = await biztera({ projects: 190, users: 300 });
    await sync(server);
    const asked = server.asked.map((request) => request.split('?')[0]);
    const users = asked.indexOf('users');
    expect(asked.slice(0, users)).toContain('projects');
    // A call looks ahead to the next page, so some are asked for twice.
    expect(new Set(asked.slice(users))).toEqual(new Set(['users']));
    expect(new Set(server.asked.slice(users))).toEqual(
      new Set([0, 100, 200, 300].map((offset) => `users?limit=100&offset=${offset}`)),
    );
  });

  test('that is the last one leaves a state from which the next sync begins anew', async () => {
    await using server = await biztera({ projects: 190, users: 190 });
    const answers = await sync(server);
    expect(answers.at(-1)).toEqual({ projects: {}, users: { offset: 0 } });
    const before = server.asked.length;
    const again = await sync(server);
    expect(server.asked.slice(before)).toEqual(server.asked.slice(0, before));
    expect(again).toEqual(answers);
  });
});

test('a sync of many calls, each of them repeated, comes to what the API has', async () => {
  await using server = await biztera({ projects: 333, users: 444, most: 50 });
  const tables = new ModelTables();
  const endpoint = sourceEndpoint(casa, onePage);
  const report = await callFunction(
    async (request, signal) => {
      await endpoint(request, signal);
      return await endpoint(request, signal);
    },
    tables,
    { secrets: server.settings },
  );
  expect(report).toMatchObject({ ended: 'caught-up', inserted: 777 });
  expect(report.calls).toBeGreaterThan(10);
  expect(tables.rowsOf('projects')).toHaveLength(333);
  expect(tables.rowsOf('users')).toHaveLength(444);
});

test('the test of the settings asks for one row, and answers none', async () => {
  await using server = await biztera();
  await testFunction(sourceEndpoint(casa, onePage), { secrets: server.settings });
  expect(server.asked).toEqual(['users?limit=1&offset=0']);
});

test.each<{ what: string; options: BizteraOptions }>([
  { what: 'a body that is no JSON', options: { instead: () => ({ raw: '<html>' }) } },
  { what: 'a body of another form', options: { instead: () => ({ body: 'rows' }) } },
])('$what is answered as an error, not thrown', async ({ options }) => {
  await using server = await biztera(options);
  const { status, content } = await call(server, {});
  expect(status).toBe(500);
  expect(content).toMatchObject({ errorType: 'data', errorMessage: expect.any(String) });
});

const Content = z.looseObject({
  insert: z.record(z.string(), z.array(z.looseObject({ id: z.int() }))).default({}),
});
type Content = z.infer<typeof Content>;

/** What the function answers to a request. */
async function call(server: Biztera, request: object) {
  const asked = { state: {}, secrets: server.settings, ...request };
  const secrets = { ...server.settings, ...asked.secrets };
  const { status, body } = await handleFunctionCall(casa, { ...asked, secrets }, onePage);
  return { status, content: Content.parse(JSON.parse(Buffer.from(body).toString())) };
}

/** The positions after each call of a sync. */
async function sync(server: Biztera, onAnswer: (answer: CheckedAnswer) => void = () => {}) {
  const positions: unknown[] = [];
  const report = await callFunction(sourceEndpoint(casa, onePage), new ModelTables(), {
    secrets: server.settings,
    onAnswer(answer) {
      positions.push(z.looseObject({ bindings: z.unknown() }).parse(answer.state).bindings);
      onAnswer(answer);
    },
  });
  expect(report.ended).toBe('caught-up');
  return positions;
}

function stateOf(bindings: object): object {
  return { version: 1, connector: casa.name, bindings };
}

function countsOf({ insert }: CheckedAnswer): Record<string, number> {
  const filled = [...insert].filter(([, rows]) => rows.length > 0);
  return Object.fromEntries(filled.map(([table, rows]) => [table, rows.length]));
}

function idsIn({ insert }: Content): Record<string, number[]> {
  const filled = Object.entries(insert).filter(([, rows]) => rows.length > 0);
  return Object.fromEntries(filled.map(([table, rows]) => [table, rows.map(({ id }) => id)]));
}

function from(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}
