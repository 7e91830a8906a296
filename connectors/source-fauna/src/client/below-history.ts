import { isFailure } from '@fairlead/sdk';
import { FaunaError } from './fauna-error.ts';

/** A time that was asked for and is no longer kept, and the earliest one that is; both in microseconds since 1970. */
export interface BelowHistory {
  readonly requested: bigint;
  readonly least: bigint;
}

/** The times that an error, or what a failure was made of, names as below the history of a collection; undefined for another. */
export function isBelowHistory(error: unknown): BelowHistory | undefined {
  const cause = isFailure(error) ? error.cause : error;
  return cause instanceof FaunaError ? belowHistoryIn(cause) : undefined;
}

/** As {@link isBelowHistory}. The server has one code for many mistakes: its text tells this one. */
export function belowHistoryIn({ status, description }: FaunaError): BelowHistory | undefined {
  if (status !== 400) return undefined;
  const found = /^Requested timestamp (\S+) less than minimum allowed timestamp (\S+?)\.?$/.exec(
    description,
  );
  const requested = microsOf(found?.[1] ?? '');
  const least = microsOf(found?.[2] ?? '');
  return requested === undefined || least === undefined ? undefined : { requested, least };
}

/** Of `2000-01-01T00:00:00.000001Z`, or of a number of microseconds. */
function microsOf(text: string): bigint | undefined {
  if (/^-?\d+$/.test(text)) return BigInt(text);
  const [, seconds, fraction = ''] = /^(.+T[0-9:]+)(?:\.(\d+))?Z$/.exec(text) ?? [];
  const ms = seconds === undefined ? Number.NaN : Date.parse(`${seconds}Z`);
  if (Number.isNaN(ms)) return undefined;
  return BigInt(ms) * 1000n + BigInt(fraction.padEnd(6, '0').slice(0, 6));
}
