import type { JsonSchema } from '@fairlead/json';
import type { z } from 'zod';
import type { Documents } from './documents.ts';
import type { Failure } from './failure.ts';
import type { Json } from './json-value.ts';
import type { KeyRange } from './key-range.ts';
import type { Log } from './log.ts';
import type { SourceState, StatePatch } from './state.ts';

/** What every call of a connector gets. */
export interface Scope<Config = unknown> {
  readonly config: Config;
  readonly signal: AbortSignal;
  readonly log: Log;
}

/** A connector that reads. A host needs nothing but this value. */
export interface Source<Config = unknown, Resource = unknown, Cursor = unknown, Shared = unknown> {
  /** `source-` and the name of the system. */
  readonly name: string;
  /** What users call it, e.g. `Files`. */
  readonly title: string;
  /** Settings of the connection. */
  readonly config: z.ZodType<Config>;
  /** Settings of one binding; what {@link StreamInfo.resource} offers. */
  readonly resource: z.ZodType<Resource>;
  /** The state of one binding. */
  readonly cursor: z.ZodType<Cursor>;
  /** The state that all bindings share, for a source with one log. */
  readonly shared?: z.ZodType<Shared>;
  /** How the source is written in one word, on a command line. */
  readonly address?: Address;
  /**
   * The member of `resource` that names the stream, where the settings of a binding have one. Hosts that tell bindings apart
   * by a name in their settings take it instead of one of their own.
   */
  readonly streamSetting?: string;
  /** How often it may be asked for new streams while it is read, in milliseconds; hosts may ask less often. */
  readonly discoverEveryMs?: number;
  /** Whether `pull` honours a {@link PullRequest.range}. Otherwise it is only ever given all keys. */
  readonly sharded?: boolean;
  /** Whether `pull` honours {@link Binding.isSnapshot}. Otherwise it tells of changes too. */
  readonly snapshots?: boolean;
  /** Proves that the settings work. Throws a `Failure` that says what to change. */
  check(scope: Scope<Config>): Promise<void>;
  /** The streams a user may choose from, in a stable order. Reads no more than it must. */
  discover(scope: Scope<Config>): Promise<readonly StreamInfo[]>;
  /** What reading on from `state` would cost, for a source that is billed by what is read. */
  estimate?(request: EstimateRequest<Config, Resource, Cursor, Shared>): Promise<Estimate>;
  /**
   * The key of each document that a stream has now, once, as JSON arrays in the order of {@link StreamInfo.key}: for a host
   * that compares it with a table. Reads as little beside as it can.
   */
  keys?(request: KeysRequest<Config, Resource>): AsyncIterable<Documents>;
  /**
   * What follows `state`, in source order, each event made when it is asked for. Ends when every
   * binding has caught up, or never, as `until` says. An abort of `signal` ends it as soon as what
   * is complete has been handed out; it may throw the signal's reason.
   */
  pull(request: PullRequest<Config, Resource, Cursor, Shared>): AsyncIterable<SourceEvent>;
}

/** A source or destination as one word: `postgres://me@host/shop`, `duckdb:shop.duckdb`. */
export interface Address {
  /** The words before the first `:`. A path with no scheme belongs to the scheme `file`. */
  readonly schemes: readonly string[];
  /** The settings that an address stands for, still to be parsed by `config`. */
  parse(address: string): Json;
}

/** A stream that a source offers. */
export interface StreamInfo {
  /** Unique in the source, and stable. */
  readonly name: string;
  /** JSON pointers of the members that identify a document; empty when nothing does. */
  readonly key: readonly string[];
  /** What documents look like, as far as is known: from a catalog, or from a sample. */
  readonly schema: JsonSchema;
  /** Whether the types in `schema` were guessed from text, as in a CSV file: there, `1` and `"1"` are the same. */
  readonly textual?: boolean;
  /** The settings with which a binding reads this stream, still to be parsed by `resource`. */
  readonly resource: Json;
  /** JSON pointer of a member that grows with every change, when there is one that users know. */
  readonly cursor?: string;
  /** Whether each reading is of all that is there, as nothing tells of changes. */
  readonly isSnapshotOnly?: boolean;
}

