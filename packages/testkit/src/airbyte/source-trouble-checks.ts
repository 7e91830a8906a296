import { expectNone, expectThat, type Check } from '../check.ts';
import { resumeProblems } from '../compare-documents.ts';
import { idOfStream, type CatalogStream } from './message.ts';
import { statusProblems, storyOf } from './read-problems.ts';
import { configuredCatalog, sourceCheck, withSource, type SourceRun } from './source-run.ts';
import type { AirbyteSourceSuite } from './source-suite.ts';
import { describeEnd, errorsIn, messagesOf } from './transcript.ts';

/** What a source has to do when something is wrong. */
export function troubleChecks(suite: AirbyteSourceSuite): Check[] {
  const failing = suite.failing?.bind(suite);
  return [
    sourceCheck(suite, 'a stream that is gone does not stop the others', async (source) => {
      const { run, read, records, streams } = source;
      const whole = records(await read());
      const catalog = configuredCatalog([gone, ...streams], 'incremental');
      const transcript = await run('read', { catalog });
      expectNone(statusProblems(transcript, streams));
      expectThat(!storyOf(transcript, gone.name).includes('COMPLETE'), 'it completes what is gone');
      expectNone(resumeProblems(whole, [records(transcript)], suite));
    }),
    sourceCheck(
      suite,
      'a catalog with a mode that is none is an error',
      async ({ run, streams }) => {
        for (const chosen of [[gone], streams]) {
          const catalog = configuredCatalog(chosen, 'INVALID');
          await expectError(run('read', { catalog }), chosen.map(({ name }) => name).join());
        }
      },
    ),
    sourceCheck(
      suite,
      'a catalog or state that is no JSON is an error',
      async ({ run, streams }) => {
        const catalog = configuredCatalog(streams, 'incremental');
        await expectError(run('read', { catalog: '{"streams":' }), 'half a catalog');
        await expectError(run('read', { catalog: '' }), 'an empty catalog');
        await expectError(run('read', { catalog, state: '[{"type":' }), 'half a state');
        const nothing = [{ type: 'STREAM' }];
        await expectError(run('read', { catalog, state: nothing }), 'a state of nothing');
      },
    ),
    sourceCheck(
      suite,
      'a read with settings of the wrong form is an error',
      async ({ run, streams }) => {
        const catalog = configuredCatalog(streams, 'incremental');
        const transcript = await expectError(run('read', { catalog, config: [] }), 'an array');
        const [error] = errorsIn(transcript);
        expectThat(error?.failure_type === 'config_error', `it is a ${error?.failure_type}`);
        expectThat(messagesOf(transcript, 'RECORD').length === 0, 'it reads all the same');
      },
    ),
    ...(failing === undefined ? [] : [failingCheck(suite, failing)]),
    ...('command' in suite.source ? [terminateCheck(suite)] : []),
  ];
}

function failingCheck(
  suite: AirbyteSourceSuite,
  prepare: NonNullable<AirbyteSourceSuite['failing']>,
): Check {
  return {
    name: 'a stream that fails does not stop the others, and the exit code tells',
    run: () =>
      withSource(suite, prepare, async ({ fixture, run, streams }) => {
        const catalog = configuredCatalog(streams, 'incremental');
        const transcript = await run('read', { catalog });
        expectThat(transcript.end !== 0, 'it exits with 0');
        const isFailing = ({ name }: CatalogStream) => name === fixture.failing;
        expectThat(streams.some(isFailing), `there is no stream ${fixture.failing}`);
        for (const stream of streams.filter(isFailing)) {
          const story = storyOf(transcript, idOfStream(stream));
          expectThat(story.includes('INCOMPLETE'), `${stream.name} is not INCOMPLETE`);
          expectThat(!story.includes('COMPLETE'), `${stream.name} is COMPLETE`);
        }
        const others = streams.filter((stream) => !isFailing(stream));
        expectThat(others.length > 0, 'there is no other stream');
        expectNone(statusProblems(transcript, others));
        const named = errorsIn(transcript).some(
          ({ stream_descriptor: stream }) => stream?.name === fixture.failing,
        );
        expectThat(named, 'no error names the stream');
      }),
  };
}

function terminateCheck(suite: AirbyteSourceSuite): Check {
  return sourceCheck(
    suite,
    'SIGTERM ends it, by the signal or as if nothing had been',
    async (source) => {
      const catalog = configuredCatalog(source.streams, 'incremental');
      const transcript = await source.run(
        'read',
        { catalog },
        { terminate: true, patienceMs: 15_000 },
      );
      const isAccepted = transcript.end === 0 || transcript.end === 'SIGTERM';
      expectThat(isAccepted, describeEnd(transcript));
    },
  );
}

async function expectError(running: ReturnType<SourceRun['run']>, what: string) {
  const transcript = await running;
  expectThat(transcript.end !== 0, `${what}: it exits with 0`);
  expectThat(errorsIn(transcript).length > 0, `${what}: it tells of no error`);
  expectNone(transcript.noise, what);
  return transcript;
}

const gone: CatalogStream = {
  name: '__AIRBYTE__stream_that_does_not_exist',
  json_schema: { type: 'object', properties: {} },
  supported_sync_modes: ['full_refresh', 'incremental'],
  source_defined_cursor: true,
};
