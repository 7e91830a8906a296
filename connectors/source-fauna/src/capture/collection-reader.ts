import type { Log, SourceEvent } from '@fairlead/sdk';
import { getIndex, misfitFailure } from '../check/check-index.ts';
import { isBelowHistory } from '../client/below-history.ts';
import { isForbidden, isMissing } from '../client/error-kinds.ts';
import type { Fauna } from '../client/fauna.ts';
import type { StreamSettings } from '../settings.ts';
import type { Cursor } from '../state/cursor.ts';
import { eventTime, positionOf, refuseForeign } from '../state/cursor-place.ts';
import { cursorText, sentCursor } from '../wire/cursor.ts';
import { collection, ref, type Expression } from '../wire/expression.ts';
import { PageReader, type Page } from '../wire/page.ts';
import {
  encodedOnce,
  eventsFrom,
  goneQuery,
  projection,
  snapshotQuery,
  updatesQuery,
} from '../wire/queries.ts';
import { Beginning } from './beginning.ts';
import { PageSize } from './page-size.ts';
import { pagesOf } from './pages.ts';
import { Progress } from './progress.ts';
import { isRemembered, nowOf, proveThere } from './questions.ts';
import { deletionsOf, documentsOf, lastPlace, rowPlace, type RowsOptions } from './rows.ts';
import { snapshotPages } from './snapshot-pages.ts';

export interface ReaderSetup {
  readonly fauna: Fauna;
  readonly settings: StreamSettings;
  /** Whether what is there is wanted, and no changes after it. */
  readonly isSnapshot: boolean;
  /** The index of the binding. */
  readonly binding: number;
  readonly stateKey: string;
  readonly cursor: Cursor | undefined;
  /** Milliseconds since some instant. */
  readonly clock: () => number;
  readonly signal: AbortSignal;
  readonly log: Log;
}

/**
 * Reads one collection in FQL v4. With an index by (ts, ref) it is followed: first the deletions up to an instant, then all
 * that was written since the last time, the oldest first; a document that was deleted and came to be again is no
 * deletion, as it is among what was written. Without an index it is read as a whole, as it is at one instant.
 *
 * After each page a checkpoint says where the next one begins.
 */
export class CollectionReader {
  readonly #setup: ReaderSetup;
  readonly #reader = new PageReader();
  readonly #size: PageSize;
  readonly #row: (reference: Expression) => Expression;
  readonly #progress: Progress;
  readonly #beginning: Beginning;
  /** The index by which changes are read, if they are. */
  readonly #index: string | undefined;
  /** Whether the index is known to be of this collection. */
  #isProven = false;

  constructor(setup: ReaderSetup) {
    const { columns, dataColumn, pageSize } = setup.settings;
    this.#setup = setup;
    this.#index = setup.isSnapshot ? undefined : setup.settings.index;
    this.#progress = new Progress(setup.stateKey, setup.cursor);
    this.#beginning = new Beginning(setup);
    this.#size = new PageSize(pageSize);
    this.#row = encodedOnce(projection({ columns, dataColumn }));
  }

  /** Whether there is an index by which changes are found. */
  get isFollowed(): boolean {
    return this.#index !== undefined;
  }