/** A stream that a user chose. */
export interface Binding<Resource = unknown> {
  readonly stream: string;
  readonly resource: Resource;
  /** Names this binding's part of the state. Another one asks for a new backfill. */
  readonly stateKey: string;
  /** The host wants what is there, each document once, and no changes after that: a full refresh. */
  readonly isSnapshot?: boolean;
}

export interface PullRequest<
  Config = unknown,
  Resource = unknown,
  Cursor = unknown,
  Shared = unknown,
> extends Scope<Config> {
  /** Events name a binding by its index here. */
  readonly bindings: readonly Binding<Resource>[];
  /** The state after the last checkpoint that was made durable. */
  readonly state: SourceState<Cursor, Shared>;
  readonly until: 'caught-up' | 'forever';
  /** The part of the keys to read. */
  readonly range: KeyRange;
  /**
   * The host takes only so many documents of each binding and then leaves: it wants to see some. A source that is billed by
   * what is read reads no more than that; no checkpoint has to follow.
   */
  readonly wanted?: number;
}

/** A {@link PullRequest} that nobody reads yet. */
export type EstimateRequest<
  Config = unknown,
  Resource = unknown,
  Cursor = unknown,
  Shared = unknown,
> = Omit<PullRequest<Config, Resource, Cursor, Shared>, 'until' | 'range' | 'wanted'>;

export interface KeysRequest<Config = unknown, Resource = unknown> extends Scope<Config> {
  readonly binding: Binding<Resource>;
}

/** What is expected to be billed; what changes while it is read comes on top. */
export interface Estimate {
  /** What is billed, as a plural: `document reads`. */
  readonly unit: string;
  /** How much of it each binding takes, by its index. What bindings share belongs to the first of them. */
  readonly bindings: readonly number[];
  /** What the work itself takes, such as counting and listing. */
  readonly overhead: number;
  readonly price?: {
    readonly currency: 'USD';
    readonly amount: number;
    /** Which price was taken: `list price of $0.06 per 100,000 reads`. */
    readonly basis: string;
  };
}

/** What a source says while it reads. `binding` is an index into {@link PullRequest.bindings}. */
export type SourceEvent =
  | DocumentsEvent
  | CheckpointEvent
  /** The binding is read anew: what was there before and does not come again until the backfill ends may go. */
  | { readonly is: 'backfill-begins'; readonly binding: number }
  | { readonly is: 'backfill-ends'; readonly binding: number }
  /** The binding has reached the present. */
  | { readonly is: 'caught-up'; readonly binding: number }
  /** What the binding's documents look like from here on, where the source knows it exactly. */
  | { readonly is: 'schema'; readonly binding: number; readonly schema: JsonSchema }
  | ProgressEvent
  /**
   * The binding has ended with a failure after its last checkpoint, and the others go on. Only
   * from a source of independent streams; one with a shared log throws.
   */
  | { readonly is: 'failed'; readonly binding: number; readonly failure: Failure };

/** Documents, provisional until the next checkpoint. */
export interface DocumentsEvent {
  readonly is: 'documents';
  readonly binding: number;
  readonly documents: Documents;
  /**
   * Called, at most once, by a host that does not need the documents any more: their memory may
   * hold other ones afterwards.
   */
  readonly release?: () => void;
}

/** Everything before this may now be made durable together, of all bindings. */
export interface CheckpointEvent {
  readonly is: 'checkpoint';
  readonly patch: StatePatch;
  /** Called after a host has made the checkpoint, or a later one, durable. The source may then forget what came before. */
  readonly committed?: () => Promise<void>;
}

/** How far the backfill of a binding has come, in the source's own unit. Replaces what was said before. */
export interface ProgressEvent {
  readonly is: 'progress';
  readonly binding: number;
  readonly unit: 'bytes' | 'documents';
  readonly done: number;
  readonly total: number;
}
