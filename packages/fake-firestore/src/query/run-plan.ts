import { GrpcError, Status } from '@fairlead/grpc';
import type { Database } from '../store/database.ts';
import type { Item } from '../store/merge-runs.ts';
import type { StoredDocument } from '../store/stored-document.ts';
import type { Micros } from '../time/micros.ts';
import { compareDocuments } from './orders.ts';
import type { Plan } from './plan.ts';

/** The most documents that are sorted by a field, since they are held all at once. */
const sortLimit = 1_000_000;

/** What a query came upon besides its results. */
export interface Tally {
  /** Documents left out because of the offset. They are billed. */
  skipped: number;
}

/** The results of a query as of an instant, in its order; synthetic documents in runs where all of them belong to it. */
export function* runPlan(
  database: Database,
  plan: Plan,
  at: Micros,
  tally: Tally = { skipped: 0 },
): Generator<Item> {
  let toSkip = plan.offset;
  let left = plan.limit ?? Infinity;
  if (left === 0) return;
  for (const item of inOrder(database, plan, at)) {
    const count = item.is === 'run' ? item.to - item.from : 1;
    const skipped = Math.min(toSkip, count);
    toSkip -= skipped;
    tally.skipped += skipped;
    const taken = Math.min(left, count - skipped);
    if (taken === 0) continue;
    left -= taken;
    yield item.is === 'run' ? cut(item, skipped, taken) : item;
    if (left === 0) return;
  }
}

/** The documents of items, one by one. */
export function* documentsOf(items: Iterable<Item>): Generator<StoredDocument> {
  for (const item of items) {
    if (item.is === 'document') yield item.document;
    else for (let index = item.from; index < item.to; index++) yield item.shape.document(index);
  }
}

/** The paths of the documents of items. No document is made for it. */
export function* pathsOf(items: Iterable<Item>): Generator<string> {
  for (const item of items) {
    if (item.is === 'document') yield item.document.path;
    else for (let index = item.from; index < item.to; index++) yield item.shape.path(index);
  }
}

/** How many documents items stand for. */
export function countOf(items: Iterable<Item>): number {
  let count = 0;
  for (const item of items) count += item.is === 'run' ? item.to - item.from : 1;
  return count;
}

function* inOrder(database: Database, plan: Plan, at: Micros): Iterable<Item> {
  const { condition } = plan;
  const scanned = database.scan(plan.range, at, plan.wanted);
  if (plan.byName && plan.orders[0]?.sign === 1) {
    yield* condition === undefined ? scanned : filtered(scanned, condition);
  } else if (plan.byName) {
    for (const document of backwards(scanned)) {
      if (condition === undefined || condition(document)) yield { is: 'document', document };
    }
  } else {
    yield* sorted(filtered(scanned, condition ?? (() => true)), plan);
  }
}

function* filtered(
  items: Iterable<Item>,
  condition: (document: StoredDocument) => boolean,
): Generator<Item> {
  for (const document of documentsOf(items)) {
    if (condition(document)) yield { is: 'document', document };
  }
}

function* sorted(items: Iterable<Item>, plan: Plan): Generator<Item> {
  const documents: StoredDocument[] = [];
  for (const document of documentsOf(items)) {
    if (documents.push(document) > sortLimit) {
      throw new GrpcError(
        Status.FAILED_PRECONDITION,
        `This server orders at most ${sortLimit} documents by a field.`,
      );
    }
  }
  documents.sort(compareDocuments(plan.orders, plan.database));
  for (const document of documents) yield { is: 'document', document };
}

function* backwards(items: Iterable<Item>): Generator<StoredDocument> {
  for (const item of [...items].toReversed()) {
    if (item.is === 'document') yield item.document;
    else for (let index = item.to; index-- > item.from;) yield item.shape.document(index);
  }
}

function cut(run: Extract<Item, { is: 'run' }>, skipped: number, taken: number): Item {
  return { ...run, from: run.from + skipped, to: run.from + skipped + taken };
}
