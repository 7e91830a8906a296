import type { Documents } from '@fairlead/sdk';

/** Writes JSON lines of texts into one buffer, which grows and is used again. */
export class LineWriter {
  #buffer = Buffer.allocUnsafeSlow(usualBytes);
  #length = 0;
  #ends = new Uint32Array(1024);
  #count = 0;

  /** What has been written, lines that are not ended included. */
  get length(): number {
    return this.#length;
  }

  /** How many lines were ended. */
  get count(): number {
    return this.#count;
  }

  byte(value: number): void {
    if (this.#length === this.#buffer.length) this.#reserve(1);
    this.#buffer[this.#length++] = value;
  }

  bytes(source: Uint8Array, from: number, to: number): void {
    const size = to - from;
    this.#reserve(size);
    const buffer = this.#buffer;
    if (size > longRun) {
      buffer.set(source.subarray(from, to), this.#length);
      this.#length += size;
      return;
    }
    let at = this.#length;
    for (let i = from; i < to; i++) buffer[at++] = source[i] ?? 0;
    this.#length = at;
  }

  /** Bytes of UTF-8 as JSON has them in a text; of doubled quotes one, where `isDoubled`. */
  escaped(source: Uint8Array, from: number, to: number, isDoubled: boolean): void {
    this.#reserve((to - from) * longestEscape);
    const buffer = this.#buffer;
    let at = this.#length;
    for (let i = from; i < to; i++) {
      const byte = source[i] ?? 0;
      if (byte >= 0x20 && byte !== quote && byte !== backslash) {
        buffer[at++] = byte;
      } else if (byte >= 0x20) {
        buffer[at++] = backslash;
        buffer[at++] = byte;
        if (isDoubled && byte === quote) i++;
      } else {
        at += buffer.write(`\\u00${byte.toString(16).padStart(2, '0')}`, at, 'latin1');
      }
    }
    this.#length = at;
  }

  /** Forgets what was written after the first `length` bytes, no ended line among it. */
  truncate(length: number): void {
    this.#length = length;
  }

  endLine(): void {
    this.byte(0x0a);
    if (this.#count === this.#ends.length) {
      const more = new Uint32Array(2 * this.#count);
      more.set(this.#ends);
      this.#ends = more;
    }
    this.#ends[this.#count++] = this.#length;
  }

  /** The lines, as a copy. The writer is empty then. What long lines have taken goes with them. */
  take(): Documents {
    const isLong = this.#buffer.length > usualBytes;
    const bytes = isLong
      ? this.#buffer.subarray(0, this.#length)
      : Uint8Array.prototype.slice.call(this.#buffer, 0, this.#length);
    if (isLong) this.#buffer = Buffer.allocUnsafeSlow(usualBytes);
    const documents = { bytes, ends: this.#ends.slice(0, this.#count) };
    this.#length = 0;
    this.#count = 0;
    return documents;
  }

  #reserve(extra: number): void {
    const needed = this.#length + extra;
    if (needed <= this.#buffer.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(needed, 2 * this.#buffer.length));
    larger.set(this.#buffer.subarray(0, this.#length));
    this.#buffer = larger;
  }
}

const usualBytes = 2 * 1024 * 1024;
const quote = 0x22;
const backslash = 0x5c;
/** `\u0000` */
const longestEscape = 6;
/** Where copying as a block begins to pay. */
const longRun = 48;
