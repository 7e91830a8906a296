import { startOf } from '@fairlead/sdk';
import { expect, test } from 'vitest';
import { failuresOf } from '../check.ts';
import { tempFolder, type TempFolder } from '../temp-folder.ts';
import { airbyteDestinationChecks } from './destination-checks.ts';
import type { AirbyteDestinationSuite } from './destination-suite.ts';
import type { Serve } from './program.ts';
import { compiled } from './testing/compiled.ts';
import {
  idOf,
  readDatabase,
  referenceDestination,
  type DestinationDefect,
} from './testing/reference-destination.ts';

const suite: Omit<AirbyteDestinationSuite, 'destination'> = {
  echoMs: 1_000,
  async prepare() {
    const folder = await tempFolder();
    const path = folder.join('rows.json');
    return {
      settings: { path },
      async readRows(stream) {
        const { tables } = await readDatabase(path);
        // Integers with more digits than a number holds are in the file as texts.
        return (
          tables[idOf(stream)]?.map((row) =>
            typeof row['at'] === 'string' ? { ...row, at: BigInt(row['at']) } : row,
          ) ?? null
        );
      },
      [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
    };
  },
};

const serve =
  (defect?: DestinationDefect): Serve =>
  (args, { output, complain }, lines) => {
    const say = (text: string) => void output.write(Buffer.from(text));
    async function* input() {
      for await (const { bytes, ends } of lines) {
        for (let index = 0; index < ends.length; index++) {
          const start = startOf({ bytes, ends }, index);
          yield Buffer.from(bytes.subarray(start, (ends[index] ?? 1) - 1)).toString();
        }
      }
    }
    return referenceDestination({ args, input: input(), say, complain }, defect);
  };

const inProcess = (defect?: DestinationDefect): AirbyteDestinationSuite => ({
  ...suite,
  destination: { serve: serve(defect) },
});

const executable = async (
  folder: TempFolder,
  defect?: DestinationDefect,
): Promise<AirbyteDestinationSuite> => ({
  ...suite,
  echoMs: 20_000,
  destination: {
    command: await compiled('reference-destination', folder),
    env: defect === undefined ? {} : { DEFECT: defect },
  },
});

test('a destination without mistakes passes in this process', async () => {
  expect(await failuresOf(airbyteDestinationChecks(inProcess()))).toEqual(new Map());
});

test('a destination without mistakes passes as an executable', async () => {
  await using folder = await tempFolder();
  const checks = airbyteDestinationChecks(await executable(folder));
  expect(await failuresOf(checks)).toEqual(new Map());
}, 120_000);

const caught: Readonly<Record<DestinationDefect, readonly [check: string, saying: RegExp]>> = {
  'echoes a state before its rows are committed': [
    'the rows before a state that came back survive a kill',
    /there are the rows/,
  ],
  'echoes states in another order': ['states come back in order, as they were', /the states/],
  'drops a state': ['states come back with the number of their records', /the counts/],
  'makes states anew': ['states come back in order, as they were', /the states/],
  'counts all records so far': [
    'states come back with the number of their records',
    /users 2[^]*users 0/,
  ],
  'replaces before the stream is complete': [
    'by overwrite, what was there stays until its stream is complete',
    /the rows after INCOMPLETE/,
  ],
  'forgets what earlier attempts have gathered': [
    'a refresh gathers rows over several attempts',
    /the rows after COMPLETE/,
  ],
  'keeps older generations': ['overwrite leaves what it must', /the rows/],
  'passes over a generation that stays': [
    'a refresh that keeps what was there does',
    /the rows and their generations/,
  ],
  'appends where it should merge': ['append_dedup leaves what it must', /the rows/],
  'passes over the cursor': ['append_dedup keeps the row with the greatest cursor', /the rows/],
  'keeps deleted rows': ['a row that a log says is deleted goes', /the rows/],
  'does not fence': ['a process that a later one has fenced out commits no more', /ends with 0/],
  'fails at a value that does not fit': [
    'a value that does not fit is null, and noted',
    /does not fit/,
  ],
  'notes no changes': ['a value that does not fit is null, and noted', /is not noted/],
  'gives all rows one id': ['rows have an id, a time and a generation', /one _airbyte_raw_id/],
  'says when it wrote': ['rows have an id, a time and a generation', /_airbyte_extracted_at/],
  'rounds integers': ['values arrive as they are', /at of row 3/],
  'keeps what was not declared': ['members that are no column are dropped', /not declared/],
  'mixes namespaces': ['streams of one name in two namespaces stay apart', /users is not complete/],
  'takes streams that nobody chose': [
    'a record of a stream that nobody chose is an error',
    /exits with 0/,
  ],
  'fails at noise': ['what is no message, or for others, is passed over', /no JSON|JSON/],
  'wants members in one order': [
    'what is no message, or for others, is passed over',
    /the rows 1,2$/,
  ],
  'exits with 0 when a stream is not complete': [
    'a stream without an end is an error that passes',
    /exits with 0/,
  ],
  'takes any generations': ['generations that do not fit together are an error', /exits with 0/],
  'says no modes': ['spec says in which modes it writes', /it says none/],
};

test.each(Object.entries(caught))(
  'a destination that %s is caught',
  async (defect, [name, saying]) => {
    // The keys of the table are all there are.
    const checks = airbyteDestinationChecks(inProcess(defect as DestinationDefect));
    const failures = await failuresOf(checks);
    expect([...failures.keys()]).toContain(name);
    expect(failures.get(name)).toMatch(saying);
  },
);

test('an executable is caught by the same name', async () => {
  await using folder = await tempFolder();
  const name = 'a process that a later one has fenced out commits no more';
  const checks = airbyteDestinationChecks(await executable(folder, 'does not fence'));
  const failures = await failuresOf(checks.filter((check) => check.name === name));
  expect(failures.get(name)).toMatch(/ends with 0/);
});
