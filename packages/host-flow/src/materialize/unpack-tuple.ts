import { encodeString, type ByteWriter } from '@fairlead/json';
import { Failure } from '@fairlead/sdk';

/**
 * Writes the tuple that is packed in `start` to `end` as a JSON array, `count` elements at most. Integers and strings keep
 * every digit and character; a double is written with a fraction or an exponent, so that it stays one.
 * @throws {Failure} data, when the bytes are no tuple of values that JSON has.
 */
export function unpackTuple(
  packed: Uint8Array,
  start: number,
  end: number,
  out: ByteWriter,
  count = Infinity,
): void {
  out.byte(openBracket);
  let at = start;
  for (let element = 0; at < end && element < count; element++) {
    if (element > 0) out.byte(comma);
    at = unpackElement(packed, at, end, out);
  }
  out.byte(closeBracket);
}

/**
 * Writes the element that begins at `at` as JSON.
 * @returns where the next one begins.
 * @throws {Failure} data, as {@link unpackTuple}.
 */
function unpackElement(packed: Uint8Array, at: number, end: number, out: ByteWriter): number {
  const code = packed[at] ?? -1;
  if (code === Code.string) return unpackText(packed, at + 1, end, out, true);
  if (code >= Code.zero - 8 && code <= Code.zero + 8) return unpackInteger(packed, at, end, out);
  if (code === Code.bytes) return unpackText(packed, at + 1, end, out, false);
  if (code === Code.double) return unpackDouble(packed, at + 1, end, out);
  if (code === Code.null) out.ascii('null');
  else if (code === Code.true) out.ascii('true');
  else if (code === Code.false) out.ascii('false');
  else throw broken(`an unknown element 0x${code.toString(16)}`);
  return at + 1;
}

/** The first byte of an element. Integers of n bytes have `zero` plus or minus n. */
export const Code = {
  null: 0x00,
  bytes: 0x01,
  string: 0x02,
  zero: 0x14,
  double: 0x21,
  false: 0x26,
  true: 0x27,
} as const;

const openBracket = 0x5b;
const closeBracket = 0x5d;
const comma = 0x2c;
const quote = 0x22;
const backslash = 0x5c;

/** A text that ends with a zero byte, and in which `00 ff` is one. Quoted, or JSON already. */
function unpackText(
  packed: Uint8Array,
  start: number,
  end: number,
  out: ByteWriter,
  quoted: boolean,
): number {
  let at = start;
  let plain = true;
  for (; at < end; at++) {
    const byte = packed[at] ?? 0;
    if (byte === 0 && (at + 1 >= end || packed[at + 1] !== 0xff)) break;
    if (byte < 0x20 || byte === quote || byte === backslash) plain = false;
  }
  if (at >= end) throw broken('a text without an end');
  if (plain && quoted) {
    out.byte(quote);
    out.bytes(packed.subarray(start, at));
    out.byte(quote);
  } else if (quoted) encodeString(unescaped(packed, start, at).toString('utf8'), out);
  else out.bytes(unescaped(packed, start, at));
  return at + 1;
}

function unescaped(packed: Uint8Array, start: number, end: number): Buffer {
  const text = Buffer.alloc(end - start);
  let length = 0;
  for (let at = start; at < end; at++) {
    text[length++] = packed[at] ?? 0;
    if (packed[at] === 0) at++;
  }
  return text.subarray(0, length);
}

function unpackInteger(packed: Uint8Array, at: number, end: number, out: ByteWriter): number {
  const code = packed[at] ?? 0;
  const size = Math.abs(code - Code.zero);
  const next = at + 1 + size;
  if (next > end) throw broken('an integer that is cut off');
  if (size <= 6) {
    let value = 0;
    for (let index = at + 1; index < next; index++) value = value * 256 + (packed[index] ?? 0);
    out.integer(code < Code.zero ? value - (256 ** size - 1) : value);
  } else {
    let value = 0n;
    for (let index = at + 1; index < next; index++)
      value = value * 256n + BigInt(packed[index] ?? 0);
    out.ascii(String(code < Code.zero ? value - (256n ** BigInt(size) - 1n) : value));
  }
  return next;
}

const scratch = new DataView(new ArrayBuffer(8));

function unpackDouble(packed: Uint8Array, start: number, end: number, out: ByteWriter): number {
  if (start + 8 > end) throw broken('a double that is cut off');
  const flip = (packed[start] ?? 0) < 0x80 ? 0xff : 0;
  for (let index = 0; index < 8; index++) {
    const mask = index === 0 && flip === 0 ? 0x80 : flip;
    scratch.setUint8(index, (packed[start + index] ?? 0) ^ mask);
  }
  const value = scratch.getFloat64(0);
  if (!Number.isFinite(value)) throw broken('a double that is no number');
  const text = Object.is(value, -0) ? '-0' : String(value);
  out.ascii(/[.e]/.test(text) ? text : `${text}.0`);
  return start + 8;
}

function broken(what: string): Failure {
  return new Failure('data', `a packed tuple holds ${what}`);
}
