import type { TableShape } from './table.ts';

export interface ServerOptions {
  readonly documents: number;
  /** Of an encoded document. */
  readonly documentBytes: number;
  /** What it sends at most. */
  readonly documentsPerSecond: number;
}

/** A stand-in server with a synthetic collection. */
export interface Server extends AsyncDisposable {
  /** What `fairlead copy` reads: an address, and settings of it. */
  readonly words: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** What a table has to hold that the collection was loaded into. */
  readonly shape: TableShape;
  /** How many documents it has sent, as far as that is known; it may be behind. */
  readonly readsSoFar: number;
  /** How many it has sent by now. */
  reads(): Promise<number>;
}
