import { deepest } from './decode.ts';
import { JsonSyntaxError } from './json-syntax-error.ts';
import {
  after,
  backslash,
  byteAt,
  closeBrace,
  closeBracket,
  colon,
  comma,
  openBrace,
  openBracket,
  quote,
  skipSpace,
  unexpected,
} from './tokens.ts';

/** What is wrong with some JSON, and where. */
export interface JsonFault {
  /** The index of the first byte that is wrong; of the opening quote for an unterminated string. */
  readonly offset: number;
  /** What is wrong there, as a phrase: `unexpected character '}'`, `lone surrogate`. */
  readonly reason: string;
}

/**
 * What is wrong with the bytes from `start` to `end`; undefined when they are one JSON value in white
 * space, by RFC 8259 to the letter, in valid UTF-8, without lone surrogates, and no deeper than
 * 1,000 levels. Written to be obviously right rather than fast.
 */
export function validateJson(
  bytes: Uint8Array,
  start = 0,
  end: number = bytes.length,
): JsonFault | undefined {
  try {
    const validator = new Validator(bytes, start, end);
    validator.document();
    return undefined;
  } catch (error) {
    if (error instanceof JsonSyntaxError) return { offset: error.offset, reason: error.reason };
    throw error;
  }
}

const escapes: ReadonlySet<number> = new Set(Buffer.from('"\\/bfnrtu'));

/** A reader that either moves past what it is asked for, or throws. */
class Validator {
  readonly #bytes: Uint8Array;
  readonly #end: number;
  #at: number;

  constructor(bytes: Uint8Array, start: number, end: number) {
    this.#bytes = bytes;
    this.#at = start;
    this.#end = Math.min(end, bytes.length);
  }