  /** All up to the present. */
  async *round(): AsyncGenerator<SourceEvent, void, undefined> {
    const { fauna, settings, signal } = this.#setup;
    const { deletionColumn } = settings;
    const index = this.#index;
    refuseForeign(this.#cursor, settings.collection);
    if (index === undefined) return yield* this.#snapshot();
    await this.#prove(index);
    let isAnew = this.#cursor.updates_cursor === undefined;
    if (deletionColumn !== undefined && !isAnew) {
      isAnew =
        (await this.#hasLostDeletions()) ||
        (yield* this.#removalsUpTo(await nowOf(fauna, signal), deletionColumn));
    }
    if (isAnew) await this.#begin();
    yield* this.#updates(index, deletionColumn);
  }

  /** An index of something else would give other documents, without a word. @throws {Failure} config */
  async #prove(index: string): Promise<void> {
    if (this.#isProven) return;
    const { fauna, settings, signal, log } = this.#setup;
    const { collection: name } = settings;
    const definition = await getIndex(fauna, index, signal).catch((error: unknown) => {
      // That it is not there is told by reading, which is not refused to all who may not look.
      if (!isForbidden(error) && !isMissing(error)) throw error;
      const about = { collection: name, index };
      log.info(
        'what the index is of cannot be seen: it is taken for one of this collection',
        about,
      );
      return undefined;
    });
    const misfit = definition === undefined ? undefined : misfitFailure(definition, name);
    if (misfit !== undefined) {
      // An index whose collection is gone is of nothing: that is said first.
      await proveThere(fauna, name, signal);
      throw misfit;
    }
    this.#isProven = true;
  }

  /** All is read anew, from the oldest on, as soon as there is something. What was deleted before is not there. */
  async #begin(): Promise<void> {
    const { fauna, settings, signal } = this.#setup;
    const time = await nowOf(fauna, signal);
    const isTold = settings.deletionColumn !== undefined;
    this.#beginning.expect();
    this.#progress.stage({
      updates_cursor: { load_ts: time },
      ...(isTold ? { remove_cursor: { seen_ts: time } } : {}),
    });
  }

