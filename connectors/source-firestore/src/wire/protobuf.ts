import { ByteWriter } from '@fairlead/json';
import { Failure } from '@fairlead/sdk';
import { pastField, pastVarint, varintAt, Wire } from './skip.ts';

/** Reads the fields of one protobuf message in order. For what is small or rare. */
export class ProtoReader {
  readonly bytes: Uint8Array;
  /** Where the message ends in `bytes`. */
  readonly end: number;
  /** Where the message begins, or the field that `next` will read. */
  start: number;
  /** Field number × 8 + wire type of the field that `next` has found. */
  tag = 0;
  /** Where that field begins. */
  fieldStart = 0;
  /** Where its value is. Of a length-delimited one this is what it holds. */
  valueStart = 0;
  valueEnd = 0;

  constructor(bytes: Uint8Array, start = 0, end = bytes.length) {
    this.bytes = bytes;
    this.start = start;
    this.end = end;
  }

  /**
   * Moves to the next field; false at the end.
   * @throws {Failure} data, when the message is malformed.
   */
  next(): boolean {
    if (this.start >= this.end) return false;
    const after = pastField(this.bytes, this.start, this.end);
    if (after < 0) throw malformed('it is cut off or garbled');
    this.fieldStart = this.start;
    this.tag = varintAt(this.bytes, this.start);
    this.valueStart = pastVarint(this.bytes, this.start, after);
    this.valueEnd = after;
    if (this.tag % 8 === Wire.length) {
      this.valueStart = pastVarint(this.bytes, this.valueStart, after);
    }
    this.start = after;
    return true;
  }

  /** The value as an int32, bool or enum. */
  int32(): number {
    return Number(BigInt.asIntN(32, this.#uint64()));
  }

  /** The value as an int64. */
  int64(): bigint {
    return BigInt.asIntN(64, this.#uint64());
  }

  /** The value as a double. */
  double(): number {
    const { buffer, byteOffset } = this.bytes;
    return new DataView(buffer, byteOffset + this.valueStart, 8).getFloat64(0, true);
  }

  /**
   * The value as text.
   * @throws {Failure} data, when it is no UTF-8.
   */
  text(): string {
    try {
      return utf8.decode(this.view());
    } catch (error) {
      throw malformed('a text in it is no UTF-8', error);
    }
  }

  /** The value as bytes: part of the message, not a copy. */
  view(): Uint8Array {
    return this.bytes.subarray(this.valueStart, this.valueEnd);
  }

  /** The value as a message of its own. */
  message(): ProtoReader {
    return new ProtoReader(this.bytes, this.valueStart, this.valueEnd);
  }

  /** The value as int32s, of which there is one, or several when they are packed. */
  int32s(): number[] {
    if (this.tag % 8 === Wire.varint) return [this.int32()];
    const values: number[] = [];
    for (let at = this.valueStart; at < this.valueEnd;) {
      const after = pastVarint(this.bytes, at, this.valueEnd);
      if (after < 0) throw malformed('a list of numbers in it is cut off');
      values.push(Number(BigInt.asIntN(32, bigVarintAt(this.bytes, at))));
      at = after;
    }
    return values;
  }

  #uint64(): bigint {
    return bigVarintAt(this.bytes, this.valueStart);
  }
}

/** The 64 bits of the varint at `at`, which has at most ten bytes. */
export function bigVarintAt(bytes: Uint8Array, at: number): bigint {
  let value = 0n;
  for (let i = at, shift = 0n; ; i++, shift += 7n) {
    const byte = bytes[i] ?? 0;
    value |= BigInt(byte & 0x7f) << shift;
    if (byte < 0x80) return BigInt.asUintN(64, value);
  }
}

/** Writes the fields of one protobuf message in the order of the calls. */
export class ProtoWriter {
  readonly #out = new ByteWriter(64);

  /** An int32, int64, bool or enum. */
  varint(field: number, value: number | bigint): this {
    this.#varint(field * 8 + Wire.varint);
    this.#varint(value);
    return this;
  }

  /** A text without lone surrogates. */
  text(field: number, value: string): this {
    return this.bytes(field, Buffer.from(value, 'utf8'));
  }

  bytes(field: number, value: Uint8Array): this {
    this.#varint(field * 8 + Wire.length);
    this.#varint(value.length);
    this.#out.bytes(value);
    return this;
  }

  message(field: number, value: ProtoWriter): this {
    return this.bytes(field, value.finish());
  }

  double(field: number, value: number): this {
    this.#varint(field * 8 + Wire.fixed64);
    const bytes = Buffer.alloc(8);
    bytes.writeDoubleLE(value);
    this.#out.bytes(bytes);
    return this;
  }

  /** Fields that are encoded already. */
  raw(fields: Uint8Array): this {
    this.#out.bytes(fields);
    return this;
  }

  /** What was written. */
  finish(): Uint8Array {
    return this.#out.view();
  }

  #varint(value: number | bigint): void {
    let rest = BigInt.asUintN(64, BigInt(value));
    for (; rest > 0x7fn; rest >>= 7n) this.#out.byte(Number(rest & 0x7fn) | 0x80);
    this.#out.byte(Number(rest));
  }
}

/** The failure of a message that does not follow the protobuf wire format, or not as Firestore uses it. */
export function malformed(reason: string, cause?: unknown): Failure {
  return new Failure('data', `Firestore sent a message that cannot be read: ${reason}`, { cause });
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
