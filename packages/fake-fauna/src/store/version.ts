import { isA, type FaunaObject } from '../values/value.ts';
import { microsOf } from '../values/time-text.ts';

/** What a document was from `ts` on: its fields but for ref and ts, or nothing since it was deleted. */
export interface Version {
  readonly ts: number;
  readonly fields: FaunaObject | undefined;
}

/** The version that was the newest at `at`, deletions included. */
export function versionAt(versions: readonly Version[], at: number): Version | undefined {
  let i = versions.length - 1;
  while (i >= 0 && (versions[i]?.ts ?? 0) > at) i--;
  return versions[i];
}

/** The version that can be read at `at`, when it is `now`: none where it was deleted or its time to live is over. */
export function liveVersion(
  versions: readonly Version[],
  at: number,
  now: number,
): LiveVersion | undefined {
  const version = versionAt(versions, at);
  if (version?.fields === undefined) return undefined;
  const expiry = expiryOf(version);
  if (expiry !== undefined && expiry <= now) return undefined;
  return { ts: version.ts, fields: version.fields };
}

export interface LiveVersion {
  readonly ts: number;
  readonly fields: FaunaObject;
}

/** When a version ceases to be readable, in microseconds; undefined where it does not. */
export function expiryOf({ fields }: Version): number | undefined {
  const ttl = fields?.get('ttl');
  return isA(ttl, 'time') ? Number(microsOf(ttl)) : undefined;
}

/** Puts a version where its time belongs, in place of one of the same time. Gives what undoes that. */
export function putVersion(versions: Version[], version: Version): () => void {
  let i = versions.length;
  while (i > 0 && (versions[i - 1]?.ts ?? 0) > version.ts) i--;
  const replaced = versions[i - 1];
  if (replaced?.ts === version.ts) {
    versions[i - 1] = version;
    return () => void (versions[i - 1] = replaced);
  }
  versions.splice(i, 0, version);
  return () => void versions.splice(i, 1);
}
