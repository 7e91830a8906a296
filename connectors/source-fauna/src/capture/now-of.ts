import type { Fauna } from '../client/fauna.ts';
import { now, toMicros } from '../wire/expression.ts';
import { decodeAnswer } from '../wire/value.ts';

/** The server's present, in microseconds since 1970: a snapshot of it never changes. */
export async function nowOf(fauna: Fauna, signal: AbortSignal): Promise<number> {
  return Number(decodeAnswer(await fauna.query(toMicros(now()), signal)));
}
