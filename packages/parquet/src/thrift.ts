import type { ByteWriter } from '@fairlead/json';

/** Types of fields and elements in Thrift's compact protocol. */
const Type = { true: 1, false: 2, i32: 5, i64: 6, binary: 8, list: 9, struct: 12 } as const;

/**
 * A struct in Thrift's compact protocol, written field by field in ascending order of their ids.
 * https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md
 */
export class ThriftStruct {
  readonly #out: ByteWriter;
  #last = 0;

  constructor(out: ByteWriter) {
    this.#out = out;
  }

  boolean(id: number, value: boolean): this {
    this.#field(id, value ? Type.true : Type.false);
    return this;
  }

  i32(id: number, value: number): this {
    this.#field(id, Type.i32);
    varint(this.#out, value < 0 ? -2 * value - 1 : 2 * value);
    return this;
  }

  /** @param value not negative, and a safe integer when doubled. */
  i64(id: number, value: number): this {
    this.#field(id, Type.i64);
    varint(this.#out, 2 * value);
    return this;
  }

  text(id: number, value: string): this {
    this.#field(id, Type.binary);
    this.#text(value);
    return this;
  }

  struct(id: number, write: (struct: ThriftStruct) => void): this {
    this.#field(id, Type.struct);
    writeStruct(this.#out, write);
    return this;
  }

  structs<Element>(
    id: number,
    elements: readonly Element[],
    write: (struct: ThriftStruct, element: Element, index: number) => void,
  ): this {
    this.#list(id, Type.struct, elements.length);
    for (const [index, element] of elements.entries()) {
      writeStruct(this.#out, (struct) => write(struct, element, index));
    }
    return this;
  }

  i32s(id: number, values: readonly number[]): this {
    this.#list(id, Type.i32, values.length);
    for (const value of values) varint(this.#out, 2 * value);
    return this;
  }

  texts(id: number, values: readonly string[]): this {
    this.#list(id, Type.binary, values.length);
    for (const value of values) this.#text(value);
    return this;
  }

  #field(id: number, type: number): void {
    this.#out.byte(((id - this.#last) << 4) | type);
    this.#last = id;
  }

  #list(id: number, type: number, size: number): void {
    this.#field(id, Type.list);
    if (size < 15) {
      this.#out.byte((size << 4) | type);
      return;
    }
    this.#out.byte(0xf0 | type);
    varint(this.#out, size);
  }

  #text(value: string): void {
    varint(this.#out, Buffer.byteLength(value));
    this.#out.utf8(value);
  }
}

/** Writes a struct whose fields `write` adds. */
export function writeStruct(out: ByteWriter, write: (struct: ThriftStruct) => void): void {
  write(new ThriftStruct(out));
  out.byte(0);
}

/** Appends an integer that is not negative, seven bits in a byte, the lowest first. */
export function varint(out: ByteWriter, value: number): void {
  while (value > 0x7f) {
    out.byte((value % 0x80) | 0x80);
    value = Math.floor(value / 0x80);
  }
  out.byte(value);
}