  /** Whether deletions since the last time are forgotten by now, and all has to be read anew. */
  async #hasLostDeletions(): Promise<boolean> {
    const { fauna, settings, signal, log } = this.#setup;
    const { seen_ts: seen, after, ts } = this.#cursor.remove_cursor ?? {};
    const known = eventTime(after) ?? seen;
    const since = known ?? ts;
    if (since === undefined || (await isRemembered(fauna, settings.collection, since, signal))) {
      return false;
    }
    const about = { collection: settings.collection };
    if (known === undefined) {
      log.warn(
        'deletions may be missing that the database has forgotten since the last one',
        about,
      );
    } else {
      log.warn(
        'deletions since the last time are forgotten by the database: all is read anew',
        about,
      );
    }
    return known !== undefined;
  }

  /** Deletions up to an instant. @returns whether some were forgotten before they were read. */
  async *#removalsUpTo(
    time: number,
    column: string,
  ): AsyncGenerator<SourceEvent, boolean, undefined> {
    const { settings, log } = this.#setup;
    try {
      yield* this.#removalPages(time, column);
      return false;
    } catch (error) {
      if (isBelowHistory(error) === undefined) throw error;
      log.warn('deletions were forgotten by the database while they were read: all is read anew', {
        collection: settings.collection,
      });
      return true;
    }
  }

  async *#removalPages(time: number, column: string): AsyncGenerator<SourceEvent, void, undefined> {
    const { fauna, settings, binding, signal } = this.#setup;
    const { collection: name } = settings;
    const { remove_cursor: before = {} } = this.#cursor;
    const { ts = 0, ref: id = '', seen_ts: seen } = before;
    const first = seen === undefined ? eventsFrom(ts, name, id) : eventsFrom(seen, name);
    let last = { ts: before.ts, ref: before.ref };
    const pages = pagesOf({
      ask: (after, size) =>
        fauna.query(
          goneQuery({ collection: name, at: time, size, after: sentCursor(after) ?? first }),
          signal,
        ),
      after: before.after,
      size: this.#size,
      reader: this.#reader,
    });
    for await (const page of pages) {
      const skipped = this.#isKnown(page, before) ? 1 : 0;
      if (page.count > skipped) {
        yield { is: 'documents', binding, documents: deletionsOf(page, skipped, column) };
      }
      last = lastPlace(page) ?? last;
      const next =
        page.after === undefined
          ? { ...last, seen_ts: Math.max(time, seen ?? 0) }
          : { ...before, after: cursorText(page.after) };
      yield this.#progress.to({ ...this.#cursor, remove_cursor: next });
    }
  }

  async *#updates(
    index: string,
    deletionColumn: string | undefined,
  ): AsyncGenerator<SourceEvent, void, undefined> {
    const { fauna, settings, binding, signal, clock } = this.#setup;
    const { collection: name } = settings;
    const { updates_cursor: before = {} } = this.#cursor;
    /** The row before the page, as far as one is known that was read. */
    let previous: RowsOptions['before'] = before.after === undefined ? before : undefined;
    const doubtful = positionOf(before.after);
    let askedMs = clock();
    /** Deletions up to here are told of after the next page. */
    let due: number | undefined;
    const { ts = 0, ref: id, load_ts: loaded } = before;
    const from = id === undefined ? [ts] : [ts, ref(collection(name), id)];
    const newUpTo = loaded ?? -1;
    let last = doubtful ?? { ts: before.ts, ref: before.ref };
    const pages = pagesOf({
      ask: (after, size) =>
        fauna.query(
          updatesQuery({ index, from, row: this.#row, after: sentCursor(after), size }),
          signal,
        ),
      after: before.after,
      size: this.#size,
      reader: this.#reader,
    });
    for await (const page of pages) {
      yield* this.#beginning.before(page);
      const documents = documentsOf(page, { newUpTo, before: previous, doubtful });
      const end = lastPlace(page);
      previous = end ?? previous;
      last = end ?? last;
      if (documents.ends.length > 0) yield { is: 'documents', binding, documents };
      const next = page.after === undefined ? last : { ...before, after: cursorText(page.after) };
      yield this.#progress.to({ ...this.#cursor, updates_cursor: next });
      if (deletionColumn === undefined) continue;
      if (due !== undefined && (yield* this.#removalsUpTo(due, deletionColumn))) {
        return yield* this.round();
      }
      // The history of deletions may be shorter than a first reading takes. The next page, which was asked for before this
      // instant, may still have what is deleted by then; those after it have not.
      due = clock() - askedMs < tellEveryMs ? undefined : await nowOf(fauna, signal);
      if (due !== undefined) askedMs = clock();
    }
    if (loaded !== undefined) yield { is: 'backfill-ends', binding };
  }

  async *#snapshot(): AsyncGenerator<SourceEvent, void, undefined> {
    const { fauna, settings, binding, signal, log, isSnapshot } = this.#setup;
    const { collection: name } = settings;
    let { full_sync_cursor: cursor } = this.#cursor;
    if (cursor?.done === true) {
      // All of it was handed out, and the state that says so was kept.
      if (isSnapshot) return;
      cursor = undefined;
    }
    if (cursor === undefined) this.#beginning.expect();
    const pages = snapshotPages({
      fauna,
      collection: name,
      query: (asked) => snapshotQuery({ ...asked, collection: name, row: this.#row }),
      at: cursor?.ts,
      after: cursor?.after,
      size: this.#size,
      reader: this.#reader,
      signal,
      log,
    });
    for await (const page of pages) {
      yield* this.#beginning.before(page);
      if (page.count > 0) {
        yield { is: 'documents', binding, documents: documentsOf(page, { newUpTo: Infinity }) };
      }
      const { at: ts, after } = page;
      const end = isSnapshot ? { full_sync_cursor: { ts, done: true } } : {};
      yield this.#progress.to(
        after === undefined ? end : { full_sync_cursor: { ts, after: cursorText(after) } },
      );
    }
    yield { is: 'backfill-ends', binding };
  }

  /** Whether a page begins with what was read last. */
  #isKnown(page: Page, { ts, ref: id }: { ts?: number | undefined; ref?: string | undefined }) {
    if (page.count === 0 || ts === undefined || id === undefined) return false;
    const first = rowPlace(page, 0);
    return first.ts === ts && first.ref === id;
  }

  get #cursor(): Cursor {
    return this.#progress.cursor;
  }
}

/** How often deletions are told of while all is read: the least that a database remembers is 15 minutes. */
const tellEveryMs = 5 * 60_000;
