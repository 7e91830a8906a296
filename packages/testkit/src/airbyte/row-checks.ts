import { expectNone, expectSame, expectThat, type Check } from '../check.ts';
import { canonicalValue } from '../same-value.ts';
import { destinationCheck } from './destination-run.ts';
import type { AirbyteDestinationSuite } from './destination-suite.ts';
import { configured, emittedAt, record, state, turn } from './input.ts';
import { isObject } from './json-schema.ts';
import type { Row } from './message.ts';

/** What a row has to hold: its values, and what a destination adds. */
export function rowChecks(suite: AirbyteDestinationSuite): Check[] {
  const users = { name: 'users' };
  const stream = configured(users, 'append', [3, 0]);
  return [
    destinationCheck(suite, 'values arrive as they are', async ({ sync, rows }) => {
      await sync([stream], turn(users, [...values.map(({ line }) => line), state(users, 1)]));
      const found = await rows(users);
      for (const { id, expected } of values) {
        const row = found.find((one) => canonicalValue(one['id']) === id);
        expectThat(row !== undefined, `there is no row ${id}`);
        for (const [name, text] of Object.entries(expected)) {
          expectSame(canonicalValue(row[name]), text, `${name} of row ${id}`);
        }
      }
    }),
    destinationCheck(suite, 'rows have an id, a time and a generation', async ({ sync, rows }) => {
      const lines = [1, 2, 3].map((id) => record(users, { id }));
      await sync([stream], turn(users, [...lines, record(users, { id: 4 }, inSeconds)]));
      const found = await rows(users);
      expectThat(found.length === 4, `there are ${found.length} rows`);
      const ids = new Set(found.map((row) => row['_airbyte_raw_id']));
      expectThat(ids.size === 4, 'two rows have one _airbyte_raw_id');
      const problems = found.flatMap((row) => stampProblems(row));
      expectNone(problems);
    }),
    destinationCheck(suite, 'what a source has changed is noted', async ({ sync, rows }) => {
      const change = { field: 'name', change: 'TRUNCATED', reason: 'SOURCE_FIELD_SIZE_LIMITATION' };
      const line = record(users, { id: 1, name: 'short' }, { meta: { changes: [change] } });
      await sync([stream], turn(users, [line, record(users, { id: 2 })]));
      const found = await rows(users);
      const noted = found.map((row) => canonicalValue(changesOf(row))).toSorted();
      expectSame(noted, [canonicalValue([change]), '[]'].toSorted(), 'the changes');
    }),
    destinationCheck(suite, 'a value that does not fit is null, and noted', async (run) => {
      const { sync, rows } = run;
      const bad = { score: 'high', flag: 7, day: 'today', time: 'noon', list: {}, extra: [] };
      await sync([stream], turn(users, [record(users, { id: 1, name: 'x', ...bad })]));
      const [row] = await rows(users);
      expectThat(row !== undefined, 'there is no row');
      expectSame(row['name'], 'x', 'the name');
      const noted = changesOf(row).map(({ field, change, reason }) => {
        return `${String(field)} ${String(change)} ${String(reason)}`;
      });
      for (const name of Object.keys(bad)) {
        expectThat((row[name] ?? null) === null, `${name} is ${canonicalValue(row[name])}`);
        const note = `${name} NULLED DESTINATION_TYPECAST_ERROR`;
        expectThat(noted.includes(note), `${name} is not noted`);
      }
    }),
    destinationCheck(suite, 'members that are no column are dropped', async ({ sync, rows }) => {
      const line = record(users, { id: 1, undeclared: 'secret', _airbyte_raw_id: 'mine' });
      await sync([stream], turn(users, [line]));
      const [row = {}] = await rows(users);
      expectThat(!('undeclared' in row), 'there is a column for what was not declared');
      expectThat(row['_airbyte_raw_id'] !== 'mine', 'a record has set what is the destination’s');
    }),
  ];
}

const inSeconds = { emitted_at: Math.floor(emittedAt / 1000) };

const users = { name: 'users' };
const big = '9007199254740993';

/** Records as they are written, and what is found of them. */
const values = [
  {
    id: '1',
    line: record(users, {
      id: 1,
      name: 'Grüße\n"\u2028 🚢',
      score: 1.5,
      flag: true,
      list: [1, [2]],
      extra: { a: { b: null } },
      day: '2024-02-29',
      time: '2024-02-29T12:34:56.123456Z',
    }),
    expected: {
      name: canonicalValue('Grüße\n"\u2028 🚢'),
      score: '15e-1',
      flag: 'true',
      list: '[1,[2]]',
      extra: '{"a":{"b":null}}',
      day: '"2024-02-29"',
      time: canonicalValue('2024-02-29T12:34:56.123456Z'),
    },
  },
  { id: '2', line: record(users, { id: 2, name: null }), expected: { name: 'null', flag: 'null' } },
  {
    id: '3',
    line: record(users, { id: 3, at: 0 }).replace('"at":0', `"at":${big}`),
    expected: { at: big },
  },
  { id: '4', line: record(users, { id: 4, name: '' }), expected: { name: '""' } },
];

function stampProblems(row: Row): string[] {
  const { _airbyte_raw_id: id, _airbyte_extracted_at: at, _airbyte_generation_id: of } = row;
  const problems: string[] = [];
  if (!/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i.test(String(id))) {
    problems.push(`the _airbyte_raw_id is ${String(id)}`);
  }
  const expected = new Date(
    row['id'] === 4 || String(row['id']) === '4' ? inSeconds.emitted_at * 1000 : emittedAt,
  );
  if (canonicalValue(at) !== canonicalValue(expected.toISOString())) {
    problems.push(`the _airbyte_extracted_at is ${String(at)}`);
  }
  if (canonicalValue(of) !== '3') problems.push(`the _airbyte_generation_id is ${String(of)}`);
  const meta = row['_airbyte_meta'];
  if (!isObject(meta) || canonicalValue(meta['sync_id']) !== '7') {
    problems.push(`the _airbyte_meta is ${canonicalValue(meta)}`);
  }
  return problems;
}

function changesOf(row: Row): readonly Row[] {
  const meta = row['_airbyte_meta'];
  const changes: unknown = isObject(meta) ? meta['changes'] : undefined;
  return Array.isArray(changes) ? changes.filter(isObject) : [];
}
