/**
 * A part of the space of 32-bit key hashes, both ends inclusive. Several processes can share a task
 * when each takes one part.
 */
export interface KeyRange {
  readonly begin: number;
  readonly end: number;
}

/** Every key. */
export const wholeRange: KeyRange = { begin: 0, end: 0xffff_ffff };

/** Whether a key with this {@link hash32} belongs to the range. */
export function inRange(range: KeyRange, hash: number): boolean {
  return hash >= range.begin && hash <= range.end;
}

const utf8 = new TextEncoder();

/**
 * A 32-bit hash of a key, evenly spread: FNV-1a with the final mix of MurmurHash3. It is part of
 * saved state, so it never changes.
 */
export function hash32(key: string | Uint8Array): number {
  let hash = 0x811c9dc5;
  for (const byte of typeof key === 'string' ? utf8.encode(key) : key) {
    hash = Math.imul(hash ^ byte, 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
