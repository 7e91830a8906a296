import type { JsonSchema } from '@fairlead/json';
import type { Script, Step } from './script.ts';

/** What a memory source offers and says. */
export interface MemorySourceOptions {
  /** In the order of discovery. */
  readonly streams: readonly MemoryStream[];
  /**
   * One script for all streams, each step of which belongs to one stream, except for checkpoints,
   * failures and waits. The source then has one position, which its bindings share; a binding
   * without a state of its own first gets what it has missed.
   */
  readonly log?: Script<LogStep>;
  /** Whether documents are read by range of the hash of their key. */
  readonly sharded?: boolean;
  /** How many streams are read at a time; 1 unless given. Not with `log`. */
  readonly concurrency?: number;
  /** What `check` throws, when anything. */
  readonly refuses?: Error;
}

/** One stream of a memory source. */
export interface MemoryStream {
  readonly name: string;
  /** JSON pointers; `/id` unless given. */
  readonly key?: readonly string[];
  /** An object with the key's members unless given. */
  readonly schema?: JsonSchema;
  /** What the stream says when it is read alone. */
  readonly script?: Script;
}

/** A step of a script that many streams share. */
export type LogStep = Step & { readonly stream?: string };
