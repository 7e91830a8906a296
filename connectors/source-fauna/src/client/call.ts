import type { OutgoingHttpHeaders } from 'node:http';
import { extract, JsonSyntaxError, type ByteRange } from '@fairlead/json';
import { parseRetryAfter } from '@fairlead/sdk';
import { FaunaError, readFaunaError } from './fauna-error.ts';
import { LinkError } from './link-error.ts';
import type { Answer, Link } from './link.ts';

/** One request of a Fauna server. */
export interface Call {
  readonly path: string;
  readonly headers: OutgoingHttpHeaders;
  /** Without one, it is a GET. */
  readonly body?: Uint8Array;
  /** The member by which a result is known: `resource` of FQL v4, `data` of v10, `events` of a feed. */
  readonly member: string;
  /** The header that carries {@link Seen}, if any. */
  readonly seenAs?: string;
}

/** The greatest transaction time that was seen, in microseconds: what is read is not older. */
export interface Seen {
  lastTxn: bigint;
}

/**
 * The body of a result.
 * @throws {FaunaError} for any other answer; a `LinkError`; the reason of an abort.
 */
export async function call(
  link: Link,
  seen: Seen,
  { path, headers, body, member, seenAs }: Call,
  signal: AbortSignal,
): Promise<Uint8Array> {
  const message =
    body === undefined ? { method: 'GET' as const } : { method: 'POST' as const, body };
  const lastSeen =
    seenAs === undefined || seen.lastTxn === 0n ? {} : { [seenAs]: String(seen.lastTxn) };
  const answer = await link.send(
    { ...message, path, headers: { ...headers, ...lastSeen } },
    signal,
  );
  if (answer.status !== 200 && answer.status !== 201) throw errorOf(answer);
  if (!hasMember(answer.body, member)) throw foreign(answer, `without ${member}`);
  if (!isWhole(answer.body)) {
    throw new LinkError('cut', `an answer of ${link.server} ends before it is whole`);
  }
  note(seen, answer, member);
  return answer.body;
}

function note(seen: Seen, { headers, body }: Answer, member: string): void {
  const header = headers['x-txn-time'];
  const txn = typeof header === 'string' ? header : txnInBody(body, member);
  if (txn === undefined || !/^\d{1,19}$/.test(txn)) return;
  const micros = BigInt(txn);
  if (micros > seen.lastTxn) seen.lastTxn = micros;
}

/** FQL v10 tells it behind the data only. To look for it in a large page would cost more than it is worth. */
function txnInBody(body: Uint8Array, member: string): string | undefined {
  if (member !== 'data' || body.length > 64 * 1024) return undefined;
  const place = placeOf(body, 'txn_ts');
  return place === undefined
    ? undefined
    : Buffer.from(body.subarray(place.start, place.end)).toString('latin1');
}

/** Servers write it first, so that this is quick. A body that does not begin as an object has no member. */
function hasMember(body: Uint8Array, member: string): boolean {
  const start = Buffer.from(`{"${member}":`);
  if (Buffer.compare(body.subarray(0, start.length), start) === 0) return true;
  return placeOf(body, member) !== undefined;
}

function placeOf(body: Uint8Array, member: string): ByteRange | undefined {
  try {
    return extract(body, 0, body.length, [member]);
  } catch (error) {
    if (error instanceof JsonSyntaxError) return undefined;
    throw error;
  }
}

/** Whether a body ends as an object does; what is in between is for its reader. */
function isWhole(body: Uint8Array): boolean {
  let end = body.length;
  while (end > 0 && isSpace(body[end - 1])) end--;
  return body[end - 1] === 0x7d;
}

function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

function errorOf(answer: Answer): FaunaError {
  const { status, headers, body } = answer;
  const retryAfterMs = parseRetryAfter(headers['retry-after'] ?? null, Date.now());
  return readFaunaError(status, body, retryAfterMs) ?? foreign(answer, undefined, retryAfterMs);
}

/** Of an answer that is not of Fauna only the kind is told: its text may be anything. */
function foreign({ status, headers }: Answer, what?: string, retryAfterMs?: number): FaunaError {
  const type = headers['content-type']?.replace(/;.*$/s, '') ?? 'without a content type';
  const place = status >= 300 && status < 400 ? originOf(headers.location) : undefined;
  const facts = [type, what, place === undefined ? undefined : `a redirect to ${place}`];
  const description = facts.filter((fact) => fact !== undefined).join(', ');
  return new FaunaError({ status, code: '', description, retryAfterMs });
}

/** Where a redirect leads, without what may be a secret. */
function originOf(location: string | undefined): string | undefined {
  return location !== undefined && URL.canParse(location) ? new URL(location).origin : undefined;
}
