import type { Committed } from '../store/database.ts';
import type { StoredDocument } from '../store/stored-document.ts';
import type { Micros } from '../time/micros.ts';
import type { CatchUpEvent } from './catch-up.ts';
import type { Cause } from './target-change.ts';
import type { Watch } from './watch.ts';

/** When the server ends a target although nobody asked it to. Whichever comes first counts. */
export interface TargetFailure {
  /** Once so many documents of it were sent. */
  readonly afterDocuments?: number;
  /** Once it has been there for so long. */
  readonly afterMs?: number;
  readonly cause: Cause;
}

/** How far a target is. */
export type Phase =
  /** Entered when it is added and on every reset. `events` is what is still to be told. */
  | { readonly is: 'catching-up'; readonly events: Iterator<CatchUpEvent> }
  /** Entered after the last of these. Commits are told as they come. */
  | { readonly is: 'current' };

/** A target of one stream. */
export interface Watched {
  readonly watch: Watch;
  readonly failure: TargetFailure | undefined;
  /** When it was added, by the machine's clock in milliseconds. */
  readonly addedAtMs: number;
  phase: Phase;
  /** The instant that catching up leads to. Commits up to it are not told again. */
  snapshotAt: Micros;
  /** Commits after that instant that wait until it has caught up. */
  waiting: Committed[];
  /** What a windowed target holds. */
  members: ReadonlyMap<string, StoredDocument>;
  /** Documents sent so far, and before it last began to catch up. */
  sent: number;
  sentBefore: number;
  /** What is left of a run that was sent in part. */
  rest: CatchUpEvent | undefined;
}

/** A target that is about to begin. */
export function newWatched(watch: Watch, failure: TargetFailure | undefined): Watched {
  return {
    watch,
    failure,
    addedAtMs: performance.now(),
    phase: { is: 'current' },
    snapshotAt: 0,
    waiting: [],
    members: new Map(),
    sent: 0,
    sentBefore: 0,
    rest: undefined,
  };
}

/** Whether a target has reached its failure. */
export function isOver(watched: Watched): boolean {
  const { failure, sent } = watched;
  if (failure?.afterDocuments !== undefined && sent >= failure.afterDocuments) return true;
  return failsAtMs(watched) <= performance.now();
}

/** When a target fails for its age, by the machine's clock in milliseconds. */
export function failsAtMs({ failure, addedAtMs }: Watched): number {
  return addedAtMs + (failure?.afterMs ?? Infinity);
}
