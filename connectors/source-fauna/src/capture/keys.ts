import type { Documents, Log } from '@fairlead/sdk';
import { isBelowHistory } from '../client/below-history.ts';
import type { Fauna } from '../client/fauna.ts';
import type { StreamSettings } from '../settings.ts';
import { cursorText, sentCursor, sentSetCursor } from '../wire/cursor.ts';
import { FqlPageReader, PageReader, type Page } from '../wire/page.ts';
import { idsQuery } from '../wire/queries.ts';
import { nowOf, proveRead } from './questions.ts';
import { PageSize } from './page-size.ts';
import { pagesOf } from './pages.ts';
import { keysOf } from './rows.ts';

export interface KeysSetup {
  readonly fauna: Fauna;
  readonly settings: StreamSettings;
  readonly signal: AbortSignal;
  readonly log: Log;
}

/**
 * The key of each document of a collection, as it is at one instant. No document is read.
 * @throws {Failure} access, when it looks empty because the key may not read its documents.
 */
export async function* keysIn(setup: KeysSetup): AsyncGenerator<Documents, void, undefined> {
  const { fauna, settings, signal } = setup;
  let isEmpty = true;
  for await (const page of fauna.apiVersion === '10' ? fqlPages(setup) : pages(setup)) {
    if (page.count > 0) isEmpty = false;
    yield keysOf(page);
  }
  if (isEmpty) await proveRead(fauna, settings.collection, signal);
}

async function* pages(setup: KeysSetup): AsyncGenerator<Page, void, undefined> {
  const { fauna, settings, signal, log } = setup;
  const { collection } = settings;
  const size = sizeOf(settings);
  const reader = new PageReader();
  let next: unknown;
  for (;;) {
    const time = await nowOf(fauna, signal);
    const ask = (after: unknown, count: number) =>
      fauna.query(
        idsQuery({ collection, at: time, size: count, after: sentCursor(after) }),
        signal,
      );
    try {
      for await (const page of pagesOf({ ask, after: next, size, reader })) {
        next = page.after && cursorText(page.after);
        yield page;
      }
      return;
    } catch (error) {
      if (isBelowHistory(error) === undefined) throw error;
      // Ids keep their order: what is still to be read is read as it is now.
      log.warn('the instant at which it is read is forgotten by the database: it goes on later', {
        collection,
      });
    }
  }
}

function fqlPages({ fauna, settings, signal }: KeysSetup): AsyncGenerator<Page, void, undefined> {
  const first =
    'Collection(name).all().map(document => ({ ref: document.id, ts: document.ts })).pageSize(size)';
  return pagesOf({
    ask: (after, size) =>
      after === undefined
        ? fauna.fql(first, { name: settings.collection, size }, signal)
        : fauna.fql('Set.paginate(after, size)', { after: sentSetCursor(after), size }, signal),
    after: undefined,
    size: sizeOf(settings),
    reader: new FqlPageReader(),
  });
}

/** Ids take little room. */
function sizeOf({ pageSize }: StreamSettings): PageSize {
  return new PageSize(Math.max(pageSize, 10_000));
}
