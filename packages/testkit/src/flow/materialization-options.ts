import type { CodecName } from '@fairlead/host-flow';
import type { CommitPattern, Json } from '@fairlead/sdk';
import type { FlowMaterializationSubject } from './flow-start.ts';

/** What the conformance suite has to know of a materialization: what it is, and where it writes. */
export type FlowMaterializationSuite = FlowMaterializationSubject & FlowMaterializationFacts;

export interface FlowMaterializationFacts {
  /** Makes a new, empty destination. Called for every check; what it made is disposed afterwards. */
  prepare(): Promise<FlowDestinationFixture>;
  /** Who knows what is committed; what the materialization says, and `in-destination`, unless given. */
  readonly commits?: CommitPattern;
  /** Settings that cannot work. */
  readonly wrong?: readonly { readonly what: string; readonly settings: unknown }[];
  /** Whether the destination keeps anything that can be loaded again; true unless given. */
  readonly keeps?: boolean;
  /** Whether two sessions may be open at a time, as when an old one was not stopped; true unless given. */
  readonly twoSessions?: boolean;
  /** Both unless given. */
  readonly codecs?: readonly CodecName[];
  /** At how many steps sessions are cut off at most; 60 unless given. */
  readonly maxStops?: number;
  /** How long one check may wait for an answer; 20 seconds unless given. */
  readonly patienceMs?: number;
}

export interface FlowDestinationFixture extends Partial<AsyncDisposable> {
  readonly settings: { readonly [name: string]: Json };
  /** Settings of every table, beside its name. */
  readonly resource?: { readonly [name: string]: Json };
  /**
   * The rows of a table as any other program would find them, by the names of fields, lossless; null
   * when there is no such table. Called while no session is open.
   */
  readTable?(name: string): Promise<readonly Readonly<Record<string, unknown>>[] | null>;
}
