import type { FunctionEndpoint } from '@fairlead/host-fivetran';
import type { Source } from '@fairlead/sdk';
import type { SourceFixture, WrongSettings } from '../source-suite-options.ts';
import type { FivetranClient } from './fivetran-client.ts';

/** What the suites for Fivetran have to know of a source. */
interface FivetranSuite {
  readonly source: Source;
  /**
   * Puts something to read in place, always the same, and says with which settings it is read.
   * Called for every check; what it made is disposed afterwards. A few dozen documents are enough.
   */
  prepare(): Promise<SourceFixture>;
  /** Settings that cannot work; a test of them is to say so. */
  readonly wrong?: readonly Pick<WrongSettings, 'what' | 'settings'>[];
  /** Whether a sync may bring rows again that have not changed. Nothing may be missing in any case. */
  readonly repeats?: boolean;
  /** From how many states is gone on at most in each check; 20 unless given. */
  readonly maxStates?: number;
  /**
   * The compiled module that exports the source as `connector`. With it there are checks that kill it as
   * a process: 4 times each, or 12 where all has to be tested, which the variable `CI` says.
   */
  readonly module?: URL;
}

/** What the suite for functions has to know of a source. */
export interface FivetranFunctionSuite extends FivetranSuite {
  /** Stands between Fivetran and the function: so the suite is tested itself. */
  readonly between?: (endpoint: FunctionEndpoint) => FunctionEndpoint;
}

/** What the suite for sources by gRPC has to know of one. */
export interface FivetranSourceSuite extends FivetranSuite {
  /** Stands between Fivetran and the source: so the suite is tested itself. */
  readonly between?: (client: FivetranClient) => FivetranClient;
}

/** How many processes each check kills. */
export const killsWanted = process.env['CI'] === 'true' ? 12 : 4;
