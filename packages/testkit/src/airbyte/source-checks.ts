import { expectNone, expectThat, spread, type Check } from '../check.ts';
import { resumeProblems } from '../compare-documents.ts';
import type { DocumentsByStream } from '../source-run.ts';
import { commandLineChecks, formChecks } from './form-checks.ts';
import { catalogProblems } from './catalog-problems.ts';
import { idOfStream, type CatalogStream } from './message.ts';
import { countProblems, recordProblems, stateProblems, statusProblems } from './read-problems.ts';
import { incremental, keptStates, sourceCheck, type SourceRun } from './source-run.ts';
import { stateFormChecks } from './source-state-checks.ts';
import { programOf, type AirbyteSourceSuite } from './source-suite.ts';
import { troubleChecks } from './source-trouble-checks.ts';
import { describeEnd, errorsIn, messagesOf, type Transcript } from './transcript.ts';

/** All that a source of Airbyte has to do, as checks that can be run one by one. */
export function airbyteSourceChecks(suite: AirbyteSourceSuite): Check[] {
  return [
    ...formChecks(programOf(suite), suite),
    ...commandLineChecks(programOf(suite), 'read', ['write']),
    ...discoverChecks(suite),
    ...modes.flatMap((mode) => readChecks(suite, mode)),
    ...againChecks(suite),
    ...stateFormChecks(suite),
    ...troubleChecks(suite),
  ];
}

const modes = ['full_refresh', 'incremental'] as const;

function discoverChecks(suite: AirbyteSourceSuite): Check[] {
  return [
    sourceCheck(
      suite,
      'discover tells its streams in one message, twice the same',
      async ({ run }) => {
        const told: string[] = [];
        for (let time = 0; time < 2; time++) {
          const transcript = await run('discover');
          const catalogs = messagesOf(transcript, 'CATALOG');
          expectThat(transcript.end === 0, describeEnd(transcript));
          expectThat(catalogs.length === 1, `there are ${catalogs.length} catalogs`);
          expectNone(transcript.noise);
          told.push(JSON.stringify(catalogs[0]?.catalog));
        }
        expectThat(told[0] === told[1], 'the second catalog is another one');
      },
    ),
    sourceCheck(suite, 'its streams are described as platforms need it', async ({ streams }) => {
      expectNone(catalogProblems(streams));
    }),
    sourceCheck(suite, 'discover with settings of the wrong form is an error', async ({ run }) => {
      const transcript = await run('discover', { config: [] });
      expectThat(transcript.end !== 0, 'it exits with 0');
      expectThat(errorsIn(transcript).length > 0, 'it tells of no error');
      expectThat(messagesOf(transcript, 'CATALOG').length === 0, 'it gives a catalog all the same');
    }),
  ];
}

function readChecks(suite: AirbyteSourceSuite, mode: 'full_refresh' | 'incremental'): Check[] {
  const name = mode === 'full_refresh' ? 'a full refresh' : 'an incremental read';
  return [
    sourceCheck(suite, `${name} gives records that fit their stream`, async ({ read, streams }) => {
      const transcript = await read({ mode });
      expectThat(messagesOf(transcript, 'RECORD').length > 0, 'there are no records');
      expectNone([...transcript.noise, ...recordProblems(transcript, streams)]);
    }),
    sourceCheck(suite, `${name} tells the statuses of each stream`, async ({ read, streams }) => {
      expectNone(statusProblems(await read({ mode }), streams));
    }),
    sourceCheck(suite, `${name} ends each stream with a state`, async ({ read, streams }) => {
      expectNone(stateProblems(await read({ mode }), streams));
    }),
    sourceCheck(suite, `${name} counts its records in each state`, async ({ read }) => {
      expectNone(countProblems(await read({ mode })));
    }),
    sourceCheck(suite, `${name} gives the same when it begins anew`, async ({ read, records }) => {
      const first = records(await read({ mode }));
      for (const state of [undefined, []]) {
        expectNone(resumeProblems(first, [records(await read({ mode, state }))], suite));
      }
    }),
    sourceCheck(suite, `${name} gives exactly the rest after any of its states`, async (source) => {
      const streams =
        mode === 'incremental'
          ? incremental(source.streams)
          : source.streams.filter((stream) => stream.is_resumable === true);
      if (streams.length > 0) await expectRests(suite, source, mode, streams);
    }),
  ];
}

