import { maxDigits, type FlatType } from './flat-type.ts';

/** A type that holds everything that is stored in a column and everything that is to come. */
export interface Widening {
  readonly type: FlatType;
  /** What must be true of every stored value for this. Nothing, when absent. */
  readonly provided?: Condition;
}

/** Something that a destination can be asked about the values of a column. */
export type Condition =
  /** None is beyond ±2^53, so that a double holds each exactly. */
  | { readonly is: 'safe' }
  /** None has more digits before the point. */
  | { readonly is: 'integer-digits'; readonly atMost: number };

/**
 * The types that a column of one type may become in order to take values of another, best first.
 * The first whose condition holds is the one; the last has no condition. Where it equals `stored`,
 * the column stays as it is. Nothing is ever rounded.
 *
 * - Numbers meet in the narrowest type that holds both exactly, else in a string.
 * - Other scalars meet in a string, and anything meets objects, arrays and mixtures in JSON.
 */
export function widenings(stored: FlatType, wanted: FlatType): readonly Widening[] {
  if (stored.is === 'json' || wanted.is === 'json') return [{ type: { is: 'json' } }];
  const before = digitsOf(stored);
  const after = digitsOf(wanted);
  if (stored.is === 'number') return [{ type: holdsDoubles(wanted) ? stored : text }];
  if (wanted.is === 'number' && before !== undefined) return doublesFor(stored);
  if (before !== undefined && after !== undefined) return exactNumbers(stored, wanted);
  return [{ type: stored.is === wanted.is ? stored : text }];
}

/** Whether two flat types are one and the same. */
export function sameType(a: FlatType, b: FlatType): boolean {
  if (a.is === 'decimal' && b.is === 'decimal') {
    return a.precision === b.precision && a.scale === b.scale;
  }
  return a.is === b.is;
}

const text: FlatType = { is: 'string' };

/** Whether a double holds all values of a type that is wanted. */
function holdsDoubles(wanted: FlatType): boolean {
  return wanted.is === 'number' || (wanted.is === 'integer' && wanted.safe);
}

function doublesFor(stored: FlatType): readonly Widening[] {
  const strings = { type: text };
  if (stored.is === 'decimal') return [strings];
  return [{ type: { is: 'number' }, provided: { is: 'safe' } }, strings];
}

/** How many digits the values of an exact number may have before and after the point. */
interface Digits {
  readonly whole: number;
  readonly scale: number;
}

function digitsOf(type: FlatType): Digits | undefined {
  if (type.is === 'integer') return { whole: type.safe ? 16 : 19, scale: 0 };
  if (type.is === 'integer-wide') return { whole: type.digits, scale: 0 };
  if (type.is === 'decimal') return { whole: type.precision - type.scale, scale: type.scale };
  return undefined;
}

function exactNumbers(stored: FlatType, wanted: FlatType): readonly Widening[] {
  if (stored.is !== 'decimal' && wanted.is !== 'decimal') {
    return [{ type: stored.is === 'integer-wide' || wanted.is === stored.is ? stored : wanted }];
  }
  const before = digitsOf(stored) ?? none;
  const after = digitsOf(wanted) ?? none;
  const scale = Math.max(before.scale, after.scale);
  const whole = Math.max(before.whole, after.whole);
  if (whole + scale <= maxDigits) return [{ type: decimal(whole + scale, scale) }];
  if (after.whole + scale > maxDigits) return [{ type: text }];
  const room = maxDigits - scale;
  return [
    { type: decimal(maxDigits, scale), provided: { is: 'integer-digits', atMost: room } },
    { type: text },
  ];
}

const none: Digits = { whole: 0, scale: 0 };

function decimal(precision: number, scale: number): FlatType {
  return { is: 'decimal', precision, scale };
}
