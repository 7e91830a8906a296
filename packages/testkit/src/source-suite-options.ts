import type { FailureKind, Json, Source } from '@fairlead/sdk';

/** What the conformance suite has to know of a source. */
export interface SourceSuite {
  readonly source: Source;
  /**
   * Puts something to read in place, always the same, and says with which settings it is read.
   * Called often; what it made is disposed afterwards. A few dozen documents are enough.
   */
  prepare(): Promise<SourceFixture>;
  /** Settings that cannot work. */
  readonly wrong?: readonly WrongSettings[];
  /** Whether some documents may come again after a stop. Nothing may be missing in any case. */
  readonly repeats?: boolean;
  /** What differs from reading to reading is taken out of a document's text by this. */
  readonly stable?: (line: string) => string;
  /** A cursor of another connector; an object with an odd member unless given. */
  readonly foreignCursor?: Json;
  /** Whether the source can be read forever; true unless given. */
  readonly forever?: boolean;
  /** How many stops are tried at most in each check; 40 unless given. */
  readonly maxStops?: number;
  /** How long one reading may take; 20 seconds unless given. */
  readonly patienceMs?: number;
}

export interface SourceFixture extends Partial<AsyncDisposable> {
  readonly settings: unknown;
  /** Names of the streams to read; all unless given. */
  readonly streams?: readonly string[];
}

export interface WrongSettings {
  /** What is wrong with them. */
  readonly what: string;
  readonly settings: unknown;
  /** How `check` fails; `config` unless given. */
  readonly kind?: FailureKind;
}
