/**
 * A byte buffer that grows by doubling and is kept for the next use: many small writes without an
 * allocation each.
 */
export class ByteWriter {
  #buffer: Buffer;
  #length = 0;

  /** An empty writer with room for `capacity` bytes before it grows. */
  constructor(capacity = 1024) {
    this.#buffer = Buffer.allocUnsafeSlow(Math.max(16, capacity));
  }

  /** How many bytes have been written since the writer was last empty. */
  get length(): number {
    return this.#length;
  }

  /** Appends a copy of `source`. */
  bytes(source: Uint8Array): void {
    this.#reserve(source.length);
    this.#buffer.set(source, this.#length);
    this.#length += source.length;
  }

  /** Appends one byte: the low eight bits of `value`. */
  byte(value: number): void {
    if (this.#length === this.#buffer.length) this.#reserve(1);
    this.#buffer[this.#length++] = value;
  }

  /** Appends `text` as UTF-8. A lone surrogate becomes U+FFFD: look for them before. */
  utf8(text: string): void {
    this.#reserve(text.length * 3);
    this.#length += this.#buffer.write(text, this.#length, 'utf8');
  }

  /** Appends `text`, one byte a character. Right only where all of it is ASCII. */
  ascii(text: string): void {
    this.#reserve(text.length);
    if (text.length > 32) {
      this.#length += this.#buffer.write(text, this.#length, 'latin1');
      return;
    }
    const buffer = this.#buffer;
    let at = this.#length;
    for (let i = 0; i < text.length; i++) buffer[at++] = text.charCodeAt(i);
    this.#length = at;
  }

  /**
   * Appends the decimal digits of an integer.
   * @throws {RangeError} when `value` is no integer, or too large to be exact.
   */
  integer(value: number): void {
    if (!Number.isSafeInteger(value)) throw new RangeError('not a safe integer');
    if (value < 0 || value > 0x7fff_ffff) {
      this.ascii(String(value));
      return;
    }
    let digits = 1;
    for (let power = 10; power <= value; power *= 10) digits++;
    this.#reserve(digits);
    this.#length += digits;
    let rest = value;
    for (let at = this.#length - 1; digits > 0; digits--, at--) {
      const quotient = Math.trunc(rest / 10);
      this.#buffer[at] = 0x30 + rest - quotient * 10;
      rest = quotient;
    }
  }

  /** Forgets what was written past the first `length` bytes. `truncate(0)` empties the writer. */
  truncate(length: number): void {
    if (length < this.#length) this.#length = Math.max(0, length);
  }

  /** What has been written: the writer's own memory, good until it is next written to. */
  view(): Uint8Array {
    return new Uint8Array(this.#buffer.buffer, this.#buffer.byteOffset, this.#length);
  }

  /** What has been written, as a copy that the caller owns. The writer is empty afterwards. */
  take(): Uint8Array {
    const taken = this.view().slice();
    this.#length = 0;
    return taken;
  }

  #reserve(extra: number): void {
    const needed = this.#length + extra;
    if (needed <= this.#buffer.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(needed, this.#buffer.length * 2));
    larger.set(this.#buffer.subarray(0, this.#length));
    this.#buffer = larger;
  }
}
