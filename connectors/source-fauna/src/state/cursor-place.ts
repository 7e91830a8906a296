import { JsonSyntaxError } from '@fairlead/json';
import { Failure } from '@fairlead/sdk';
import { decodeValue, FaunaRef, isFaunaObject, valueAt, type FaunaValue } from '../wire/value.ts';
import type { Cursor } from './cursor.ts';

/** The place of the row at which a page of an index begins: all before it was read. */
export function positionOf(after: unknown): { ts: number; ref: string } | undefined {
  const value = valueOf(after);
  const [ts, reference] = [valueAt(value, 0), valueAt(value, 1)];
  const isPlace = isInteger(ts) && reference instanceof FaunaRef;
  return isPlace ? { ts: Number(ts), ref: reference.id } : undefined;
}

/** The time of the event at which a page of events begins. */
export function eventTime(after: unknown): number | undefined {
  const value = valueOf(after);
  const ts = isFaunaObject(value) ? value['ts'] : undefined;
  return isInteger(ts) ? Number(ts) : undefined;
}

/**
 * Refuses a state of another collection: references have an order over all collections, so that its places would be before
 * or after everything.
 * @throws {Failure} state
 */
export function refuseForeign(cursor: Cursor, collection: string): void {
  const event = valueOf(cursor.remove_cursor?.after);
  const places = [
    valueAt(valueOf(cursor.full_sync_cursor?.after), 0),
    valueAt(valueOf(cursor.updates_cursor?.after), 1),
    ...['document', 'resource', 'instance'].map((name) => valueAt(event, name)),
  ];
  for (const place of places) {
    const owner = place instanceof FaunaRef ? place.collection?.id : undefined;
    if (owner === undefined || owner === collection) continue;
    throw new Failure('state', `the saved state is of the collection '${owner}'`, {
      hint: 'Start the stream anew, with an empty state.',
    });
  }
}

/** What a cursor says that a state has as text or as JSON. */
function valueOf(after: unknown): FaunaValue | undefined {
  if (after === undefined) return undefined;
  try {
    return decodeValue(Buffer.from(typeof after === 'string' ? after : JSON.stringify(after)));
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error;
    // That it is none is said when it is sent.
    return undefined;
  }
}

function isInteger(value: unknown): value is number | bigint {
  return typeof value === 'number' || typeof value === 'bigint';
}
