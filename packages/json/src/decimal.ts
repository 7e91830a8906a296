/**
 * A decimal number kept as its literal, digit for digit: `new Decimal('1.10')` prints `1.10`.
 * Two of them are compared by {@link sameNumber}.
 */
export class Decimal {
  /** The literal, in the grammar of a JSON number. */
  readonly text: string;

  /** @throws {DecimalError} when `text` is no JSON number. */
  constructor(text: string) {
    if (!isDecimalLiteral(text)) throw new DecimalError();
    this.text = text;
  }

  toString(): string {
    return this.text;
  }

  /** The literal as a string, so that `JSON.stringify` keeps its digits too. */
  toJSON(): string {
    return this.text;
  }
}

/** Thrown when a text that should be a number is not in the grammar of a JSON number. */
export class DecimalError extends Error {
  override readonly name = 'DecimalError';

  constructor() {
    super('not a decimal number as JSON writes it');
  }
}

/** Whether `text` is a number as JSON writes it: no `+`, no leading zero, digits around the point. */
export function isDecimalLiteral(text: string): boolean {
  return literal.test(text);
}

/** A number as `digits` × 10^−`scale`, without exponent and in one form only. */
export interface PlainDigits {
  /** Whether the number is below zero; zero is not. */
  readonly negative: boolean;
  /** All digits without point: no leading zeros, except that zero is `0`. */
  readonly digits: string;
  /** How many of them stand after the point; as few as possible, so the last is then not 0. */
  readonly scale: number;
}

/**
 * The digits of `text` with its exponent applied: `1.5e3` is 1500 with scale 0, `1.10` is 11 with
 * scale 1. Undefined when `text` is no JSON number, or when writing it out takes over 10,000 digits.
 */
export function plainDigits(text: string): PlainDigits | undefined {
  const number = significand(text);
  if (number === undefined) return undefined;
  const { negative, digits, exponent } = number;
  if (exponent > longest || exponent < -longest) return undefined;
  const power = Number(exponent);
  const length = Math.max(digits.length + power, digits.length, -power);
  if (length > longest) return undefined;
  return power >= 0
    ? { negative, digits: digits + '0'.repeat(power), scale: 0 }
    : { negative, digits, scale: -power };
}

/**
 * Whether two JSON numbers have the same value: `1.10` and `11e-1` do, so do `0` and `-0.0`. Those
 * whose exponent itself has over 1,000 digits are the same only when they are written the same.
 */
export function sameNumber(a: string, b: string): boolean {
  if (a === b) return isDecimalLiteral(a);
  const left = significand(a);
  const right = significand(b);
  return (
    left !== undefined &&
    right !== undefined &&
    left.digits === right.digits &&
    left.exponent === right.exponent &&
    left.negative === right.negative
  );
}

/**
 * Whether the number survives a double: parsed and printed in the shortest way, it has the same
 * value. False for what is no JSON number.
 */
export function survivesDouble(text: string): boolean {
  const double = Number(text);
  return Number.isFinite(double) && sameNumber(text, String(double));
}

/** How many zeros `digits` begins with. */
export function leadingZeros(digits: string): number {
  let at = 0;
  while (at < digits.length && digits.charCodeAt(at) === 0x30) at++;
  return at;
}

const literal = /^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?$/;
const parts = /^(-?)(0|[1-9][0-9]*)(?:\.([0-9]+))?(?:[eE]([+-]?[0-9]+))?$/;
const longest = 10_000;
// Reading digits takes time that grows with the square of their number.
const longestExponent = 1000;

/** `digits` × 10^`exponent`, where `digits` neither begins nor ends with 0 unless it is `0`. */
interface Significand {
  readonly negative: boolean;
  readonly digits: string;
  readonly exponent: bigint;
}

function significand(text: string): Significand | undefined {
  const match = parts.exec(text);
  if (match === null) return undefined;
  const [, sign, whole = '', fraction = '', power = '0'] = match;
  const all = whole + fraction;
  const first = leadingZeros(all);
  if (first === all.length) return { negative: false, digits: '0', exponent: 0n };
  const shortPower = power.replace(/^([+-]?)0+(?=[0-9])/, '$1');
  if (shortPower.length > longestExponent) return undefined;
  const last = afterLastNonZero(all);
  const exponent =
    BigInt(shortPower.replace('+', '')) - BigInt(fraction.length) + BigInt(all.length - last);
  return { negative: sign === '-', digits: all.slice(first, last), exponent };
}

function afterLastNonZero(digits: string): number {
  let at = digits.length;
  while (at > 0 && digits.charCodeAt(at - 1) === 0x30) at--;
  return at;
}
