import { within, type Binding, type Estimate, type Log, type SourceState } from '@fairlead/sdk';
import { extentOf, queryOf, type Extent, type NameSlice } from '../capture/extent.ts';
import type { Firestore } from '../client/firestore.ts';
import { inParallel } from '../in-parallel.ts';
import type { FirestoreResource } from '../settings.ts';
import { resume, type Cursor } from '../state/cursor.ts';
import { parsePathPattern } from '../wire/path-pattern.ts';
import { priceOf } from './price.ts';
import { unreadSlices } from './unread.ts';

/**
 * How many documents a run would be billed for, as counted on the server: all documents of each binding, or those that an
 * unfinished backfill has yet to read. Bindings that are read by one scan count once. A path with `*` is read as a part of a
 * collection group: documents of other paths in it are billed, too, and so they count.
 *
 * Counting itself costs a read for each thousand documents. What changes is not in it.
 * @throws {Failure} whatever a count fails with, and of which stream.
 */
export async function estimateReads(
  firestore: Firestore,
  bindings: readonly Binding<FirestoreResource>[],
  state: SourceState<Cursor, unknown>,
  { signal, log }: { readonly signal: AbortSignal; readonly log: Log },
): Promise<Estimate> {
  const seen = new Set<string>();
  const scans = bindings.map((binding) => {
    const scan = scanOf(binding, state, firestore.root);
    const isShared = scan === undefined || seen.has(scan.key);
    if (scan !== undefined) seen.add(scan.key);
    return { binding, scan: isShared ? undefined : scan };
  });
  const database = await firestore.describeDatabase(signal);
  const counted = await inParallel(
    scans,
    width,
    async ({ binding: { stream }, scan }, until) => {
      if (scan === undefined) return { reads: 0, counting: 0 };
      if (scan.extent.isGroup) {
        log.info('the estimate counts all documents of a collection group that are below', {
          stream,
          collectionId: scan.extent.collectionId,
          below: scan.below,
        });
      }
      try {
        return await countOf(firestore, scan, until);
      } catch (error) {
        throw within(`stream ${stream}`, error);
      }
    },
    signal,
  );
  const overhead = counted.reduce((sum, { counting }) => sum + counting, 0);
  const reads = counted.reduce((sum, one) => sum + one.reads, overhead);
  const price = priceOf(reads, database);
  return {
    unit: 'document reads',
    bindings: counted.map((one) => one.reads),
    overhead,
    ...(price === undefined ? {} : { price }),
  };
}

/** What is read for a binding. */
interface Scan {
  /** The same for bindings that have the same to read. */
  readonly key: string;
  readonly extent: Extent;
  /** The collection below which it is. */
  readonly below: string;
  readonly slices: readonly NameSlice[];
}

/** Undefined when there is nothing to read. */
function scanOf(
  { resource, stateKey }: Binding<FirestoreResource>,
  state: SourceState<Cursor, unknown>,
  root: string,
): Scan | undefined {
  const pattern = parsePathPattern(resource.path);
  if (pattern === undefined) throw new Error(`${resource.path} is no path of a collection`);
  const cursor = Object.hasOwn(state.bindings, stateKey) ? state.bindings[stateKey] : undefined;
  if (cursor === undefined && resource.backfillMode === 'none') return undefined;
  const slices =
    cursor === undefined
      ? [{}]
      : unreadSlices(resume(cursor, root).flatMap(({ ranges }) => ranges.all));
  if (slices.length === 0) return undefined;
  const extent = extentOf(root, pattern);
  const places = slices.map(({ from, to, past }) => [from, to, past].map(textOf));
  return { key: JSON.stringify([extent.key, places]), extent, below: pattern.concrete, slices };
}

async function countOf(
  firestore: Firestore,
  { extent, slices }: Scan,
  signal: AbortSignal,
): Promise<{ readonly reads: number; readonly counting: number }> {
  let reads = 0;
  let counting = 0;
  for (const slice of slices) {
    const query = { parent: extent.parent, query: queryOf(extent, slice) };
    const count = await firestore.count(query, signal);
    reads += count;
    counting += Math.max(1, Math.ceil(count / 1000));
  }
  return { reads, counting };
}

function textOf(name: Uint8Array | undefined): string | null {
  return name === undefined ? null : Buffer.from(name).toString();
}

/** Bindings that are counted at a time. */
const width = 8;
