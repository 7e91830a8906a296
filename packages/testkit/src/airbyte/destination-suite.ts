import { serveDestination } from '@fairlead/host-airbyte';
import type { Materialization } from '@fairlead/sdk';
import type { WrongSettings } from '../source-suite-options.ts';
import type { Row, StreamName } from './message.ts';
import type { AirbyteProgram } from './program.ts';

/** What the suite for destinations of Airbyte has to know of one. */
export interface AirbyteDestinationSuite {
  /** A materialization, which is served in this process, or anything that speaks the protocol. */
  readonly destination: Materialization | AirbyteProgram;
  /** Makes a new, empty destination. Called for every check; what it made is disposed afterwards. */
  prepare(): Promise<AirbyteDestinationFixture>;
  /** Settings that cannot work; `check` is to say so. */
  readonly wrong?: readonly Pick<WrongSettings, 'what' | 'settings'>[];
  /** Whether the destination keeps anything that can be read back; true unless given. */
  readonly keeps?: boolean;
  /** Whether a process is fenced out by a later one that writes the same streams; true unless given. */
  readonly fences?: boolean;
  /** How long a state is waited for while more input may come; 30 seconds unless given. */
  readonly echoMs?: number;
}

export interface AirbyteDestinationFixture extends Partial<AsyncDisposable> {
  readonly settings: unknown;
  /**
   * The rows of a stream as any other program would find them, by the names of their columns, with
   * objects and arrays as such; null when there is no table. Called while no process is running.
   */
  readRows?(stream: StreamName): Promise<readonly Row[] | null>;
}

/** The program of a suite. A materialization commits whenever it may. */
export function programOf({ destination }: AirbyteDestinationSuite): AirbyteProgram {
  if (!('connect' in destination)) return destination;
  const pace = { bytes: 1, everyMs: 0 };
  return {
    serve: (args, io, input) => serveDestination(destination, args, io, { input, pace }),
  };
}
