import { expectNone, expectThat, type Check } from '../check.ts';
import { destinationCheck, echoes } from './destination-run.ts';
import type { AirbyteDestinationSuite } from './destination-suite.ts';
import { configured, emittedAt, record, state, status, turn } from './input.ts';
import { errorsIn, type Transcript } from './transcript.ts';

/** What a destination has to do when something is wrong, or only odd. */
export function troubleChecks(suite: AirbyteDestinationSuite): Check[] {
  const users = { name: 'users' };
  const streams = [configured(users, 'append_dedup', [1, 0])];
  const row = (id: number) => record(users, { id });
  return [
    destinationCheck(suite, 'what is no message, or for others, is passed over', async (run) => {
      const log = { type: 'LOG', log: { level: 'INFO', message: 'hello' } };
      const estimate = { name: 'users', type: 'STREAM', row_estimate: 1 };
      const trace = { type: 'ESTIMATE', emitted_at: emittedAt, estimate };
      const odd = [
        'a library says hello',
        '',
        '{"an":"object"}',
        '[]',
        JSON.stringify(log),
        JSON.stringify({ type: 'TRACE', trace }),
        JSON.stringify({ type: 'A_NEW_ONE', payload: {} }),
        filledWithNulls(row(2)),
        backwards(row(3)),
      ];
      await run.sync(streams, turn(users, [...odd, row(1), state(users, 1)]));
      if (suite.keeps === false) return;
      const found = (await run.texts(users, ['id'])).join();
      expectThat(found === '1,2,3', `there are the rows ${found}`);
    }),
    destinationCheck(suite, 'a record of a stream that nobody chose is an error', async (run) => {
      const other = record({ name: 'others' }, { id: 1 });
      expectError(await run.write(streams, turn(users, [other])));
    }),
    destinationCheck(suite, 'a stream without an end is an error that passes', async (run) => {
      const transcript = await run.write(
        streams,
        turn(users, [row(1), state(users, 1)]).slice(0, -1),
      );
      expectError(transcript, 'transient_error');
      expectThat(echoes(transcript).length === 1, 'what is committed is not told of');
    }),
    destinationCheck(suite, 'generations that do not fit together are an error', async (run) => {
      const wrong = [configured(users, 'append', [3, 2])];
      expectError(await run.write(wrong, turn(users, [row(1)])));
    }),
    destinationCheck(suite, 'a write with settings of the wrong form is an error', async (run) => {
      const files = { config: '[]', catalog: { streams } };
      expectError(await run.write(streams, turn(users, [row(1)]), { files }), 'config_error');
    }),
    destinationCheck(suite, 'a catalog that is no JSON is an error', async (run) => {
      for (const catalog of ['', '{"streams":', '[]']) {
        const files = { config: run.fixture.settings, catalog };
        expectError(await run.write(streams, turn(users, [row(1)]), { files }));
      }
    }),
    destinationCheck(suite, 'a sync of nothing is one', async ({ sync }) => {
      const transcript = await sync(streams, [status(users, 'STARTED'), status(users, 'COMPLETE')]);
      expectNone([...transcript.noise, ...echoes(transcript).map(() => 'there is a state')]);
    }),
  ];
}

function expectError(transcript: Transcript, type?: string): void {
  expectThat(transcript.end !== 0, 'it exits with 0');
  const [first] = errorsIn(transcript);
  expectThat(first !== undefined, 'it tells of no error');
  const told = first.failure_type ?? 'system_error';
  expectThat(type === undefined || told === type, `it is a ${told}`);
  expectNone(transcript.noise);
}

/** A line as hosts that are written in Python have it. */
function filledWithNulls(line: string): string {
  const message: { record: object } = JSON.parse(line);
  const none = { log: null, spec: null, state: null, trace: null, catalog: null, control: null };
  const filled = { namespace: null, meta: null, file_reference: null, ...message.record };
  return JSON.stringify({ ...none, ...message, record: filled });
}

/** A line with its members in another order. */
function backwards(line: string): string {
  const message: { type: string; record: object } = JSON.parse(line);
  const members = Object.entries(message.record).toReversed();
  return JSON.stringify({ record: Object.fromEntries(members), type: message.type });
}
