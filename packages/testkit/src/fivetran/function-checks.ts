import {
  callFunction,
  type CheckedAnswer,
  type FunctionEndpoint,
  testFunction,
} from '@fairlead/host-fivetran';
import { isFailure, type Json } from '@fairlead/sdk';
import { type Check, errorOf, expectNone, expectSame, expectThat, spread } from '../check.ts';
import { setProblems } from '../compare-documents.ts';
import { type Random, randomFrom } from '../random.ts';
import { canonicalValue } from '../same-value.ts';
import { columnsOfKeys, expectedTables } from './expected-rows.ts';
import type { FivetranFunctionSuite } from './fivetran-suite.ts';
import { killedFunctionCheck } from './function-kills.ts';
import { connectionOf, functionCheck, type FunctionRun, Tables } from './function-run.ts';

/** All that a source has to do as a function of Fivetran's, as checks that can be run one by one. */
export function fivetranFunctionChecks(suite: FivetranFunctionSuite): Check[] {
  return [
    ...testChecks(suite),
    ...syncChecks(suite),
    ...againChecks(suite),
    ...refusalChecks(suite),
    ...(suite.module === undefined ? [] : [killedFunctionCheck(suite, suite.module)]),
  ];
}

function testChecks(suite: FivetranFunctionSuite): Check[] {
  return [
    functionCheck(suite, 'a test of settings that work passes', async (run) => {
      await testFunction(run.endpoint, run.connection);
    }),
    functionCheck(
      suite,
      'a test gives the state back as it was',
      async ({ endpoint, connection }) => {
        const state = { a: 1, b: { c: ['12345678901234567890'] } };
        const { customPayload } = connection;
        const answer = await say(endpoint, { customPayload, setup_test: true, state });
        expectSame(answer.content['state'], state, 'the state of the answer');
      },
    ),
    ...(suite.wrong ?? []).map(({ what, settings }) =>
      functionCheck(suite, `settings that cannot work are refused: ${what}`, async (run) => {
        const connection = connectionOf({ settings });
        await expectFailure(() => testFunction(run.endpoint, connection), 'the test');
        const report = await callFunction(run.endpoint, new Tables(), connection);
        expectThat(report.failure !== undefined, 'a sync with them has no error');
        expectThat(report.inserted === 0, 'a sync with them has rows');
      }),
    ),
  ];
}

function syncChecks(suite: FivetranFunctionSuite): Check[] {
  return [
    functionCheck(suite, 'a sync brings every row as its document is', async (run) => {
      const expected = await expectedTables(suite.source, run.fixture);
      const ofKeys = columnsOfKeys(expected);
      const tables = new Tables();
      await run.sync(tables, { answers: 'large' });
      const rows = tables.names.flatMap((table) => tables.rowsOf(table));
      const members = rows.map((row) =>
        canonicalValue(
          Object.fromEntries(Object.entries(row).filter(([name]) => !ofKeys.has(name))),
        ),
      );
      expectThat(rows.length > 0, 'there are no rows');
      expectNone(
        setProblems(
          expected.flatMap((table) => table.rows),
          members,
        ),
      );
    }),
    functionCheck(suite, 'each table has the key of its stream', async (run) => {
      const expected = await expectedTables(suite.source, run.fixture);
      const keys = new Map<string, readonly string[]>();
      const note = (answer: CheckedAnswer) => {
        for (const table of answer.insert.keys()) keys.set(table, answer.keys.get(table) ?? []);
      };
      await run.sync(new Tables(), { onAnswer: note });
      const withRows = expected.filter(({ rows }) => rows.length > 0);
      const sizes = (lists: readonly (readonly string[])[]) =>
        lists.map(({ length }) => length).toSorted((a, b) => a - b);
      expectSame(
        sizes([...keys.values()]),
        sizes(withRows.map(({ key }) => key)),
        'how many columns the keys have',
      );
    }),
    functionCheck(suite, 'answers as small as can be come to the same', async (run) => {
      const whole = await contentOf(run);
      const tables = new Tables();
      let rowless = 0;
      const note = ({ insert, delete: deleted, softDelete, hasMore }: CheckedAnswer) => {
        if (hasMore && insert.size + deleted.size + softDelete.length === 0) rowless++;
      };
      await run.sync(tables, { onAnswer: note });
      expectNone(setProblems(whole, tables.lines));
      expectThat(rowless === 0, `${rowless} answers have no rows, and say that there are more`);
    }),
    functionCheck(
      suite,
      'a call that is made again is answered with the same rows',
      async (run) => {
        const bodies = new Set<string>();
        const twice: FunctionEndpoint = async (request, signal) => {
          const first = await run.endpoint(request, signal);
          const second = await run.endpoint(request, signal);
          bodies.add(Buffer.from(request).toString());
          expectSame(rowsIn(second.body), rowsIn(first.body), `the answer to call ${bodies.size}`);
          return first;
        };
        await run.sync(new Tables(), { endpoint: twice });
        expectThat(bodies.size > 1, 'there was one call only, however small answers were to be');
      },
    ),
    functionCheck(suite, 'after any of its answers the rest comes', async (run) => {
      const whole = await contentOf(run);
      const answers: CheckedAnswer[] = [];
      await run.sync(new Tables(), { onAnswer: (answer) => answers.push(answer) });
      for (const taken of spread(answers.length, suite.maxStates ?? 20)) {
        const tables = new Tables();
        for (const answer of answers.slice(0, taken)) tables.apply(answer);
        // Another sync: this one has failed, or took too long.
        tables.endSync();
        await run.sync(tables, { state: answers[taken - 1]?.state ?? {} });
        const what = `after ${taken} of ${answers.length} answers`;
        expectNone(setProblems(whole, tables.lines), what);
      }
    }),
  ];
}

