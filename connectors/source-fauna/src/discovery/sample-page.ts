import { isTooLarge } from '../client/error-kinds.ts';
import type { Fauna } from '../client/fauna.ts';
import type { Column } from '../columns.ts';
import { FqlPageReader, PageReader, type Page } from '../wire/page.ts';
import { projection, snapshotQuery } from '../wire/queries.ts';

export interface SampleOptions {
  /** How many documents at most; fewer when they are too large. */
  readonly size: number;
  readonly columns?: readonly Column[];
  /** Whether to read all that is in the documents. */
  readonly hasData: boolean;
}

/**
 * The first documents of a collection, as they are now. FQL v10 gives all that is in them.
 * @throws what a query fails with.
 */
export async function samplePage(
  fauna: Fauna,
  collection: string,
  { size, columns = [], hasData }: SampleOptions,
  signal: AbortSignal,
): Promise<Page> {
  for (let count = size; ; count = Math.ceil(count / 4)) {
    try {
      if (fauna.apiVersion === '10') {
        const query = 'Collection(name).all().pageSize(size)';
        return new FqlPageReader().read(
          await fauna.fql(query, { name: collection, size: count }, signal),
        );
      }
      const row = projection({ columns, dataColumn: hasData, ttl: false });
      const query = snapshotQuery({ collection, row, size: count });
      return new PageReader().read(await fauna.query(query, signal));
    } catch (error) {
      if (count === 1 || !isTooLarge(error)) throw error;
    }
  }
}
