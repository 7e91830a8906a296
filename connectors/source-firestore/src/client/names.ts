import { methods, encodeRunQuery } from '../wire/requests.ts';
import { documentName } from '../wire/field-path.ts';
import { DocumentHeader } from '../wire/document-header.ts';
import { QueryResponse } from '../wire/query-response.ts';
import type { Query } from '../wire/structured-query.ts';
import { timeOfMicros } from '../wire/time.ts';
import type { Connection } from './connection.ts';
import { meteredQuery } from './metered-call.ts';
import { Retries } from './retries.ts';

/** Names to look for, below `parent`: a document or the root. */
export interface NamesQuery {
  readonly parent: string;
  /** Its `select` is ignored. */
  readonly query: Query;
  readonly readMicros?: number;
}

/**
 * The names that a query finds, in its order. One that is cut short goes on after the last name, if it goes by name;
 * else it fails with what cut it, unless nothing was handed out yet.
 */
export async function* queryNames(
  connection: Connection,
  { parent, query, readMicros }: NamesQuery,
  signal: AbortSignal,
): AsyncGenerator<string, void, undefined> {
  const retries = new Retries(connection.retry);
  const response = new QueryResponse();
  const header = new DocumentHeader();
  const isByName =
    query.where === undefined && (query.orderBy ?? []).every(({ field }) => field === documentName);
  const { limit = Number.POSITIVE_INFINITY } = query;
  let last: string | undefined;
  let count = 0;
  while (count < limit) {
    signal.throwIfAborted();
    const request = encodeRunQuery({
      parent,
      query: {
        ...(last === undefined ? query : after(query, last, limit - count)),
        select: [documentName],
      },
      ...(readMicros === undefined ? {} : { readTime: timeOfMicros(readMicros) }),
    });
    const call = connection.scans.serverStream(methods.runQuery, request, {
      deadlineMs: 5 * connection.deadlineMs,
      signal,
      metadata: connection.headers(signal),
    });
    try {
      for await (const messages of meteredQuery(call, connection.reads)) {
        const names: string[] = [];
        for (let i = 0; i < 2 * messages.count; i += 2) {
          const { bytes, bounds } = messages;
          response.read(bytes, bounds[i] ?? 0, bounds[i + 1] ?? 0);
          if (!response.hasDocument) continue;
          header.read(bytes, response.documentStart, response.documentEnd);
          names.push(Buffer.from(bytes.subarray(header.nameStart, header.nameEnd)).toString());
        }
        retries.progress();
        for (const name of names) {
          last = name;
          count++;
          yield name;
        }
      }
      return;
    } catch (error) {
      if (last !== undefined && !isByName) retries.giveUp(error, signal);
      await retries.after(error, signal);
    }
  }
}

/** What is left of a query after a name. */
function after(query: Query, last: string, limit: number): Query {
  const { limit: _, ...rest } = query;
  return {
    ...rest,
    // Emulators want an order for each value of a cursor.
    orderBy: query.orderBy?.length ? query.orderBy : [{ field: documentName }],
    startAt: { values: [{ reference: last }], before: false },
    ...(Number.isFinite(limit) ? { limit } : {}),
  };
}
