import { Failure } from '@fairlead/sdk';
import { jsonText } from '../protocol/json-text.ts';
import { Code } from './unpack-tuple.ts';

/**
 * A tuple in the encoding of FoundationDB, whose byte order is the order of the tuples. Integral
 * numbers are packed as integers; other numbers, and what has no form of its own, as double and as
 * JSON text.
 * @throws {Failure} data, for an integer of more than 64 bits.
 */
export function packTuple(values: readonly unknown[]): Buffer {
  return Buffer.concat(values.map(packElement));
}

function packElement(value: unknown): Buffer {
  if (value === null || value === undefined) return Buffer.of(Code.null);
  if (typeof value === 'boolean') return Buffer.of(value ? Code.true : Code.false);
  if (typeof value === 'bigint') return packInteger(value);
  if (typeof value === 'number') {
    return Number.isSafeInteger(value) ? packInteger(BigInt(value)) : packDouble(value);
  }
  if (typeof value === 'string') return packText(Code.string, Buffer.from(value));
  return packText(Code.bytes, Buffer.from(jsonText(value)));
}

function packText(code: number, text: Buffer): Buffer {
  const bytes = [code];
  for (const byte of text) {
    bytes.push(byte);
    if (byte === 0) bytes.push(0xff);
  }
  return Buffer.from([...bytes, 0]);
}

function packInteger(value: bigint): Buffer {
  if (value === 0n) return Buffer.of(Code.zero);
  const magnitude = value < 0n ? -value : value;
  const digits = magnitude.toString(16);
  const size = Math.ceil(digits.length / 2);
  if (size > 8) throw new Failure('data', 'an integer of a key has more than 64 bits');
  const raw = value < 0n ? value + 256n ** BigInt(size) - 1n : value;
  const body = Buffer.from(raw.toString(16).padStart(2 * size, '0'), 'hex');
  return Buffer.concat([Buffer.of(Code.zero + (value < 0n ? -size : size)), body]);
}

function packDouble(value: number): Buffer {
  const packed = Buffer.alloc(9);
  packed[0] = Code.double;
  packed.writeDoubleBE(value, 1);
  const isNegative = value < 0 || Object.is(value, -0);
  for (let index = 1; index < 9; index++) {
    const mask = isNegative ? 0xff : index === 1 ? 0x80 : 0;
    packed[index] = (packed[index] ?? 0) ^ mask;
  }
  return packed;
}
