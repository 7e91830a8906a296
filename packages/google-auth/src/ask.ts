import { Failure, isFailure, networkReason, parseRetryAfter, retry } from '@fairlead/sdk';
import { checkAddress, placeOf } from './address.ts';
import { readRefusal, type Refusal } from './refusal.ts';
import type { Surroundings } from './surroundings.ts';

/** A request to a server that gives tokens or what they are made of. */
export interface Question {
  readonly url: string;
  readonly method?: 'GET' | 'POST' | 'PUT';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | URLSearchParams;
  /** What this request proves itself by. None of it comes back in a message. */
  readonly secrets?: readonly string[];
  /** Whether it may go unencrypted, as to servers that a cloud puts beside each machine. */
  readonly mayBePlain?: boolean;
  /** The failure for an answer that will not change by asking again. */
  readonly refused: (refusal: Refusal) => Failure;
  readonly signal: AbortSignal;
  readonly attempts?: number | undefined;
  /** How long one answer may take, its body included. */
  readonly timeoutMs?: number;
}

export interface Answer {
  readonly text: string;
  readonly headers: Headers;
  /** The method and the address, without its query. */
  readonly where: string;
  /** This machine's clock when it was asked. */
  readonly askedAtMs: number;
  /** The server's clock when it answered, to a second; undefined without the header `Date`. */
  readonly serverTimeMs: number | undefined;
}

/**
 * The answer with a status of 2xx. Answers 408, 425, 429 and 5xx and broken connections are tried
 * again, any other answer never. Redirects are not followed: they would carry the proof elsewhere.
 * @throws {Failure} transient; config for the address; or what `refused` makes of the answer
 */
export async function ask(question: Question, around: Surroundings): Promise<Answer> {
  const { signal, attempts } = question;
  const url = checkAddress(question.url, question.mayBePlain === true);
  return await retry(() => once(url, question, around), {
    signal,
    log: around.log,
    random: around.random,
    ...(attempts === undefined ? {} : { attempts }),
    ...(around.sleep === undefined ? {} : { sleep: around.sleep }),
  });
}

async function once(url: URL, question: Question, around: Surroundings): Promise<Answer> {
  const { signal, timeoutMs = 20_000 } = question;
  // Some providers have their proof in the address, as `?code=…`.
  const inAddress = [...url.searchParams.values()].filter(({ length }) => length > 3);
  const secrets = [...(question.secrets ?? []), ...inAddress];
  const method = question.method ?? 'POST';
  const where = placeOf(method, url);
  const askedAtMs = around.now();
  try {
    const response = await around.fetch(url, {
      method,
      redirect: 'manual',
      headers: checkHeaders(question.headers ?? {}, where),
      signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
      ...(question.body === undefined ? {} : { body: question.body }),
    });
    const text = await response.text();
    const { status, headers } = response;
    const date = Date.parse(headers.get('date') ?? '');
    const serverTimeMs = Number.isNaN(date) ? undefined : date;
    if (response.ok) return { text, headers, where, askedAtMs, serverTimeMs };
    if (isPassing(status)) throw passing(status, headers, where, around.now());
    const skewMs = serverTimeMs === undefined ? undefined : around.now() - serverTimeMs;
    throw question.refused(readRefusal({ status, text, where, skewMs, secrets }));
  } catch (error) {
    signal.throwIfAborted();
    if (isFailure(error)) throw error;
    throw new Failure('transient', networkReason(error, timeoutMs), { where, cause: error });
  }
}

function isPassing(status: number): boolean {
  return status === 408 || status === 425 || status === 429 || status >= 500;
}

function passing(status: number, headers: Headers, where: string, nowMs: number): Failure {
  const retryAfterMs = parseRetryAfter(headers.get('retry-after'), nowMs);
  return new Failure('transient', `the server answered ${status}`, {
    where,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  });
}

/** `fetch` would refuse such a value with a message that repeats it, and as if the network had failed. */
function checkHeaders(headers: Readonly<Record<string, string>>, where: string) {
  for (const [name, value] of Object.entries(headers)) {
    if (/^[\w!#$%&'*+.^`|~-]+$/.test(name) && /^[\t\x20-\x7e]*$/.test(value)) continue;
    throw new Failure('config', 'a header holds characters that cannot be sent', {
      where,
      hint: 'Check the credentials for line breaks.',
    });
  }
  return headers;
}
