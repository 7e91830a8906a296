import type { Documents, Log } from '@fairlead/sdk';
import type { Fauna } from '../client/fauna.ts';
import type { StreamSettings } from '../settings.ts';
import { FqlPageReader, PageReader, type Page } from '../wire/page.ts';
import { idsQuery } from '../wire/queries.ts';
import { fqlPages } from './fql-pages.ts';
import { PageSize } from './page-size.ts';
import { proveRead } from './questions.ts';
import { keysOf } from './rows.ts';
import { snapshotPages } from './snapshot-pages.ts';

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
  for await (const page of pagesOfIds(setup)) {
    if (page.count > 0) isEmpty = false;
    yield keysOf(page);
  }
  if (isEmpty) await proveRead(fauna, settings.collection, signal);
}

function pagesOfIds(setup: KeysSetup): AsyncGenerator<Page, void, undefined> {
  const { fauna, settings, signal, log } = setup;
  const { collection } = settings;
  const common = { fauna, collection, size: sizeOf(settings), signal };
  return fauna.apiVersion === '10'
    ? fqlPages({ ...common, set: idsInFql, reader: new FqlPageReader() })
    : snapshotPages({
        ...common,
        query: (asked) => idsQuery({ ...asked, collection }),
        reader: new PageReader(),
        log,
      });
}

const idsInFql =
  'Collection(name).all().map(document => ({ ref: document.id, ts: document.ts })).pageSize(size)';

/** Ids take little room. */
function sizeOf({ pageSize }: StreamSettings): PageSize {
  return new PageSize(Math.max(pageSize, 10_000));
}
