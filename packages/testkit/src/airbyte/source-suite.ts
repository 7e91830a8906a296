import { serveSource } from '@fairlead/host-airbyte';
import type { Source } from '@fairlead/sdk';
import type { SourceFixture, WrongSettings } from '../source-suite-options.ts';
import type { AirbyteProgram } from './program.ts';

/** What the suite for sources of Airbyte has to know of one. */
export interface AirbyteSourceSuite {
  /** A source, which is served in this process, or anything that speaks the protocol. */
  readonly source: Source | AirbyteProgram;
  /**
   * Puts something to read in place, always the same, and says with which settings it is read.
   * Called for every check; what it made is disposed afterwards. A few dozen records are enough.
   */
  prepare(): Promise<AirbyteSourceFixture>;
  /** Settings that cannot work; `check` is to say so. */
  readonly wrong?: readonly Pick<WrongSettings, 'what' | 'settings'>[];
  /** Puts something in place of which one stream cannot be read, and the others can. */
  failing?(): Promise<AirbyteSourceFixture & { readonly failing: string }>;
  /** Whether some records may come again after a stop. Nothing may be missing in any case. */
  readonly repeats?: boolean;
  /** Members of records that differ from reading to reading, beside those of {@link volatileMembers}. */
  readonly volatile?: readonly string[];
  /** From how many states is resumed at most in each check; 40, or 8 for an executable, unless given. */
  readonly maxStates?: number;
}

export interface AirbyteSourceFixture extends SourceFixture {
  /** The content of a state file whose states lie past everything that there is. */
  readonly futureState?: unknown;
}

/** Members that tell when a record was read. */
export const volatileMembers: readonly string[] = ['_ab_cdc_cursor', '_ab_cdc_updated_at'];

/** The program of a suite. A source says a state at every checkpoint. */
export function programOf({ source }: AirbyteSourceSuite): AirbyteProgram {
  if (!('pull' in source)) return source;
  const pace = { everyMs: 0, everyRecords: 0 };
  return { serve: (args, io) => serveSource(source, args, io, { pace }) };
}
