import type { ConnectedMaterialization, ConnectedSource, Json } from '@fairlead/sdk';

/** What is read, where it goes and how, with every default filled in. */
export interface Pipeline {
  /** Names the task in the destination, so it stays the same from run to run. */
  readonly name: string;
  readonly source: ConnectedSource;
  readonly destination: ConnectedMaterialization;
  /** The first rule whose pattern matches a stream decides; a stream that none matches is left out. */
  readonly streams: readonly StreamRule[];
  readonly commit: CommitBounds;
  /** Where locks are, and the state of destinations that keep none. */
  readonly stateFolder: string;
  /** Tells pipelines of one name with different ends apart; a digest of their settings. */
  readonly identity: string;
}

/** When what was taken is committed, at the source's next checkpoint: once it is large, or the last commit long ago. */
export interface CommitBounds {
  readonly bytes: number;
  readonly everyMs: number;
}

/** What to do when a document does not fit the table. */
export type SchemaContract =
  /** The table grows: a column is added or widened, without loss. */
  | 'evolve'
  /** The run stops. */
  | 'freeze'
  /** The document goes into the table `fairlead_quarantine`, with the reason. */
  | 'quarantine';

/** What applies to the streams that a pattern matches. */
export interface StreamRule {
  /** A stream's name, in which `*` stands for any characters. */
  readonly match: string;
  /** Default: `merge` when the stream has a key, else `append`. */
  readonly write?: 'merge' | 'append';
  readonly deletes: 'hard' | 'soft' | 'ignore';
  readonly contract: SchemaContract;
  /** Names, `*`, and `-name` for one that is left out. Default: all. */
  readonly columns?: readonly string[];
  /** Members that identify a document, instead of the stream's own key. */
  readonly key?: readonly string[];
  /** Settings of the source for the stream, over those it offers. */
  readonly resource?: Json;
  /** Settings of the destination for the table, over those it offers, e.g. `{ table: 'orders' }`. */
  readonly target?: Json;
}
