import type { Materialization, Table } from '@fairlead/sdk';
import type { StoredRow } from './memory-disk.ts';
import type { WrongSettings } from './source-suite-options.ts';

/** What the conformance suite has to know of a materialization. */
export interface MaterializationSuite {
  readonly materialization: Materialization;
  /** Makes a new, empty destination. Called for every check; what it made is disposed afterwards. */
  prepare(): Promise<DestinationFixture>;
  /** Settings that cannot work. */
  readonly wrong?: readonly WrongSettings[];
  /** Whether the destination keeps anything that can be read back; true unless given. */
  readonly keeps?: boolean;
  /** Whether it compares its keys with those of a source; true unless given. */
  readonly compares?: boolean;
  /** Whether two connections may be open at a time, as when an old run was not stopped; true unless given. */
  readonly twoConnections?: boolean;
  /**
   * Whether values that a column's schema does not allow may become something else, because hosts
   * are known to keep them away; false unless given.
   */
  readonly trusting?: boolean;
  /** The size of the big document; 20 MB unless given. */
  readonly bigDocumentBytes?: number;
  /** How many random stories are told; 15 unless given. */
  readonly stories?: number;
  /** Where chance begins; 1 unless given. */
  readonly seed?: number;
}

export interface DestinationFixture extends Partial<AsyncDisposable> {
  readonly settings: unknown;
  /**
   * The rows of a table as other programs find them, by the names that `table.columns`
   * have; null when there is no such table. Called while no connection of the suite is open.
   */
  readTable?(table: Table): Promise<readonly StoredRow[] | null>;
}
