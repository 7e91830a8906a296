import { Failure } from '@fairlead/sdk';
import type { Answer } from './ask.ts';
import { jsonObject, text } from './json-object.ts';

/** A bearer token and its end by this machine's clock. */
export interface AccessToken {
  readonly value: string;
  readonly expiresAtMs: number;
}

/**
 * The token of an OAuth answer: `access_token` and `expires_in`, in seconds from when it was asked
 * for. Without `expires_in` it is taken to last an hour.
 * @throws {Failure} config when the answer is something else: the address is not of a token server
 */
export function readOAuthToken(answer: Answer): AccessToken {
  const body = jsonObject(answer.text);
  const value = text(body?.['access_token']);
  if (value === undefined) throw noToken(answer);
  const seconds = Number(body?.['expires_in'] ?? 3_600);
  return {
    value,
    expiresAtMs: answer.askedAtMs + (Number.isFinite(seconds) ? seconds : 3_600) * 1_000,
  };
}

/**
 * The token of `generateAccessToken`: `accessToken`, and `expireTime` by Google's clock, which the
 * answer's date translates to ours.
 * @throws {Failure} config when the answer is something else
 */
export function readImpersonatedToken(answer: Answer): AccessToken {
  const body = jsonObject(answer.text);
  const value = text(body?.['accessToken']);
  const endMs = Date.parse(text(body?.['expireTime']) ?? '');
  if (value === undefined || Number.isNaN(endMs)) throw noToken(answer);
  const lifetimeMs = endMs - (answer.serverTimeMs ?? answer.askedAtMs);
  return { value, expiresAtMs: answer.askedAtMs + lifetimeMs };
}

function noToken({ where }: Answer): Failure {
  return new Failure('config', 'the answer holds no access token', {
    where,
    hint: 'Check the addresses in the credentials: this is no token server.',
  });
}
