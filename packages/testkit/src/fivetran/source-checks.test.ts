import { expect, test } from 'vitest';
import { failuresOf } from '../check.ts';
import { testFivetranSource } from '../suites.ts';
import { fivetranSourceChecks } from './source-checks.ts';
import { defective, type SourceDefect } from './testing/source-defects.ts';
import { testSuite } from './testing/test-source.ts';

testFivetranSource(testSuite);

const every = 'an update brings every row, and ends with a checkpoint';
const fits = 'rows fit the tables that were told';
const goesOn = 'an update that breaks off anywhere goes on without loss';
const form = 'its form has fields and tests, twice the same';
const caught: Readonly<Record<SourceDefect, readonly [check: string, saying: RegExp]>> = {
  'loses a row': [every, /there are \d+ rows with a key, and \d+ documents/],
  'sends a column that nobody knows': [fits, /nobody was told of orders\.more/],
  'sends no key': [fits, /orders\.id is of the key, and has no value/],
  'ends without a checkpoint': [every, /rows come after the last checkpoint|there are \d+ rows/],
  'sends a checkpoint before its rows': [goesOn, /missing: /],
  'has a state that is no object': ['states are objects of JSON', /is no object/],
  'sends more records than are taken': [
    'messages have no more records than Fivetran takes',
    /one has \d+ records/,
  ],
  'reads what was not chosen': ['tables that were not chosen do not come', /there are other rows/],
  'takes the state of others': ['a state of another connector is a task', /ends with/],
  'reads all anew each time': [
    'an update of what has not changed leaves all as it is',
    /it brings \d+ rows/,
  ],
  'has no tests': [form, /there are no tests/],
  'has a form that changes': [form, /the second form/],
  'passes every test': [
    'settings that cannot work are refused: a wrong account',
    /no test fails and says why/,
  ],
  'fails each test': ['each test of settings that work passes', /connect: no/],
  'has tables without columns': [
    'its tables have columns, twice the same',
    /orders has no columns/,
  ],
  'loses a row after a restart': [goesOn, /missing: /],
};

test.each(Object.entries(caught))(
  'a source that %s is found out',
  async (defect, [check, saying]) => {
    const name = Object.keys(caught).find((known): known is SourceDefect => known === defect);
    const failures = await failuresOf(
      fivetranSourceChecks({
        ...testSuite,
        between: (client) => defective(client, name ?? 'loses a row'),
      }),
    );
    expect(failures.get(check)).toMatch(saying);
  },
);
