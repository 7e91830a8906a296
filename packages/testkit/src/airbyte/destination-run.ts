import { expectThat, type Check } from '../check.ts';
import { fixtureCheck } from '../fixture-check.ts';
import { canonicalValue } from '../same-value.ts';
import {
  programOf,
  type AirbyteDestinationFixture,
  type AirbyteDestinationSuite,
} from './destination-suite.ts';
import type { MessageOf, Row, StreamName } from './message.ts';
import { runProgram, type Run } from './program.ts';
import { describeEnd, messagesOf, type Transcript } from './transcript.ts';

/** A destination whose fixture is in place. */
export interface DestinationRun {
  readonly fixture: AirbyteDestinationFixture;
  /** Writes with a catalog of these streams. */
  readonly write: (
    streams: readonly object[],
    input: Run['input'],
    more?: Partial<Run>,
  ) => Promise<Transcript>;
  /** Writes, and fails when that does not end well. */
  readonly sync: (streams: readonly object[], input: readonly string[]) => Promise<Transcript>;
  /** The rows of a stream's table; none when there is no table. */
  readonly rows: (stream: StreamName) => Promise<readonly Row[]>;
  /** The rows as texts of some of their columns, sorted. */
  readonly texts: (stream: StreamName, columns?: readonly string[]) => Promise<readonly string[]>;
}

/** A check of a destination that is new. */
export function destinationCheck(
  suite: AirbyteDestinationSuite,
  name: string,
  body: (run: DestinationRun) => Promise<void>,
): Check {
  return fixtureCheck(
    name,
    () => suite.prepare(),
    (fixture) => body(runOf(suite, fixture)),
  );
}

function runOf(suite: AirbyteDestinationSuite, fixture: AirbyteDestinationFixture): DestinationRun {
  const program = programOf(suite);
  const write: DestinationRun['write'] = (streams, input = [], more = {}) =>
    runProgram(program, {
      words: ['write'],
      files: { config: fixture.settings, catalog: { streams } },
      input,
      ...more,
    });
  const rows: DestinationRun['rows'] = async (stream) => {
    expectThat(fixture.readRows !== undefined, 'the fixture has no readRows');
    return (await fixture.readRows(stream)) ?? [];
  };
  return {
    fixture,
    write,
    rows,
    async sync(streams, input) {
      const transcript = await write(streams, input);
      expectThat(transcript.end === 0, `the sync: ${describeEnd(transcript)}`);
      return transcript;
    },
    async texts(stream, columns = ['id', 'name']) {
      const found = await rows(stream);
      const text = (row: Row) => columns.map((name) => canonicalValue(row[name])).join(' ');
      return found.map(text).toSorted();
    },
  };
}

/** The states that came back, in order. */
export function echoes(transcript: Transcript): readonly MessageOf<'STATE'>[] {
  return messagesOf(transcript, 'STATE');
}

/** Something that happens once, and can be waited for. */
export interface Occasion {
  readonly happens: () => void;
  /** Whether it has happened within the time. */
  readonly within: (ms: number) => Promise<boolean>;
}

export function occasion(): Occasion {
  let happens = () => {};
  const happened = new Promise<boolean>((resolve) => (happens = () => resolve(true)));
  return {
    happens,
    async within(ms) {
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<boolean>((resolve) => {
        timer = setTimeout(() => resolve(false), ms);
      });
      const first = await Promise.race([happened, late]);
      clearTimeout(timer);
      return first;
    },
  };
}
