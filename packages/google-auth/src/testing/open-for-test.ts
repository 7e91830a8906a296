import { createLog, isFailure, type Failure } from '@fairlead/sdk';
import { inspect } from 'node:util';
import type { Credentials } from '../credentials.ts';
import { openCredentials } from '../open-credentials.ts';

/** Scopes of the tests. */
export const scopes = ['https://www.googleapis.com/auth/datastore'];
export const audience = 'https://firestore.googleapis.com/';

/** A clock that a test sets, and what was waited for and logged. */
export interface World {
  nowMs: number;
  readonly waits: number[];
  readonly logged: string[];
}

export function world(): World {
  return { nowMs: Date.now(), waits: [], logged: [] };
}

export interface TestOptions {
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly audience?: string;
  readonly scopes?: readonly string[];
  readonly world?: World;
  readonly signal?: AbortSignal;
  readonly fetch?: typeof fetch;
  readonly platform?: NodeJS.Platform;
}

/** Credentials in a world where only what the test gives is there, and waits take no time. */
export async function openForTest(json: unknown, options: TestOptions = {}): Promise<Credentials> {
  const { world: here = world(), env = {}, audience: aud } = options;
  const content = typeof json === 'string' || json === undefined ? json : JSON.stringify(json);
  return await openCredentials(
    { json: content, env, scopes: options.scopes ?? scopes, audience: aud },
    {
      now: () => here.nowMs,
      random: () => 0,
      sleep: async (ms, signal) => {
        signal.throwIfAborted();
        here.waits.push(ms);
      },
      log: createLog((level, message, fields) => {
        here.logged.push(`${level} ${message} ${inspect(fields)}`);
      }),
      ...(options.signal === undefined ? {} : { signal: options.signal }),
      ...(options.fetch === undefined ? {} : { fetch: options.fetch }),
      ...(options.platform === undefined ? {} : { platform: options.platform }),
    },
  );
}

/** The failure that `promise` ends with; anything else is thrown. */
export async function failureOf(promise: Promise<unknown>): Promise<Failure> {
  try {
    await promise;
  } catch (error) {
    if (isFailure(error)) return error;
    throw error;
  }
  throw new Error('it did not fail');
}

export const never = new AbortController().signal;
