import { isDecimalLiteral, leadingZeros, survivesDouble } from './decimal.ts';
import { ValueClass } from './shape.ts';

/** What a shape keeps of one number. */
export interface NumberClass {
  /** Its one {@link ValueClass} bit. */
  readonly valueClass: number;
  /** Digits before the decimal point once the exponent is applied, leading zeros not counted. */
  readonly integerDigits: number;
  /** Digits after the decimal point once the exponent is applied, trailing zeros counted. */
  readonly scale: number;
}

/** The greatest count of digits told apart: a shape says this for any greater one too. */
export const mostDigits = 1_000_000;

/** The digits of the largest number up to which every integer is a double, of 64 bits, of `wideInteger`. */
export const integerDigits = { safe: 16, long: 19, wide: 38 } as const;

/** The class of a JSON number; undefined when `text` is none. */
export function numberClass(text: string): NumberClass | undefined {
  if (!isDecimalLiteral(text)) return undefined;
  return /[.eE]/.test(text) ? fractionClass(text) : integerClass(text);
}

function integerClass(text: string): NumberClass {
  const digits = unsigned(text);
  const length = digits === '0' ? 0 : digits.length;
  return {
    valueClass: text === '-0' ? ValueClass.double : integerBit(text, length),
    integerDigits: Math.min(length, mostDigits),
    scale: 0,
  };
}

function integerBit(text: string, digits: number): number {
  if (digits < integerDigits.safe) return ValueClass.safeInteger;
  if (digits > integerDigits.wide) return ValueClass.wildNumber;
  const value = BigInt(text);
  if (value >= -(2n ** 53n) && value <= 2n ** 53n) return ValueClass.safeInteger;
  if (BigInt.asIntN(64, value) === value) return ValueClass.longInteger;
  return ValueClass.wideInteger;
}

function fractionClass(text: string): NumberClass {
  const [mantissa = '', power = '0'] = unsigned(text).split(/[eE]/);
  const [whole = '', fraction = ''] = mantissa.split('.');
  const exponent = Number(power);
  const leading = leadingZeros(whole + fraction);
  const isZero = leading === whole.length + fraction.length;
  const before = isZero ? 0 : counted(whole.length + exponent - leading);
  const after = counted(fraction.length - exponent);
  return { valueClass: fractionBit(text, before + after), integerDigits: before, scale: after };
}

function fractionBit(text: string, digits: number): number {
  if (survivesDouble(text)) return ValueClass.double;
  return digits <= integerDigits.wide ? ValueClass.decimal : ValueClass.wildNumber;
}

function unsigned(text: string): string {
  return text.startsWith('-') ? text.slice(1) : text;
}

/** `count` held between 0 and {@link mostDigits}. */
function counted(count: number): number {
  return Math.min(Math.max(count, 0), mostDigits);
}