/** Resumes from states, and expects of each stream what came after its last state. */
async function expectRests(
  suite: AirbyteSourceSuite,
  { read, records }: SourceRun,
  mode: 'full_refresh' | 'incremental',
  streams: readonly CatalogStream[],
): Promise<void> {
  const whole = await read({ mode, streams });
  const count = messagesOf(whole, 'STATE').length;
  const { maxStates = 'command' in suite.source ? 8 : 40 } = suite;
  for (const taken of spread(count, maxStates)) {
    const states = messagesOf(whole, 'STATE').slice(0, taken);
    const rest = await read({ mode, streams, state: keptStates(states) });
    const begun = records(covered(whole, taken, streams));
    const parts: readonly DocumentsByStream[] = [begun, records(rest)];
    const problems = resumeProblems(records(whole), parts, suite);
    expectNone(problems, `resumed after ${taken} of ${count} states`);
    expectNone(statusProblems(rest, streams), `resumed after ${taken} of ${count} states`);
  }
}

/** The records that the first so many states cover. */
function covered(
  { messages }: Transcript,
  taken: number,
  streams: readonly CatalogStream[],
): Pick<Transcript, 'messages'> {
  const until = new Map(streams.map((stream) => [idOfStream(stream), -1]));
  let states = 0;
  for (const [index, message] of messages.entries()) {
    if (message.type !== 'STATE' || ++states > taken) continue;
    const { stream } = message.state;
    const ids = stream ? [idOfStream(stream.stream_descriptor)] : [...until.keys()];
    for (const id of ids) until.set(id, index);
  }
  return {
    messages: messages.filter((message, index) => {
      if (message.type !== 'RECORD') return false;
      const { stream: name, namespace } = message.record;
      return index < (until.get(idOfStream({ name, namespace })) ?? -1);
    }),
  };
}

function againChecks(suite: AirbyteSourceSuite): Check[] {
  return [
    sourceCheck(
      suite,
      'an incremental read of what has not changed gives a state only',
      async (source) => {
        const { read, records } = source;
        const streams = incremental(source.streams);
        const states = messagesOf(await read({ streams }), 'STATE');
        const again = await read({ streams, state: keptStates(states) });
        const none = Object.fromEntries(streams.map((stream) => [idOfStream(stream), []]));
        expectNone(suite.repeats === true ? [] : resumeProblems(none, [records(again)]));
        expectNone([...statusProblems(again, streams), ...stateProblems(again, streams)]);
        expectNone(countProblems(again));
      },
    ),
    sourceCheck(
      suite,
      'a stream that is only read whole is read, whatever was asked',
      async (source) => {
        const { read, records, streams } = source;
        const whole = streams.filter(
          ({ supported_sync_modes: supported }) => !supported.includes('incremental'),
        );
        if (whole.length === 0) return;
        const asked = await read({ mode: 'incremental', streams: whole });
        const expected = await read({ mode: 'full_refresh', streams: whole });
        expectNone(resumeProblems(records(expected), [records(asked)], suite));
      },
    ),
    sourceCheck(
      suite,
      'a state of the future gives no records',
      async ({ fixture, read, streams: all }) => {
        const { futureState: state } = fixture;
        if (state === undefined) return;
        const streams = incremental(all);
        const transcript = await read({ streams, state });
        const count = messagesOf(transcript, 'RECORD').length;
        expectThat(count === 0, `there are ${count} records`);
        expectNone(stateProblems(transcript, streams));
      },
    ),
  ];
}
