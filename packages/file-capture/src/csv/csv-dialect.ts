/** How the bytes of a CSV file are cut into rows and fields. Characters are single and ASCII. */
export interface CsvDialect {
  readonly delimiter: string;
  /** What may enclose a field, in which it is doubled; `null` when nothing does. */
  readonly quote: string | null;
  /**
   * A backslash, which makes a following quote, delimiter, end of row or backslash part of the
   * value, inside and outside quotes, and is part of the value before anything else; or `null`.
   */
  readonly escape: string | null;
  /** What ends a row outside quotes: CR, LF or both (`any`), one of them, or 0x1E. */
  readonly terminator: CsvTerminator;
  /** What a line that is not a row begins with; `null` when there are no such lines. */
  readonly comment: string | null;
  /** How many lines stand before the header, or before the first row. */
  readonly skipLines: number;
  /** Whether the first row holds names. */
  readonly header: boolean;
}

export type CsvTerminator = 'any' | 'lf' | 'cr' | 'record-separator';

/** The bytes that end a row, for each terminator. */
export const terminatorBytes: Readonly<Record<CsvTerminator, readonly [number, number]>> = {
  any: [10, 13],
  lf: [10, 10],
  cr: [13, 13],
  'record-separator': [0x1e, 0x1e],
};

/**
 * `dialect`, in which an escape is never the quote: that doubled quotes are one holds anyway.
 *
 * @throws {RangeError} when its characters are not single ASCII ones, when two of them or the ends
 * of rows are the same, when a quote could be part of a number, or an escape is no backslash
 */
export function checkDialect(dialect: CsvDialect): CsvDialect {
  const taken = new Map<number, string>(
    terminatorBytes[dialect.terminator].map((code) => [code, 'end of a row']),
  );
  for (const role of ['delimiter', 'quote', 'escape', 'comment'] as const) {
    const character = dialect[role];
    if (character === null) continue;
    const code = character.charCodeAt(0);
    if (character.length !== 1 || code > 0x7f) {
      throw new RangeError(`the ${role} must be a single ASCII character`);
    }
    const other = taken.get(code);
    if (other === 'quote' && role === 'escape') return checkDialect({ ...dialect, escape: null });
    if (role === 'quote' && /[\w+.-]/.test(character)) {
      throw new RangeError('the quote must not be a character of numbers or words');
    }
    if (role === 'escape' && character !== '\\') {
      throw new RangeError('the escape must be a backslash');
    }
    if (other !== undefined) throw new RangeError(`the ${role} is also the ${other}`);
    taken.set(code, role);
  }
  return dialect;
}
