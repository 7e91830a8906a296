import { describeIssues, Failure, getJson, parseRetryAfter, type Scope } from '@fairlead/sdk';
import { z } from 'zod';
import type { Config } from './settings.ts';

/** What a question to the API needs. */
export type Asked = Pick<Scope<Config>, 'config' | 'signal' | 'log'>;

/** A list is sent as a parameter for each of its values. */
type Query = Readonly<Record<string, string | readonly string[]>>;

/**
 * What the API answers at a path. Busy servers and broken connections are tried again.
 * @throws {Failure} access, config, transient, and data for an answer of another form.
 */
export async function ask<T>(
  { config, signal, log }: Asked,
  path: string,
  query: Query,
  form: z.ZodType<T>,
): Promise<T> {
  const url = new URL(`${config.url.replace(/\/+$/, '')}/${path}`);
  for (const [name, value] of Object.entries(query)) {
    for (const one of [value].flat()) url.searchParams.append(name, one);
  }
  const key = config.apiKey === undefined ? {} : { 'x-bugzilla-api-key': config.apiKey };
  const headers = { 'content-type': 'application/json', ...key };
  const where = `GET /${path}`;
  const body = await getJson(url, {
    headers,
    signal,
    log,
    fetch: async (...request) => await expectTaken(await fetch(...request), where),
  });
  const parsed = form.safeParse(body);
  if (parsed.success) return parsed.data;
  throw new Failure('data', describeIssues(parsed.error.issues), { where });
}

/** A time as the API writes it: in UTC, to the second. */
export function apiTime(epochMs: number): string {
  return `${new Date(epochMs).toISOString().slice(0, 19)}Z`;
}

/** What a refusal says of itself. */
const Refusal = z.object({ error: z.literal([true, 1]), code: z.int(), message: z.string() });

/** The answer, unless Bugzilla says why it refuses: that is a failure in its own words. */
async function expectTaken(answer: Response, where: string): Promise<Response> {
  if (answer.status < 400 || answer.status > 404) return answer;
  const body: unknown = await answer
    .clone()
    .json()
    .catch(() => undefined);
  const refusal = Refusal.safeParse(body);
  if (!refusal.success) return answer;
  const { code, message } = refusal.data;
  const kind = kindOf(answer.status, code);
  const retryAfterMs = parseRetryAfter(answer.headers.get('retry-after'), Date.now());
  throw new Failure(kind, `Bugzilla refuses this: ${message}`, {
    where: `${where}, error ${code}`,
    hint: code === codes.noLogin ? noLoginHint : hints[kind],
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  });
}

const codes = { noLogin: 410, unnamed: 32_000 };

/** A status is not enough: a wrong key and too many requests are answered as bad requests. */
function kindOf(status: number, code: number): 'access' | 'config' | 'transient' {
  // What has no code of its own: above all the limit of requests.
  if (code === codes.unnamed) return 'transient';
  const isLogin = (code >= 300 && code < 400) || code === codes.noLogin;
  return isLogin || status === 401 || status === 403 ? 'access' : 'config';
}

const hints = {
  access: 'Check the API key and its rights.',
  config: 'Check the settings.',
  transient: 'It is tried again later.',
};
const noLoginHint =
  'Set an API key. If you have, this Bugzilla takes none in a header, as old versions do not.';
