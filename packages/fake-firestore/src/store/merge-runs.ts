import type { NameKey } from '../names/name-key.ts';
import type { Shape } from '../synthetic/shape.ts';
import type { StoredDocument } from './stored-document.ts';

/** One document, or consecutive synthetic ones with indexes from `from`, before `to`. */
export type Item =
  | { readonly is: 'document'; readonly document: StoredDocument }
  | { readonly is: 'run'; readonly shape: Shape; readonly from: number; readonly to: number };

/** A stored version; undefined where the document is deleted. It hides a synthetic one of the same key. */
export interface StoredItem {
  readonly key: NameKey;
  readonly document: StoredDocument | undefined;
}

/** What is left of a shape. */
export interface PendingRun {
  readonly shape: Shape;
  next: number;
  readonly end: number;
}

/** Stored and synthetic documents in one order of names. */
export function* mergeRuns(
  stored: Iterable<StoredItem>,
  runs: readonly PendingRun[],
): Generator<Item> {
  for (const { key, document } of stored) {
    yield* runsBefore(runs, key);
    for (const run of runs) {
      if (run.next < run.end && run.shape.key(run.next) === key) run.next++;
    }
    if (document !== undefined) yield { is: 'document', document };
  }
  yield* runsBefore(runs, undefined);
}

/** What the shapes hold below a key, or all the rest. */
function* runsBefore(runs: readonly PendingRun[], key: NameKey | undefined): Generator<Item> {
  for (;;) {
    const heads = runs
      .filter((run) => run.next < run.end)
      .map((run) => ({ run, key: run.shape.key(run.next) }))
      .sort((a, b) => (a.key < b.key ? -1 : 1));
    const [first, second] = heads;
    if (first === undefined || (key !== undefined && first.key >= key)) return;
    const { run } = first;
    const limit =
      second !== undefined && (key === undefined || second.key < key) ? second.key : key;
    const to =
      limit === undefined ? run.end : Math.min(run.end, run.shape.lowerBound(limit, run.next));
    yield { is: 'run', shape: run.shape, from: run.next, to };
    run.next = to;
  }
}
