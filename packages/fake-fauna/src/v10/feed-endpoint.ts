import type { Role } from '../access.ts';
import type { Reply } from '../http/exchange.ts';
import type { RequestRecord } from '../http/request-record.ts';
import type { Served } from '../http/v4-endpoint.ts';
import type { Json } from '../json/parse-json.ts';
import { expand } from '../synthetic/hole.ts';
import { ProtocolFailure } from '../v4/failures.ts';
import { invalidRequest } from './decode.ts';
import { changesOf, collectionOf, eventOf, placeOf, positionAfter, startError } from './events.ts';
import { V10Failure } from './failure.ts';
import { contextOf, requestJson, v10Failure } from './query-endpoint.ts';
import { V10Writer } from './render.ts';
import type { Context, Source } from './thing.ts';
import { cursorOf, cursorText, type EventPlace } from './tokens.ts';
import { eventStats, writeAdds, writeError, writeEvent } from './write-event.ts';

const usualPageSize = 16;
const largestPageSize = 16_000;

/** Answers a request for a page of events. */
export function answerFeed(served: Served, record: RequestRecord, role: Role): Reply {
  const { database, counters } = served;
  const snapshot = database.snapshot();
  const context = contextOf(served, role, snapshot);
  try {
    const { source, from, size } = feedRequest(record.body, context);
    const body = feedBody(source, from, size, context);
    counters.add(context.query.counts);
    return { status: 200, headers: { 'x-txn-time': String(snapshot) }, body };
  } catch (error) {
    if (error instanceof V10Failure) return v10Failure(error.status, error.code, error.message);
    if (error instanceof ProtocolFailure) return v10Failure(400, 'invalid_request', error.message);
    return v10Failure(
      500,
      'internal_error',
      error instanceof Error ? error.message : String(error),
    );
  }
}

/** What a feed or a stream is asked for. */
export interface EventRequest {
  readonly source: Source;
  readonly from: EventPlace;
  readonly size: number;
}

/** @throws {V10Failure} invalid_request */
export function feedRequest(body: string, { tokens }: Context): EventRequest {
  const json = requestJson(body);
  const [token, cursor, startTs, pageSize] = ['token', 'cursor', 'start_ts', 'page_size'].map(
    (key) => json.get(key) ?? null,
  );
  const source = typeof token === 'string' ? tokens.source(token) : undefined;
  if (source === undefined) throw invalid('invalid event source provided.');
  if (cursor !== null && startTs !== null)
    throw invalid('can not provide both `start_ts` and `cursor`.');
  return { source, from: placeFrom(cursor, startTs, source), size: sizeFrom(pageSize ?? null) };
}

function placeFrom(
  cursor: Json | undefined,
  startTs: Json | undefined,
  source: Source,
): EventPlace {
  const all = { rank: 1, id: undefined };
  if (typeof startTs === 'bigint') return { ...all, ts: Number(startTs) };
  if (typeof cursor !== 'string') return { ...all, ts: source.ts };
  const place = cursorOf(cursor);
  if (place === undefined) throw invalid('invalid event cursor provided.');
  return place;
}

function sizeFrom(size: Json): number {
  if (size === null) return usualPageSize;
  if (typeof size !== 'bigint' || size <= 0n) throw invalid('page size must be greater than zero.');
  if (size <= BigInt(largestPageSize)) return Number(size);
  throw invalid(`page size can not be greater than ${largestPageSize}.`);
}

function feedBody(source: Source, from: EventPlace, size: number, context: Context): Uint8Array {
  const writer = new V10Writer('tagged', context);
  const collection = collectionOf(source);
  const end = (cursor: EventPlace, hasNext: boolean): Uint8Array => {
    writer.text(`],"cursor":"${cursorText(cursor)}","has_next":${hasNext},${eventStats}}`);
    return writer.body.bytes();
  };
  writer.text('{"events":[');
  const error = collection && startError(collection, from.ts, context);
  if (error !== undefined) {
    writeError(writer, error);
    return end(from, false);
  }
  const caughtUp = { ts: context.query.snapshot, rank: 1, id: undefined };
  if (collection === undefined) return end(caughtUp, false);
  const changes = changesOf(collection, context);
  let position = positionAfter(changes, from);
  let written = 0;
  while (written < size && position < changes.length) {
    const until = Math.min(changes.length, position + size - written);
    written += writeChanges(source, position, until, changes, writer, context, written > 0);
    position = until;
  }
  context.query.counts.elements += written;
  const last = changes.at(position - 1);
  const hasNext = position < changes.length;
  return end(hasNext && last !== undefined ? placeOf(last) : caughtUp, hasNext);
}

/** Writes what a source tells of some changes. Gives how many events that were. */
function writeChanges(
  source: Source,
  from: number,
  until: number,
  changes: ReturnType<typeof changesOf>,
  writer: V10Writer,
  context: Context,
  follows: boolean,
): number {
  let [written, position] = [0, from];
  const separate = () => writer.text(follows || written > 0 ? ',' : '');
  for (const item of changes.slice(from, until)) {
    const isRun =
      typeof item === 'object' && item !== null && 'kind' in item && item.kind === 'run';
    if (isRun && source.pipeline.stages.length === 0) {
      separate();
      writeAdds(writer, item);
      written += item.to - item.from;
      position += item.to - item.from;
      context.query.counts.reads += item.to - item.from;
      continue;
    }
    const count = isRun ? expand(item).length : 1;
    for (let i = 0; i < count; i++, position++) {
      const element = changes.at(position);
      const event = element && eventOf(source, element, context);
      if (event === undefined) continue;
      separate();
      writeEvent(writer, event);
      written++;
    }
  }
  return written;
}

function invalid(message: string): V10Failure {
  return invalidRequest(`Invalid request body: ${message}`);
}
