import { extract } from '@fairlead/json';
import { Failure, type Log } from '@fairlead/sdk';
import { causeOf } from '../client/error-kinds.ts';
import { failureOf } from '../client/failure-of.ts';
import { FaunaError } from '../client/fauna-error.ts';
import type { Fauna } from '../client/fauna.ts';
import type { Column } from '../columns.ts';
import { samplePage } from '../discovery/sample-page.ts';
import type { StreamSettings } from '../settings.ts';
import type { Page } from '../wire/page.ts';

/**
 * Proves that the first documents of a collection have what required columns are of; logs which other columns have no value
 * in any of them. A collection of some documents only may have them all the same.
 * @throws {Failure} config, which names column and document.
 */
export async function checkColumns(
  fauna: Fauna,
  { collection, columns, pageSize }: StreamSettings,
  { signal, log }: { readonly signal: AbortSignal; readonly log: Log },
): Promise<void> {
  if (columns.length === 0) return;
  const size = Math.min(pageSize, mostDocuments);
  // In FQL v10 the values are in the data, as nobody has put them into columns.
  const hasData = fauna.apiVersion === '10';
  const page = await samplePage(fauna, collection, { size, columns, hasData }, signal).catch(
    (error: unknown) => {
      throw columnFailure(error, collection);
    },
  );
  for (const column of columns) {
    const path = hasData ? column.path.map(String) : [column.name];
    const found = countOf(page, path);
    if (column.required && found < page.count) throw missingIn(collection, column);
    if (found > 0) continue;
    log.warn('no value for a column in the documents that were looked at', {
      collection,
      column: column.name,
      path: column.path,
      documents: page.count,
    });
  }
}

const mostDocuments = 64;

/** How many rows have a value there that is not null. */
function countOf({ lines, ends }: Page, path: readonly string[]): number {
  let count = 0;
  let start = 0;
  for (const end of ends) {
    const place = extract(lines, start, end, path);
    // Of JSON's words only null begins with an n.
    if (place !== undefined && lines[place.start] !== 0x6e) count++;
    start = end;
  }
  return count;
}

/** What the query itself has found to be missing says so, with the column and the document. */
function columnFailure(error: unknown, collection: string): Failure {
  const where = `collection ${collection}`;
  const cause = causeOf(error);
  if (!(cause instanceof FaunaError && cause.is('transaction aborted'))) {
    return failureOf(error, where);
  }
  return new Failure('config', cause.description, { where, hint, cause });
}

const hint = 'Correct the path in collection.additional_columns, or set required to false.';

function missingIn(collection: string, { name, path }: Column): Failure {
  const message = `Column ${name}: the path ${path.join('.')} does not exist in all documents`;
  return new Failure('config', message, { where: `collection ${collection}`, hint });
}