function againChecks(suite: FivetranFunctionSuite): Check[] {
  return [
    functionCheck(
      suite,
      'answers that are lost, and calls made twice, change nothing',
      async (run) => {
        const whole = await contentOf(run);
        for (const seed of [1, 2, 3]) {
          const tables = new Tables();
          await run.sync(tables, { endpoint: troubled(run.endpoint, randomFrom(seed)) });
          expectNone(setProblems(whole, tables.lines), `with the seed ${seed}`);
        }
      },
    ),
    functionCheck(suite, 'a sync of what has not changed leaves all as it is', async (run) => {
      const tables = new Tables();
      const { state } = await run.sync(tables);
      const before = tables.lines;
      const again = await run.sync(tables, { state });
      expectNone(setProblems(before, tables.lines));
      const rows = again.inserted + again.deleted;
      expectThat(suite.repeats === true || rows === 0, `it brings ${rows} rows`);
    }),
  ];
}

function refusalChecks(suite: FivetranFunctionSuite): Check[] {
  return [
    functionCheck(suite, 'a state of another connector is refused', async (run) => {
      const { state } = await run.sync(new Tables());
      const foreign: Json[] = [
        { cursor: '2024-01-01' },
        { ...Object(state), connector: 'source-of-another' },
        { ...Object(state), bindings: 7 },
      ];
      for (const other of foreign) {
        const what = `the state ${JSON.stringify(other)}`;
        const error = await expectFailure(() => run.sync(new Tables(), { state: other }), what);
        expectThat(error.kind === 'state', `${what}: it fails as ${error.kind}`);
      }
    }),
    functionCheck(suite, 'what is no request is answered with an error', async ({ endpoint }) => {
      const state = { state: {} };
      for (const body of ['', '{', '[]', '"a"', { state: 3 }, { ...state, secrets: [] }]) {
        const text = typeof body === 'string' ? body : JSON.stringify(body);
        const { status, content } = await say(endpoint, body);
        expectThat(status >= 400, `${text}: the status is ${status}`);
        expectThat(typeof content['errorMessage'] === 'string', `${text}: there is no message`);
      }
    }),
  ];
}

/** Rows of all tables after one undisturbed sync of large answers. */
async function contentOf(run: FunctionRun): Promise<readonly string[]> {
  const tables = new Tables();
  await run.sync(tables, { answers: 'large' });
  return tables.lines;
}

/** Loses some requests and some answers, and makes some calls twice. */
function troubled(endpoint: FunctionEndpoint, random: Random): FunctionEndpoint {
  return async (request, signal) => {
    for (;;) {
      const trouble = random.pick(['none', 'none', 'lost', 'twice']);
      const answer = await endpoint(request, signal);
      if (trouble === 'lost') continue;
      if (trouble === 'twice') await endpoint(request, signal);
      return answer;
    }
  };
}

async function expectFailure(call: () => Promise<unknown>, what: string) {
  const error = await errorOf(call, what);
  expectThat(isFailure(error), `${what}: it threw no Failure, but ${String(error)}`);
  expectThat(error.message !== '', `${what}: it says nothing`);
  return error;
}

/** The answer to a body, as JSON. */
async function say(
  endpoint: FunctionEndpoint,
  body: object | string,
): Promise<{ readonly status: number; readonly content: Readonly<Record<string, unknown>> }> {
  const bytes = Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
  const answer = await endpoint(bytes, AbortSignal.timeout(20_000));
  return { status: answer.status, content: JSON.parse(Buffer.from(answer.body).toString()) };
}

/** What an answer says of rows. */
function rowsIn(body: Uint8Array): unknown {
  const { insert, delete: deleted, softDelete } = JSON.parse(Buffer.from(body).toString());
  return { insert, deleted, softDelete };
}
