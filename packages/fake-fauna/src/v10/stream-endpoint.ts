import type { Role } from '../access.ts';
import { send, type Outgoing } from '../http/exchange.ts';
import type { RequestRecord } from '../http/request-record.ts';
import type { Served } from '../http/v4-endpoint.ts';
import { changesOf, collectionOf, eventOf, placeOf, positionAfter, startError } from './events.ts';
import { V10Failure } from './failure.ts';
import { feedRequest, type EventRequest } from './feed-endpoint.ts';
import { contextOf, v10Failure } from './query-endpoint.ts';
import { V10Writer } from './render.ts';
import type { Context } from './thing.ts';
import { cursorText, type EventPlace } from './tokens.ts';
import { eventStats, writeError, writeEvent } from './write-event.ts';

/** Between two events. */
const separator = '\r\n';

/** Sends events as they come, until the client goes away. */
export function openStream(
  served: Served,
  record: RequestRecord,
  role: Role,
  response: Outgoing,
): void {
  const { database, settings } = served;
  const contextNow = () => contextOf(served, role, database.snapshot());
  const request = requested(record.body, contextNow());
  if (request instanceof V10Failure) {
    send(response, v10Failure(request.status, request.code, request.message));
    return;
  }
  const collection = collectionOf(request.source);
  let place = request.from;
  response.statusCode = 200;
  response.setHeader('content-type', 'application/json;charset=utf-8');
  const write = (fill: (writer: V10Writer) => void) => {
    const writer = new V10Writer('tagged', contextNow());
    fill(writer);
    writer.text(separator);
    sendChunk(response, writer.body.bytes());
  };
  const status = () => {
    const { ts } = place;
    const cursor = cursorText({ ts, rank: 1, id: undefined });
    write((writer) =>
      writer.text(`{"type":"status","txn_ts":${ts},"cursor":"${cursor}",${eventStats}}`),
    );
  };
  status();
  const error = collection && startError(collection, place.ts, contextNow());
  if (error !== undefined || collection === undefined) {
    if (error !== undefined) write((writer) => writeError(writer, error));
    response.end();
    return;
  }
  const forward = () => {
    const context = contextNow();
    const changes = changesOf(collection, context);
    for (let position = positionAfter(changes, place); position < changes.length; position++) {
      const element = changes.at(position);
      const event = element && eventOf(request.source, element, context);
      if (element !== undefined) place = placeOf(element);
      if (event !== undefined) write((writer) => writeEvent(writer, event));
    }
    const caughtUp: EventPlace = { ts: context.query.snapshot, rank: 1, id: undefined };
    place = caughtUp;
  };
  forward();
  const unwatch = database.watch(forward);
  const beat = () => {
    forward();
    status();
  };
  const heartbeat = setInterval(beat, settings.heartbeatMs);
  response.once('close', () => {
    unwatch();
    clearInterval(heartbeat);
  });
}

function requested(body: string, context: Context): EventRequest | V10Failure {
  try {
    return feedRequest(body, context);
  } catch (error) {
    if (error instanceof V10Failure) return error;
    throw error;
  }
}

function sendChunk(response: Outgoing, bytes: Uint8Array): void {
  if ('stream' in response) response.write(bytes);
  else response.write(bytes);
}
