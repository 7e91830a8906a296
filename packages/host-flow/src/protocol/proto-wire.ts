import { Failure } from '@fairlead/sdk';
import type { ByteWriter } from '@fairlead/json';

/** How the value of a protobuf field is written. */
export const WireType = { varint: 0, fixed64: 1, bytes: 2, fixed32: 5 } as const;

/**
 * Reads protobuf from some bytes, one field after another. Whatever the bytes, it answers or throws.
 * @throws {Failure} data, from every method, when there is no such thing.
 */
export class ProtoReader {
  readonly #bytes: Uint8Array;
  readonly #end: number;
  /** Where the next byte to read is. */
  at: number;

  constructor(bytes: Uint8Array, start = 0, end: number = bytes.length) {
    this.#bytes = bytes;
    this.at = start;
    this.#end = end;
  }

  get done(): boolean {
    return this.at >= this.#end;
  }

  /** The number of the next field times 8, and its {@link WireType}. */
  key(): number {
    const key = this.varint();
    if (key < 8 || key > 0xffff_ffff) throw malformed('no field has this number');
    return key;
  }

  /** A varint of which the low 32 bits count, as for uint32, bool and enums. */
  varint(): number {
    const first = this.#bytes[this.at] ?? 0x80;
    if (first < 0x80 && this.at < this.#end) {
      this.at++;
      return first;
    }
    return Number(BigInt.asUintN(32, this.varint64()));
  }

  /** A varint as an unsigned number of 64 bits. */
  varint64(): bigint {
    let low = 0;
    let value = 0n;
    for (let index = 0; index < 10; index++) {
      if (this.at >= this.#end) throw malformed('it ends within a number');
      const byte = this.#bytes[this.at++] ?? 0;
      if (index < 4) low |= (byte & 0x7f) << (7 * index);
      else value |= BigInt(byte & 0x7f) << BigInt(7 * index);
      if (byte < 0x80) return BigInt.asUintN(64, value | BigInt(low));
    }
    throw malformed('a number has more than ten bytes');
  }

  fixed32(): number {
    const at = this.#skip(4);
    return view(this.#bytes).getUint32(at, true);
  }

  fixed64(): bigint {
    const at = this.#skip(8);
    return view(this.#bytes).getBigUint64(at, true);
  }

  double(): number {
    const at = this.#skip(8);
    return view(this.#bytes).getFloat64(at, true);
  }

  /** The length of a field of bytes. Where they begin is `at` after the call. */
  length(): number {
    const length = this.varint();
    if (length > this.#end - this.at) throw malformed('a field is longer than its message');
    return length;
  }

  /** The bytes of a field, not copied. */
  bytes(): Uint8Array {
    const length = this.length();
    const start = this.#skip(length);
    return this.#bytes.subarray(start, start + length);
  }

  string(): string {
    try {
      return utf8.decode(this.bytes());
    } catch (error) {
      throw error instanceof Failure ? error : malformed('a string is not UTF-8');
    }
  }

  /** Passes over the value of a field that nobody knows. */
  skip(wireType: number): void {
    if (wireType === WireType.varint) this.varint64();
    else if (wireType === WireType.fixed64) this.#skip(8);
    else if (wireType === WireType.bytes) this.#skip(this.length());
    else if (wireType === WireType.fixed32) this.#skip(4);
    else throw malformed('a field has no known wire type');
  }

  #skip(count: number): number {
    const start = this.at;
    if (count > this.#end - start) throw malformed('it ends within a field');
    this.at = start + count;
    return start;
  }
}

/** Appends the key of a field. */
export function writeKey(out: ByteWriter, tag: number, wireType: number): void {
  writeVarint(out, tag * 8 + wireType);
}

/** Appends a number of up to 32 bits. */
export function writeVarint(out: ByteWriter, value: number): void {
  let rest = value >>> 0;
  while (rest > 0x7f) {
    out.byte((rest & 0x7f) | 0x80);
    rest >>>= 7;
  }
  out.byte(rest);
}

/** Appends a number of up to 64 bits; a negative one as its two's complement. */
export function writeVarint64(out: ByteWriter, value: bigint): void {
  let rest = BigInt.asUintN(64, value);
  while (rest > 0x7fn) {
    out.byte(Number(rest & 0x7fn) | 0x80);
    rest >>= 7n;
  }
  out.byte(Number(rest));
}

/** How many bytes {@link writeVarint} appends. */
export function varintLength(value: number): number {
  if (value < 0x80) return 1;
  if (value < 0x4000) return 2;
  if (value < 0x20_0000) return 3;
  return value < 0x1000_0000 ? 4 : 5;
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function view(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function malformed(reason: string): Failure {
  return new Failure('data', `malformed protobuf: ${reason}`);
}
