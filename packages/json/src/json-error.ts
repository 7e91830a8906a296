/** What makes bytes no sequence of JSON objects. The message does not repeat them. */
export class JsonError extends Error {
  override readonly name = 'JsonError';
  /** A plain phrase: `unexpected character '}'`, `lone surrogate`. */
  readonly reason: string;
  /** Where it is, in bytes from the start of the chunk that was scanned. */
  readonly offset: number;
  /** Which document it is in, counted from 0 within the call that failed. */
  readonly document: number;

  constructor(reason: string, offset: number, document: number) {
    super(`${reason} at byte ${offset}`);
    this.reason = reason;
    this.offset = offset;
    this.document = document;
  }
}

/** The phrase for a fault of `kernel/validate.ts` at a byte, which is undefined at the end of the input. */
export function reasonOf(fault: number, byte: number | undefined): string {
  if (byte === undefined) return fault === unexpected ? 'unexpected end' : 'unterminated string';
  if (fault === unexpected || (fault === notAnObject && kindOf(byte) === undefined)) {
    return `unexpected ${nameOf(byte)}`;
  }
  if (fault === notAnObject) return `${kindOf(byte)}, where an object is expected`;
  return reasons[fault] ?? 'malformed JSON';
}

const unexpected = 1;
const notAnObject = 9;
const reasons: Readonly<Record<number, string>> = {
  2: 'unterminated string',
  3: 'control character in a string',
  4: 'invalid escape',
  5: 'lone surrogate',
  6: 'invalid UTF-8',
  7: 'more than 1000 levels of nesting',
  8: 'a member with the name of the one to be added',
};

function nameOf(byte: number): string {
  const printable = byte > 0x20 && byte < 0x7f;
  return printable
    ? `character '${String.fromCharCode(byte)}'`
    : `byte 0x${byte.toString(16).padStart(2, '0')}`;
}

function kindOf(byte: number): string | undefined {
  if (byte === 0x2d || (byte >= 0x30 && byte <= 0x39)) return 'a number';
  return kinds[String.fromCharCode(byte)];
}

const kinds: Readonly<Record<string, string>> = {
  '"': 'a string',
  '[': 'an array',
  t: 'a boolean',
  f: 'a boolean',
  n: 'null',
};