  document(): void {
    this.#value(0);
    this.#space();
    if (this.#at < this.#end) throw unexpected(this.#bytes, this.#at, this.#end);
  }

  #value(depth: number): void {
    this.#space();
    const byte = this.#peek();
    if (byte === openBrace) this.#object(depth + 1);
    else if (byte === openBracket) this.#array(depth + 1);
    else if (byte === quote) this.#string();
    else if (byte === 0x2d || isDigit(byte)) this.#number();
    else if (byte === 0x74) this.#word('true');
    else if (byte === 0x66) this.#word('false');
    else if (byte === 0x6e) this.#word('null');
    else throw unexpected(this.#bytes, this.#at, this.#end);
  }

  #object(depth: number): void {
    this.#enter(depth);
    this.#space();
    if (this.#took(closeBrace)) return;
    do {
      this.#space();
      if (this.#peek() !== quote) throw unexpected(this.#bytes, this.#at, this.#end);
      this.#string();
      this.#space();
      this.#take(colon);
      this.#value(depth);
      this.#space();
    } while (this.#took(comma));
    this.#take(closeBrace);
  }

  #array(depth: number): void {
    this.#enter(depth);
    this.#space();
    if (this.#took(closeBracket)) return;
    do {
      this.#value(depth);
      this.#space();
    } while (this.#took(comma));
    this.#take(closeBracket);
  }

  #enter(depth: number): void {
    if (depth > deepest) throw new JsonSyntaxError('nested deeper than 1,000 levels', this.#at);
    this.#at++;
  }

  #string(): void {
    const opening = this.#at;
    this.#at++;
    for (;;) {
      const byte = this.#peek();
      if (byte === -1) throw new JsonSyntaxError('unterminated string', opening);
      if (byte < 0x20) throw new JsonSyntaxError('control character in a string', this.#at);
      if (byte === quote) break;
      if (byte === backslash) this.#escape(opening);
      else this.#at += utf8Length(this.#bytes, this.#at, this.#end);
    }
    this.#at++;
  }

  #escape(opening: number): void {
    const start = this.#at;
    const letter = byteAt(this.#bytes, start + 1, this.#end);
    if (letter === -1) throw new JsonSyntaxError('unterminated string', opening);
    if (!escapes.has(letter)) throw new JsonSyntaxError('invalid escape', start);
    this.#at += 2;
    if (letter !== 0x75) return;
    const unit = this.#hexUnit(opening);
    if (unit < 0xd800 || unit > 0xdfff) return;
    const isHigh = unit <= 0xdbff;
    const isPair =
      isHigh && this.#peek() === backslash && byteAt(this.#bytes, this.#at + 1, this.#end) === 0x75;
    if (!isPair) throw new JsonSyntaxError('lone surrogate', start);
    this.#at += 2;
    const low = this.#hexUnit(opening);
    if (low < 0xdc00 || low > 0xdfff) throw new JsonSyntaxError('lone surrogate', start);
  }

  #hexUnit(opening: number): number {
    let unit = 0;
    for (let digit = 0; digit < 4; digit++) {
      const byte = this.#peek();
      if (byte === -1) throw new JsonSyntaxError('unterminated string', opening);
      const value = Number.parseInt(String.fromCharCode(byte), 16);
      if (Number.isNaN(value)) throw new JsonSyntaxError('invalid escape', this.#at);
      unit = unit * 16 + value;
      this.#at++;
    }
    return unit;
  }

  #number(): void {
    if (this.#peek() === 0x2d) this.#at++;
    const first = this.#at;
    this.#digits();
    if (this.#bytes[first] === 0x30 && this.#at > first + 1) {
      throw new JsonSyntaxError('number with a leading zero', first);
    }
    if (this.#took(0x2e)) this.#digits();
    if (this.#took(0x65) || this.#took(0x45)) {
      if (!this.#took(0x2b)) this.#took(0x2d);
      this.#digits();
    }
  }

  /** One digit at least. */
  #digits(): void {
    if (!isDigit(this.#peek())) throw unexpected(this.#bytes, this.#at, this.#end);
    while (isDigit(this.#peek())) this.#at++;
  }

  #word(word: string): void {
    for (const letter of word) this.#take(letter.charCodeAt(0));
  }

  #space(): void {
    this.#at = skipSpace(this.#bytes, this.#at, this.#end);
  }

  /** The byte to read next; -1 at the end. */
  #peek(): number {
    return byteAt(this.#bytes, this.#at, this.#end);
  }

  #take(byte: number): void {
    this.#at = after(byte, this.#bytes, this.#at, this.#end);
  }

  #took(byte: number): boolean {
    if (this.#peek() !== byte) return false;
    this.#at++;
    return true;
  }
}

function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39;
}

/** How many bytes the character at `at` takes, by table 3-7 of the Unicode standard. */
function utf8Length(bytes: Uint8Array, at: number, end: number): number {
  const lead = byteAt(bytes, at, end);
  if (lead < 0x80) return 1;
  const row = wellFormed.find(([from, to]) => lead >= from && lead <= to);
  if (row === undefined) throw new JsonSyntaxError('invalid UTF-8', at);
  const [, , length, lowest, highest] = row;
  const second = byteAt(bytes, at + 1, end);
  if (second < lowest || second > highest) throw new JsonSyntaxError('invalid UTF-8', at);
  for (let index = at + 2; index < at + length; index++) {
    const next = byteAt(bytes, index, end);
    if (next < 0x80 || next > 0xbf) throw new JsonSyntaxError('invalid UTF-8', at);
  }
  return length;
}

/** First byte from and to, how many bytes in all, second byte from and to. */
const wellFormed: readonly (readonly [number, number, number, number, number])[] = [
  [0xc2, 0xdf, 2, 0x80, 0xbf],
  [0xe0, 0xe0, 3, 0xa0, 0xbf],
  [0xe1, 0xec, 3, 0x80, 0xbf],
  [0xed, 0xed, 3, 0x80, 0x9f],
  [0xee, 0xef, 3, 0x80, 0xbf],
  [0xf0, 0xf0, 4, 0x90, 0xbf],
  [0xf1, 0xf3, 4, 0x80, 0xbf],
  [0xf4, 0xf4, 4, 0x80, 0x8f],
];
