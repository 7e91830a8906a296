/**
 * Bytes of a message that is being written, and where it ends so far. Whoever writes reserves room
 * first, and then writes without looking.
 */
export class WireBuffer {
  bytes: Uint8Array;
  at = 0;

  constructor(capacity: number) {
    this.bytes = Buffer.allocUnsafeSlow(capacity);
  }

  /** Makes sure that so many bytes more can be written. */
  reserve(count: number): void {
    const needed = this.at + count;
    if (needed <= this.bytes.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(needed, 2 * this.bytes.length));
    larger.set(this.bytes.subarray(0, this.at));
    this.bytes = larger;
  }

  /** Writes a copy. */
  put(source: Uint8Array): void {
    const { bytes } = this;
    const { length } = source;
    if (length > longestLoop) bytes.set(source, this.at);
    else for (let i = 0, at = this.at; i < length; i++) bytes[at++] = source[i] ?? 0;
    this.at += length;
  }

  /** Writes a copy of the bytes from one index up to another. */
  putRange(source: Uint8Array, from: number, to: number): void {
    const { bytes } = this;
    let { at } = this;
    if (to - from > longestLoop) bytes.set(source.subarray(from, to), at);
    else for (let i = from; i < to; i++) bytes[at++] = source[i] ?? 0;
    this.at += to - from;
  }

  byte(value: number): void {
    this.bytes[this.at++] = value;
  }

  /** Writes a number from 0 up to 2^32 as a varint. */
  varint(value: number): void {
    this.at = putVarint(this.bytes, this.at, value);
  }

  /** Writes a signed integer of 64 bits as a varint: the high half of its two's complement, and the low one. */
  varint64(high: number, low: number): void {
    let hi = high >>> 0;
    let lo = low >>> 0;
    const { bytes } = this;
    let { at } = this;
    while (hi !== 0) {
      bytes[at++] = (lo & 0x7f) | 0x80;
      lo = ((lo >>> 7) | (hi << 25)) >>> 0;
      hi >>>= 7;
    }
    this.at = putVarint(bytes, at, lo);
  }

  /**
   * Says how long what was written since `from` is, in the place of `width` bytes before it, and makes
   * room where that takes more or fewer bytes.
   */
  setLength(from: number, width: number): void {
    const length = this.at - from;
    const needed = widthOf(length);
    if (needed !== width) {
      this.bytes.copyWithin(from + needed - width, from, this.at);
      this.at += needed - width;
    }
    putVarint(this.bytes, from - width, length);
  }
}

/** How many bytes a varint takes. */
export function widthOf(value: number): number {
  if (value < 0x80) return 1;
  if (value < 0x4000) return 2;
  if (value < 0x20_0000) return 3;
  return value < 0x1000_0000 ? 4 : 5;
}

/** What is longer is copied by the system, and what is shorter faster without a call. */
const longestLoop = 48;

function putVarint(bytes: Uint8Array, at: number, value: number): number {
  let index = at;
  let rest = value;
  while (rest > 0x7f) {
    bytes[index++] = (rest & 0x7f) | 0x80;
    rest >>>= 7;
  }
  bytes[index] = rest;
  return index + 1;
}
