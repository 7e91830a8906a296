import { expect, test } from 'vitest';
import { failuresOf } from '../check.ts';
import { testFivetranFunction } from '../suites.ts';
import { fivetranFunctionChecks } from './function-checks.ts';
import { defective, type FunctionDefect } from './testing/function-defects.ts';
import { testSuite } from './testing/test-source.ts';

testFivetranFunction(testSuite);

const every = 'a sync brings every row as its document is';
const wrong = 'settings that cannot work are refused: a wrong account';
const caught: Readonly<Record<FunctionDefect, readonly [check: string, saying: RegExp]>> = {
  'passes every test': [wrong, /the test: it was accepted/],
  'changes the state in a test': [
    'a test gives the state back as it was',
    /the state of the answer/,
  ],
  'fails each test': ['a test of settings that work passes', /no/],
  'loses a row': [every, /missing: /],
  'has a row twice under another key': [every, /there is an unknown document/],
  'leaves a member out': [every, /missing: /],
  'has no keys': [every, /it deletes rows of a table without primary_key/],
  'has a column too many in its keys': [every, /without text, which is of the key/],
  'has another key': ['each table has the key of its stream', /how many columns/],
  'loses a row in a new sync': ['after any of its answers the rest comes', /missing: /],
  'has answers without rows': [
    'answers as small as can be come to the same',
    /answers have no rows, and say that there are more/,
  ],
  'reads all anew in each sync': [
    'a sync of what has not changed leaves all as it is',
    /it brings \d+ rows/,
  ],
  'takes the state of others': ['a state of another connector is refused', /it was accepted/],
  'has no words for what is no request': [
    'what is no request is answered with an error',
    /there is no message/,
  ],
  'answers a repeated call with nothing': [
    'a call that is made again is answered with the same rows',
    /the answer to call 1/,
  ],
};

test.each(Object.entries(caught))(
  'a function that %s is found out',
  async (defect, [check, saying]) => {
    const name = Object.keys(caught).find((known): known is FunctionDefect => known === defect);
    const failures = await failuresOf(
      fivetranFunctionChecks({
        ...testSuite,
        between: (endpoint) => defective(endpoint, name ?? 'loses a row'),
      }),
    );
    expect(failures.get(check)).toMatch(saying);
  },
);
