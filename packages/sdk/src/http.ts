import { decodeValue, validateJson } from '@fairlead/json';
import { Failure, isFailure } from './failure.ts';
import type { Log } from './log.ts';
import { retry } from './retry.ts';
import { Secret } from './secret.ts';

export interface HttpOptions {
  readonly signal: AbortSignal;
  readonly log?: Log;
  /** Sent as `Authorization: Bearer …`. */
  readonly bearer?: Secret | string;
  readonly headers?: Readonly<Record<string, Secret | string>>;
  readonly method?: string;
  readonly body?: string;
  /** Calls in all, the first included. */
  readonly attempts?: number;
  /** How long an answer may take, its body included. */
  readonly timeoutMs?: number;
  readonly fetch?: typeof fetch;
  readonly sleep?: (ms: number, signal: AbortSignal) => Promise<void>;
}

/** An answer of a JSON API. */
export interface JsonAnswer {
  /** Lossless: integers past 2^53 are bigint, decimals that a double would round are `Decimal`. */
  readonly body: unknown;
  readonly headers: Headers;
}

/** The body that {@link fetchJson} answers. */
export async function getJson(url: string | URL, options: HttpOptions): Promise<unknown> {
  return (await fetchJson(url, options)).body;
}

/**
 * Asks a JSON API. Answers 408, 425, 429 and 5xx and broken connections are tried again, after
 * `Retry-After` where it is given.
 * @throws {Failure} access for 401, 403 and 407; config for other 4xx, for an address that is not of
 *   HTTP and a header that cannot be sent; transient; data for a body that is no JSON.
 */
export async function fetchJson(url: string | URL, options: HttpOptions): Promise<JsonAnswer> {
  return await retry(() => once(new URL(url), options), options);
}

/**
 * The bodies of a listing's pages.
 * @param next where the following page is; undefined after the last one.
 */
export async function* pages(
  first: string | URL,
  next: (answer: JsonAnswer) => string | URL | undefined,
  options: HttpOptions,
): AsyncGenerator<unknown, void, undefined> {
  for (let url: URL | undefined = new URL(first); url !== undefined;) {
    const answer: JsonAnswer = await fetchJson(url, options);
    yield answer.body;
    const following = next(answer);
    url = following === undefined ? undefined : new URL(following, url);
  }
}

/** The target of a `Link` header with this relation (RFC 8288). For {@link pages}: `linkTo('next')`. */
export function linkTo(relation: string): (answer: JsonAnswer) => string | undefined {
  return ({ headers }) => {
    for (const link of (headers.get('link') ?? '').matchAll(/<([^>]*)>([^<]*)/g)) {
      const [, target = '', parameters = ''] = link;
      const relations = /;\s*rel="?([^";,]*)"?/i.exec(parameters)?.[1]?.split(/\s+/) ?? [];
      if (relations.includes(relation)) return target;
    }
    return undefined;
  };
}

async function once(url: URL, options: HttpOptions): Promise<JsonAnswer> {
  const { signal, timeoutMs = 60_000, fetch: send = fetch } = options;
  checkAddress(url);
  const where = `${options.method ?? 'GET'} ${url.origin}${url.pathname}`;
  const headers = headersOf(options, where);
  try {
    const response = await send(url, {
      method: options.method ?? 'GET',
      headers,
      signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
      ...(options.body === undefined ? {} : { body: options.body }),
    });
    const bytes = new Uint8Array(await response.arrayBuffer());
    if (!response.ok) throw refusal(response, where);
    return { body: decodeBody(bytes, where), headers: response.headers };
  } catch (error) {
    signal.throwIfAborted();
    if (isFailure(error)) throw error;
    throw new Failure('transient', networkReason(error, timeoutMs), { where, cause: error });
  }
}

/** What `fetch` would refuse as if the network had failed, and with the password in its message. */
function checkAddress(url: URL): void {
  const hint = 'Check the address in the settings.';
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new Failure('config', 'the address must begin with http:// or https://', { hint });
  }
  if (url.username !== '' || url.password !== '') {
    throw new Failure('config', 'the address must not hold a user or a password', { hint });
  }
}

function headersOf({ bearer, headers = {} }: HttpOptions, where: string): Record<string, string> {
  const result: Record<string, string> = { accept: 'application/json' };
  for (const [name, value] of Object.entries(headers)) result[name.toLowerCase()] = plain(value);
  if (bearer !== undefined) result['authorization'] = `Bearer ${plain(bearer)}`;
  for (const [name, value] of Object.entries(result)) {
    // The message of `fetch` about such a value repeats it.
    if (/^[\t\x20-\x7e\x80-\xff]*$/.test(value)) continue;
    const hint = 'Check the credentials for line breaks and characters that are no letters.';
    throw new Failure('config', `the header ${name} cannot be sent`, { where, hint });
  }
  return result;
}

function plain(value: Secret | string): string {
  return value instanceof Secret ? value.reveal() : value;
}

function decodeBody(bytes: Uint8Array, where: string): unknown {
  const problem = validateJson(bytes);
  if (problem === undefined) return decodeValue(bytes, 0, bytes.length);
  throw new Failure('data', `the answer is no JSON: ${problem.reason}`, {
    where: `${where}, byte ${problem.offset}`,
  });
}

function refusal(response: Response, where: string): Failure {
  const { status } = response;
  const what = `the server answered ${status}${response.statusText === '' ? '' : ` ${response.statusText}`}`;
  if (status === 401 || status === 403 || status === 407) {
    return new Failure('access', what, { where, hint: 'Check the credentials and their rights.' });
  }
  if (status === 408 || status === 425 || status === 429 || status >= 500) {
    const retryAfterMs = parseRetryAfter(response.headers.get('retry-after'), Date.now());
    return new Failure('transient', what, {
      where,
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    });
  }
  return new Failure('config', what, { where, hint: 'Check the address in the settings.' });
}

/** Milliseconds to wait, from seconds or an HTTP date (RFC 9110, 10.2.3). */
export function parseRetryAfter(header: string | null, nowMs: number): number | undefined {
  if (header === null) return undefined;
  if (/^\d+$/.test(header.trim())) return Number(header) * 1_000;
  const at = /GMT\s*$/.test(header) ? Date.parse(header) : Number.NaN;
  return Number.isNaN(at) ? undefined : Math.max(0, at - nowMs);
}

/** Why a `fetch` has failed, without what it was asked for: an address may hold secrets. */
export function networkReason(error: unknown, timeoutMs: number): string {
  if (error instanceof Error && error.name === 'TimeoutError') {
    return `no answer within ${timeoutMs / 1_000} s`;
  }
  const cause = error instanceof Error ? error.cause : undefined;
  const code = cause instanceof Error && 'code' in cause ? ` (${String(cause.code)})` : '';
  return `the connection failed${code}`;
}
