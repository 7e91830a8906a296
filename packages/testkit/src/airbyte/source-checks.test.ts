import { expect, test } from 'vitest';
import { failuresOf } from '../check.ts';
import { tempFolder, type TempFolder } from '../temp-folder.ts';
import { airbyteSourceChecks } from './source-checks.ts';
import type { AirbyteSourceSuite } from './source-suite.ts';
import { compiled } from './testing/compiled.ts';
import { referenceSource, type SourceDefect } from './testing/reference-source.ts';

const settings = { token: 'hunter22', mode: { kind: 'a' } };
const statesAt = (at: number) =>
  ['users', 'nothing'].map((name) => ({
    type: 'STREAM',
    stream: { stream_descriptor: { name }, stream_state: { at } },
  }));
const suite: Omit<AirbyteSourceSuite, 'source'> = {
  prepare: async () => ({
    settings,
    futureState: [
      ...statesAt(1_000_000),
      {
        type: 'STREAM',
        stream: {
          stream_descriptor: { name: 'users', namespace: 'shop' },
          stream_state: { at: 1_000_000 },
        },
      },
    ],
  }),
  wrong: [{ what: 'a token that is refused', settings: { token: 'refused' } }],
  failing: async () => ({
    settings: { ...settings, broken: 'countries' },
    failing: 'countries',
  }),
};

const inProcess = (defect?: SourceDefect): AirbyteSourceSuite => ({
  ...suite,
  source: {
    serve: (args, io) => {
      const say = (text: string) => void io.output.write(Buffer.from(text));
      return referenceSource({ args, say, complain: io.complain }, defect);
    },
  },
});

const executable = async (
  folder: TempFolder,
  defect?: SourceDefect,
): Promise<AirbyteSourceSuite> => ({
  ...suite,
  maxStates: 3,
  source: {
    command: await compiled('reference-source', folder),
    env: defect === undefined ? {} : { DEFECT: defect },
  },
});

test('a source without mistakes passes in this process', async () => {
  expect(await failuresOf(airbyteSourceChecks(inProcess()))).toEqual(new Map());
});

test('a source without mistakes passes as an executable', async () => {
  await using folder = await tempFolder();
  expect(await failuresOf(airbyteSourceChecks(await executable(folder)))).toEqual(new Map());
}, 120_000);

const incrementalRest = 'an incremental read gives exactly the rest after any of its states';
const caught: Readonly<Record<SourceDefect, readonly [check: string, saying: RegExp]>> = {
  'loses a record after a restart': [incrementalRest, /missing: /],
  'repeats a record after a restart': [incrementalRest, /too often/],
  'swaps records after a restart': [incrementalRest, /the order is another one/],
  'says the state before its records': [incrementalRest, /missing: /],
  'counts all records so far': [
    'an incremental read counts its records in each state',
    /counts 10 records of 5/,
  ],
  'leaves out COMPLETE': ['a full refresh tells the statuses of each stream', /not COMPLETE/],
  'leaves out RUNNING': ['a full refresh tells the statuses of each stream', /never RUNNING/],
  'leaves out the last state': [
    'a full refresh ends each stream with a state',
    /records after its last state/,
  ],
  'leaves out the type of states': [
    'an incremental read ends each stream with a state',
    /a state is undefined/,
  ],
  'passes over the state': [
    'an incremental read of what has not changed gives a state only',
    /unknown document/,
  ],
  'wants states without nulls': ['a state file filled with nulls is read', /a null/],
  'wants a state file': ['a full refresh gives the same when it begins anew', /there is no state/],
  'does not mark its secret': ['its secrets are marked as such', /token: is not marked/],
  'has a choice without a constant': ['its form keeps the rules of forms', /no single constant/],
  'says its secret': ['its secrets are in nothing that it says', /a secret is in its output/],
  'exits with 1 after FAILED': [
    'check of a token that is refused says FAILED, and exits with 0',
    /it ended with 1/,
  ],
  'discovers with any settings': [
    'discover with settings of the wrong form is an error',
    /exits with 0/,
  ],
  'reads with any settings': ['a read with settings of the wrong form is an error', /exits with 0/],
  'describes its key wrongly': ['a full refresh gives records that fit their stream', /users: id/],
  'has its key in no schema': ['its streams are described as platforms need it', /its key id/],
  'stops at a stream that fails': [
    'a stream that fails does not stop the others, and the exit code tells',
    /nothing does not begin/,
  ],
  'stops at a stream that is gone': [
    'a stream that is gone does not stop the others',
    /does not begin with STARTED/,
  ],
  'reads by any mode': ['a catalog with a mode that is none is an error', /it exits with 0/],
  'exits with 0 when a stream fails': [
    'a stream that fails does not stop the others, and the exit code tells',
    /exits with 0/,
  ],
  'goes on for ever': [
    'an incremental read of what has not changed gives a state only',
    /unknown document/,
  ],
  'prints what is no message': ['spec tells its form in one message', /a line is no JSON/],
};

test.each(Object.entries(caught))('a source that %s is caught', async (defect, [name, saying]) => {
  // The keys of the table are all there are.
  const failures = await failuresOf(airbyteSourceChecks(inProcess(defect as SourceDefect)));
  expect([...failures.keys()]).toContain(name);
  expect(failures.get(name)).toMatch(saying);
});

test('an executable is caught by the same name', async () => {
  await using folder = await tempFolder();
  const checks = airbyteSourceChecks(await executable(folder, 'leaves out RUNNING'));
  const name = 'a full refresh tells the statuses of each stream';
  const failures = await failuresOf(checks.filter((check) => check.name === name));
  expect(failures.get(name)).toMatch(/never RUNNING/);
});

test('records after a state of the future are caught', async () => {
  const checks = airbyteSourceChecks({
    ...inProcess(),
    prepare: async () => ({ settings, streams: ['users'], futureState: statesAt(20) }),
  });
  const name = 'a state of the future gives no records';
  const failures = await failuresOf(checks.filter((check) => check.name === name));
  // Three of one stream, and all of the other one of the name.
  expect(failures.get(name)).toMatch(/there are 14 records/);
});
