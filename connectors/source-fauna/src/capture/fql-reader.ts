import { extract } from '@fairlead/json';
import { Failure, type SourceEvent } from '@fairlead/sdk';
import { isBelowHistory } from '../client/below-history.ts';
import { cursorText } from '../wire/cursor.ts';
import { FeedReader } from '../wire/feed.ts';
import { FqlPageReader } from '../wire/page.ts';
import { Beginning } from './beginning.ts';
import type { ReaderSetup } from './collection-reader.ts';
import { fqlPages } from './fql-pages.ts';
import { FqlRows } from './fql-rows.ts';
import { PageSize } from './page-size.ts';
import { askInParts } from './pages.ts';
import { Progress } from './progress.ts';

/**
 * Reads one collection in FQL v10: what is there, and then what its event feed tells since reading began. When the feed does not
 * go back far enough any more, all is read anew.
 */
export class FqlReader {
  /** Whether changes are read too. */
  readonly isFollowed: boolean;
  readonly #setup: ReaderSetup;
  readonly #pages = new FqlPageReader();
  readonly #feed = new FeedReader();
  readonly #rows: FqlRows;
  readonly #size: PageSize;
  readonly #progress: Progress;
  readonly #beginning: Beginning;

  constructor(setup: ReaderSetup) {
    this.#setup = setup;
    this.isFollowed = !setup.isSnapshot;
    this.#rows = new FqlRows(setup.settings);
    this.#size = new PageSize(setup.settings.pageSize);
    this.#progress = new Progress(setup.stateKey, setup.cursor);
    this.#beginning = new Beginning(setup);
  }

  /** All up to the present. */
  async *round(): AsyncGenerator<SourceEvent, void, undefined> {
    const { feed_cursor: at } = this.#progress.cursor;
    if (at?.loaded === true && !this.isFollowed) return;
    if (at === undefined) await this.#begin();
    for (let losses = 0; ; losses++) {
      const lost = (yield* this.#load()) ?? (this.isFollowed ? yield* this.#follow() : undefined);
      if (lost === undefined) return;
      if (losses === mostLosses) throw tooShort(lost);
      const { settings, log } = this.#setup;
      log.warn('changes since the last time are forgotten by the database: all is read anew', {
        collection: settings.collection,
        error: lost,
      });
      await this.#begin();
    }
  }

  /** All is read anew, as soon as there is something. */
  async #begin(): Promise<void> {
    const { time } = await this.#source();
    this.#beginning.expect();
    this.#progress.stage({ feed_cursor: { start_ts: time, loaded: false } });
  }

  /** An event source, and the instant from which on it tells. */
  async #source(): Promise<{ readonly token: string; readonly time: number }> {
    const { fauna, settings, signal } = this.#setup;
    const query = 'Collection(name).all().eventSource()';
    const answer = await fauna.fql(query, { name: settings.collection }, signal);
    const place = extract(answer, 0, answer.length, ['data', '@stream']);
    const time = extract(answer, 0, answer.length, ['txn_ts']);
    if (place === undefined || time === undefined) {
      throw new Failure('data', 'the answer has no event source', { where: fauna.server });
    }
    const text = (at: { readonly start: number; readonly end: number }) =>
      Buffer.from(answer.subarray(at.start, at.end)).toString();
    return { token: String(JSON.parse(text(place))), time: Number(text(time)) };
  }

  /** What was there when reading began. @returns why it cannot be read any more, if it cannot. */
  async *#load(): AsyncGenerator<SourceEvent, string | undefined, undefined> {
    if (this.#progress.cursor.feed_cursor?.loaded !== false) return undefined;
    try {
      yield* this.#loadPages();
      return undefined;
    } catch (error) {
      const below = isBelowHistory(error);
      if (below === undefined) throw error;
      return `the database remembers nothing before ${below.least} µs`;
    }
  }

  async *#loadPages(): AsyncGenerator<SourceEvent, void, undefined> {
    const { fauna, settings, binding, signal } = this.#setup;
    const { feed_cursor: before = { start_ts: 0, loaded: false } } = this.#progress.cursor;
    const pages = fqlPages({
      fauna,
      collection: settings.collection,
      set: 'Collection(name).all().pageSize(size)',
      after: before.after,
      size: this.#size,
      reader: this.#pages,
      signal,
    });
    for await (const page of pages) {
      yield* this.#beginning.before(page);
      if (page.count > 0) {
        yield { is: 'documents', binding, documents: this.#rows.take(page, true) };
      }
      const after = page.after && cursorText(page.after);
      const next =
        after === undefined
          ? { start_ts: before.start_ts, loaded: true }
          : { ...before, after, loaded: false };
      yield this.#progress.to({ feed_cursor: next });
    }
    yield { is: 'backfill-ends', binding };
  }

  /** @returns why the feed cannot be followed, if it cannot. */
  async *#follow(): AsyncGenerator<SourceEvent, string | undefined, undefined> {
    const { fauna, binding, signal } = this.#setup;
    const { token } = await this.#source();
    for (;;) {
      const { feed_cursor: at = { start_ts: 0, loaded: true } } = this.#progress.cursor;
      const from =
        at.cursor === undefined ? { startTs: BigInt(at.start_ts) } : { cursor: at.cursor };
      const ask = (_: unknown, pageSize: number) =>
        fauna.feed(token, { ...from, pageSize }, signal);
      const body = await askInParts(ask, undefined, this.#size);
      this.#size.note(body.length);
      const page = this.#feed.read(body);
      if (page.count > 0) {
        const documents = this.#rows.take(page, false);
        if (documents.ends.length > 0) yield { is: 'documents', binding, documents };
      }
      yield this.#progress.to({ feed_cursor: { ...at, cursor: page.cursor } });
      if (page.error !== undefined) {
        const { code, message } = page.error;
        if (code === 'invalid_stream_start_time') return message;
        throw new Failure(
          code === 'permission_loss' ? 'access' : 'transient',
          `the event feed has ended: ${message}`,
        );
      }
      if (!page.hasNext) return undefined;
    }
  }
}

/** In one round all is read anew so often at most. */
const mostLosses = 1;

function tooShort(message: string): Failure {
  return new Failure(
    'config',
    `reading takes longer than the database remembers changes: ${message}`,
    {
      hint: 'Raise history_days of the collection, or collection.page_size in the settings.',
    },
  );
}
