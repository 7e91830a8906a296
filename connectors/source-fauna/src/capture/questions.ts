import { Failure } from '@fairlead/sdk';
import { probeRead } from '../check/probe-read.ts';
import { isBelowHistory } from '../client/below-history.ts';
import type { Fauna } from '../client/fauna.ts';
import { at, collection, documents, now, paginate, toMicros } from '../wire/expression.ts';
import { decodeAnswer } from '../wire/value.ts';

/** The server's present, in microseconds since 1970: a snapshot of it never changes. */
export async function nowOf(fauna: Fauna, signal: AbortSignal): Promise<number> {
  return Number(decodeAnswer(await fauna.query(toMicros(now()), signal)));
}

/** Whether the database still knows how a collection was at some time. */
export async function isRemembered(
  fauna: Fauna,
  name: string,
  ts: number,
  signal: AbortSignal,
): Promise<boolean> {
  try {
    await fauna.query(at(ts, paginate(documents(collection(name)), { size: 1 })), signal);
    return true;
  } catch (error) {
    if (isBelowHistory(error) === undefined) throw error;
    return false;
  }
}

/** Fails, as every query of a collection that is not there does. */
export async function proveThere(fauna: Fauna, name: string, signal: AbortSignal): Promise<void> {
  await fauna.query(paginate(documents(collection(name)), { size: 1 }), signal);
}

/**
 * Proves that a collection that looks empty is.
 * @throws {Failure} access, when the key may not read its documents; what a query fails with when it is gone.
 */
export async function proveRead(fauna: Fauna, name: string, signal: AbortSignal): Promise<void> {
  // The probe of v4 does not tell a collection that is gone from a document that is not there.
  if (fauna.apiVersion === '4') await proveThere(fauna, name, signal);
  if (await probeRead(fauna, name, signal)) return;
  throw new Failure('access', 'the key has no permission to read its documents', {
    hint: 'Give the role of the key the right to read this collection.',
  });
}
