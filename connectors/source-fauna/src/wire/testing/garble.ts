import fc from 'fast-check';

/** One thing done to some bytes: where, what, and with which byte. */
export type Change = readonly [number, string, number];

/** Bytes that change what the others mean. */
const marks = [...Buffer.from('{}[]":,@\\ 0-.e')];

const change = fc.tuple(fc.nat(), fc.constantFrom('set', 'cut', 'insert', 'drop'), fc.nat(255));
const meant = fc.tuple(fc.nat(), fc.constantFrom('set', 'insert'), fc.constantFrom(...marks));

/** A few changes. */
export const anyChanges: fc.Arbitrary<Change[]> = fc.array(fc.oneof(change, meant), {
  minLength: 1,
  maxLength: 3,
});

/** The bytes after a change. */
export function garble(bytes: Buffer, [place, kind, byte]: Change): Buffer<ArrayBuffer> {
  const at = place % (bytes.length + 1);
  const before = bytes.subarray(0, at);
  if (kind === 'cut') return Buffer.from(before);
  if (kind === 'insert') return Buffer.concat([before, Buffer.of(byte), bytes.subarray(at)]);
  if (kind === 'drop') return Buffer.concat([before, bytes.subarray(at + 1 + (byte % 8))]);
  return Buffer.concat([before, Buffer.of(byte), bytes.subarray(at + 1)]);
}
