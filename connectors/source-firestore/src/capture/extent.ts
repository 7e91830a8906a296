import type { Firestore } from '../client/firestore.ts';
import { compare } from '../handover/key-ranges.ts';
import { boundsOfCollection } from '../wire/names.ts';
import type { PathPattern } from '../wire/path-pattern.ts';
import { documentName } from '../wire/field-path.ts';
import type { Cursor, Query } from '../wire/structured-query.ts';

/** What Firestore is asked for to read the documents of a path: one collection, or a part of a collection group. */
export interface Extent {
  /** The same for paths that are read by the same queries. */
  readonly key: string;
  /** A document, or `projects/…/databases/…/documents`. */
  readonly parent: string;
  readonly collectionId: string;
  /** Whether collections at any depth below the parent are meant. */
  readonly isGroup: boolean;
  /** No document of the extent comes before this name; for a group. */
  readonly first?: string;
  /** All come before this name; for a group. */
  readonly after?: string;
  /** A name after all whose ids are of plain letters and digits. */
  readonly top: string;
}

/** A part of the names of an extent. All bounds may be absent. */
export interface NameSlice {
  /** The first name that may be in it. */
  readonly from?: Uint8Array | undefined;
  /** The first name after it. */
  readonly to?: Uint8Array | undefined;
  /** The last name that is not in it. */
  readonly past?: Uint8Array | undefined;
}

/**
 * The extent of a path, in the database whose documents are under `root`. A path without `*` is one collection; of
 * another the names before the first `*` bound the group, so that documents elsewhere are not read.
 */
export function extentOf(root: string, pattern: PathPattern): Extent {
  const { collectionId, concrete, isConcrete } = pattern;
  if (!isConcrete) {
    const { first, after } = boundsOfCollection(root, concrete);
    const key = `${concrete}/**/${collectionId}`;
    const top = `${root}/${concrete}/~`;
    return { key, parent: root, collectionId, isGroup: true, first, after, top };
  }
  const above = pattern.segments.slice(0, -1).join('/');
  const parent = above === '' ? root : `${root}/${above}`;
  const top = `${parent}/${collectionId}/~`;
  return { key: concrete, parent, collectionId, isGroup: false, top };
}

/** The extent with whatever else is in its collection group. */
export function withoutBounds(extent: Extent): Extent {
  const { first: _, after: __, ...unbounded } = extent;
  return unbounded;
}

/** The query for the documents of a slice, by name. */
export function queryOf(
  { collectionId, isGroup, first, after }: Extent,
  { from, to, past }: NameSlice,
  options: { readonly select?: readonly string[] | undefined; readonly limit?: number } = {},
): Query {
  const start = past ?? from ?? first;
  const end = to ?? after;
  const { select, limit } = options;
  return {
    from: isGroup ? { collectionId, allDescendants: true } : { collectionId },
    orderBy: [{ field: documentName }],
    ...(select === undefined ? {} : { select: select.length === 0 ? [documentName] : select }),
    ...(start === undefined ? {} : { startAt: at(start, past === undefined) }),
    ...(end === undefined ? {} : { endAt: at(end, true) }),
    ...(limit === undefined ? {} : { limit }),
  };
}

function at(name: Uint8Array | string, before: boolean): Cursor {
  const reference = typeof name === 'string' ? name : Buffer.from(name).toString();
  return { values: [{ reference }], before };
}

/** The names at which an extent falls into parts of about the same size, in order; none when that cannot be had. */
export async function partitionOf(
  firestore: Firestore,
  extent: Extent,
  { from, to }: NameSlice,
  options: { readonly parts: number; readonly micros: number },
  signal: AbortSignal,
): Promise<readonly Uint8Array[]> {
  const { parent, collectionId, isGroup, first, after } = extent;
  const { parts, micros } = options;
  if (parts < 2) return [];
  const prefix = `${parent}/${collectionId}/`;
  const names = await firestore.partition(collectionId, parts - 1, micros, signal);
  const isInside = (name: Uint8Array, text: string) =>
    (isGroup ? isBetween(name, first, after) : isRightIn(text, prefix)) &&
    isBetween(name, from, to);
  return names
    .map((text) => ({ text, name: Buffer.from(text) }))
    .filter(({ name, text }) => isInside(name, text))
    .map(({ name }) => name);
}

type Bound = Uint8Array | string | undefined;

function isBetween(name: Uint8Array, low: Bound, high: Bound): boolean {
  const bytes = (bound: Uint8Array | string) =>
    typeof bound === 'string' ? Buffer.from(bound) : bound;
  if (low !== undefined && compare(name, bytes(low)) <= 0) return false;
  return high === undefined || compare(name, bytes(high)) < 0;
}

/** Whether a name is right in the collection with that prefix. */
function isRightIn(name: string, prefix: string): boolean {
  return name.startsWith(prefix) && !name.slice(prefix.length).includes('/');
}
