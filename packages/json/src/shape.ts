/**
 * What has been seen of the values at one place of many documents.
 *
 * A shape is a set of value classes and a few bounds, so that the shape of a union is the union of
 * the shapes: merging is associative, commutative and idempotent, and a batch can be checked
 * against an accepted shape by `classes & ~accepted`.
 */
export interface Shape {
  /** The union of the {@link ValueClass} bits of every value seen here. */
  readonly classes: number;
  /** Greatest number of digits before the decimal point of any number seen; 0 when none. */
  readonly integerDigits: number;
  /** Greatest number of digits after the decimal point of any number seen, exponents applied. */
  readonly scale: number;
  /** Whether the value was absent from at least one of the objects that may hold it. */
  readonly optional: boolean;
  /** Members of the objects seen here. Absent when their shapes were not looked at. */
  readonly properties?: ReadonlyMap<string, Shape>;
  /** The union of the elements of the arrays seen here. Absent when they were not looked at. */
  readonly items?: Shape;
}

/**
 * The classes of JSON values that matter to whoever stores them: each is a bit, and each value has
 * exactly one. Two values of one class fit one column without loss.
 */
export const ValueClass = {
  null: 1 << 0,
  boolean: 1 << 1,
  /** An integer literal (no fraction, no exponent) of magnitude up to 2^53, exact as a double. */
  safeInteger: 1 << 2,
  /** Any other integer literal within signed 64 bits. */
  longInteger: 1 << 3,
  /** Any other integer literal of up to 38 digits. */
  wideInteger: 1 << 4,
  /** A literal with a fraction or an exponent whose value survives a double: parsed and printed in
   * the shortest way, it is the same decimal number. `-0` is one. */
  double: 1 << 5,
  /** A literal with a fraction or an exponent that does not, of up to 38 digits in all when written
   * without exponent. */
  decimal: 1 << 6,
  /** Any other number: too large, too small or too precise for all of the above. */
  wildNumber: 1 << 7,
  /** A string of none of the forms below. */
  string: 1 << 8,
  /** A string that is a date: `YYYY-MM-DD`, a real day of the years 0001 to 9999. */
  date: 1 << 9,
  /** A string that is an RFC 3339 date-time with `T`, seconds and a zone (`Z` or `±hh:mm`), up to
   * six digits of fraction, a real instant of the years 0001 to 9999 and no leap second. */
  dateTime: 1 << 10,
  /** A string that is a UUID in lower case with hyphens. */
  uuid: 1 << 11,
  object: 1 << 12,
  array: 1 << 13,
} as const;
