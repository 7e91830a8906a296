import { readFileSync } from 'node:fs';
import type { ConnectionOptions } from 'node:tls';
import { domainToASCII } from 'node:url';
import { ByteWriter, encodeValue } from '@fairlead/json';
import { Failure, sleepFor, type Log } from '@fairlead/sdk';
import type { FaunaConfig } from '../settings.ts';
import { encodeExpression, type Expression } from '../wire/expression.ts';
import { call, type Call } from './call.ts';
import { taggedArguments } from './fql-arguments.ts';
import { Link } from './link.ts';
import { retrying, type RetryContext } from './retrying.ts';

/**
 * One database. Calls read only, and are made again as `patienceWith` says; then they fail with a `FaunaError` or a
 * `LinkError`, of which `failureOf` makes a failure. An abort throws the reason of its signal. Any number of calls may run
 * at a time. Disposing ends those that run.
 */
export interface Fauna extends AsyncDisposable {
  /** `https://fauna.example.com:443`. What failures name as their place. */
  readonly server: string;
  /** The language that the settings choose: check and discovery speak it. */
  readonly apiVersion: '4' | '10';
  /** The whole answer of a query in FQL v4, `{"resource":…}`. It sees whatever an earlier call has seen. */
  query(expression: Expression, signal: AbortSignal): Promise<Uint8Array>;
  /**
   * The whole answer of a query in FQL v10, `{"data":…}`, tagged. Of the arguments, numbers are tagged here; other values
   * with tags are written with them, as in `{ '@time': '2024-01-01T00:00:00Z' }`.
   */
  fql(
    query: string,
    values: Readonly<Record<string, unknown>>,
    signal: AbortSignal,
  ): Promise<Uint8Array>;
  /** A page of the events of an event source, `{"events":[…],"cursor":…,"has_next":…}`, tagged. */
  feed(token: string, options: FeedOptions, signal: AbortSignal): Promise<Uint8Array>;
  /** Done when a Fauna server says that it is there; the secret plays no part. */
  ping(signal: AbortSignal): Promise<void>;
}

/** Where a page of events begins: after a cursor, at a time, or with the event source. */
export interface FeedOptions {
  readonly cursor?: string;
  /** Microseconds since 1970. It counts only without a cursor. */
  readonly startTs?: bigint;
  /** At most 16,000. */
  readonly pageSize: number;
}

/** How a client is opened. */
export interface FaunaSetup {
  readonly log: Log;
  /** Where FAUNA_SECRET is looked for when the settings have no secret. The environment of the process. */
  readonly env?: NodeJS.ProcessEnv | undefined;
  /** Evenly spread over [0, 1). */
  readonly random?: (() => number) | undefined;
  /** Done after some time; rejects with the reason of the signal when it is aborted. */
  readonly sleep?: ((ms: number, signal: AbortSignal) => Promise<void>) | undefined;
  /** How long a connection may take to be made. 20 s. */
  readonly connectMs?: number | undefined;
  /** How long an answer may take; a server ends a query after 120 s. 180 s. */
  readonly answerMs?: number | undefined;
  /** The longest answer. 64 MiB. */
  readonly mostBytes?: number | undefined;
  /** How TLS is spoken, such as with an authority of one's own. */
  readonly tls?: ConnectionOptions | undefined;
}

/**
 * The database that the settings name. The first call connects.
 * @throws {Failure} config: there is no secret, or it cannot be sent, or the domain is none.
 */
export function openFauna(config: FaunaConfig, setup: FaunaSetup): Fauna {
  const { domain, port, scheme } = config;
  const { log, random = Math.random, sleep = sleepFor } = setup;
  const authorization = `Bearer ${secretOf(config, setup.env ?? process.env)}`;
  const link = new Link({
    host: hostOf(domain),
    port,
    isSecure: scheme === 'https',
    tls: setup.tls ?? {},
    connectMs: setup.connectMs ?? 20_000,
    answerMs: setup.answerMs ?? 180_000,
    mostBytes: setup.mostBytes ?? 64 * 1024 * 1024,
  });
  const closing = new AbortController();
  const retry: RetryContext = { log, random, sleep, closed: closing.signal, hasAnswered: false };
  const seen = { lastTxn: 0n };
  const common = { 'accept-encoding': 'gzip', 'user-agent': userAgent };
  const json = { ...common, authorization, 'content-type': 'application/json;charset=utf-8' };
  const v4 = { ...json, 'x-faunadb-api-version': '4', 'x-fauna-driver': userAgent };
  const v10 = { ...json, 'x-format': 'tagged', 'x-driver-env': `driver=${userAgent}` };
  const v4Call = { path: '/', headers: v4, member: 'resource', seenAs: 'x-last-seen-txn' };
  const v10Call = { headers: v10, seenAs: 'x-last-txn-ts' };
  const calling = (made: Call, signal: AbortSignal) =>
    retrying(retry, signal, () => call(link, seen, made, signal));
  return {
    server: `${scheme}://${link.server}`,
    apiVersion: config.api_version,
    query: (expression, signal) =>
      calling({ ...v4Call, body: encodeExpression(expression) }, signal),
    fql: (query, values, signal) => {
      const body = bytesOf({ query, arguments: taggedArguments(values) });
      return calling({ ...v10Call, path: '/query/1', body, member: 'data' }, signal);
    },
    feed: (token, { cursor, startTs, pageSize }, signal) => {
      const start =
        cursor !== undefined ? { cursor } : startTs === undefined ? {} : { start_ts: startTs };
      const body = bytesOf({ token, page_size: pageSize, ...start });
      return calling({ ...v10Call, path: '/feed/1', body, member: 'events' }, signal);
    },
    ping: async (signal) => {
      await calling({ path: '/ping?scope=node', headers: common, member: 'resource' }, signal);
    },
    async [Symbol.asyncDispose]() {
      link.close();
      closing.abort(link.closedError());
    },
  };
}

/** As it is written in a URL: an IPv6 address in brackets, other letters than those of ASCII as DNS has them. */
function hostOf(domain: string): string {
  if (domain.includes(':')) return domain.startsWith('[') ? domain : `[${domain}]`;
  const host = /^[\x21-\x7e]+$/.test(domain) ? domain : domainToASCII(domain);
  if (host !== '') return host;
  throw new Failure('config', 'this is no name of a host', { where: 'domain' });
}

function bytesOf(value: unknown): Uint8Array {
  const out = new ByteWriter();
  encodeValue(value, out);
  return out.take();
}

/** Without the line break that copying may add. A secret is no part of any message. */
function secretOf({ secret }: FaunaConfig, env: NodeJS.ProcessEnv): string {
  const text = (secret?.reveal() ?? env['FAUNA_SECRET'] ?? '').trim();
  const where = 'secret';
  if (text === '') {
    const hint = 'Give the secret of a key of your database, or set FAUNA_SECRET.';
    throw new Failure('config', 'there is no secret', { where, hint });
  }
  if (!/^[\x21-\x7e]+$/.test(text)) {
    const hint = 'Check it for spaces, line breaks and characters that are no letters.';
    throw new Failure('config', 'the secret cannot be sent', { where, hint });
  }
  return text;
}

const { version } = JSON.parse(
  readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
) as { version: string };
const userAgent = `fairlead/${version}`;
