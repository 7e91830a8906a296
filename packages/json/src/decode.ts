import { Decimal, isDecimalLiteral, survivesDouble } from './decimal.ts';
import { JsonSyntaxError } from './json-syntax-error.ts';
import { afterColon, expectNothing, nameTokenEnd, nextItem } from './members.ts';
import {
  ascii,
  byteAt,
  closeBrace,
  closeBracket,
  openBrace,
  openBracket,
  quote,
  skipSpace,
  stringEnd,
  stringText,
  unexpected,
  wordEnd,
} from './tokens.ts';

/**
 * The value whose JSON is from `start` to `end`, for small documents: it makes an object of each.
 * Numbers that a double cannot hold come back as a `bigint` when they are integer literals of up to
 * 1,000 digits, else as a {@link Decimal}. Of members with the same name the first counts.
 * @throws {JsonSyntaxError} when the bytes are not one JSON value, have a lone surrogate, or nest
 * deeper than 1,000 levels.
 */
export function decodeValue(bytes: Uint8Array, start = 0, end: number = bytes.length): unknown {
  const decoder = new Decoder(bytes, start, end);
  const value = decoder.value(0);
  expectNothing(bytes, decoder.at, end);
  return value;
}

/** How deep arrays and objects may lie in each other. */
export const deepest = 1000;

const longestInteger = 1000;

class Decoder {
  /** Where the next byte to read is. */
  at: number;
  readonly #bytes: Uint8Array;
  readonly #end: number;

  constructor(bytes: Uint8Array, start: number, end: number) {
    this.#bytes = bytes;
    this.at = start;
    this.#end = end;
  }

  value(depth: number): unknown {
    this.at = skipSpace(this.#bytes, this.at, this.#end);
    const first = byteAt(this.#bytes, this.at, this.#end);
    if (first === quote) return this.#text(stringEnd(this.#bytes, this.at, this.#end));
    if (first !== openBrace && first !== openBracket) return this.#word();
    if (depth === deepest) {
      throw new JsonSyntaxError('nested deeper than 1,000 levels', this.at);
    }
    return first === openBrace ? this.#object(depth + 1) : this.#array(depth + 1);
  }

  #object(depth: number): unknown {
    const object: Record<string, unknown> = {};
    this.#open();
    while (byteAt(this.#bytes, this.at, this.#end) !== closeBrace) {
      const name = this.#text(nameTokenEnd(this.#bytes, this.at, this.#end));
      this.at = afterColon(this.#bytes, this.at, this.#end);
      const value = this.value(depth);
      if (!Object.hasOwn(object, name)) define(object, name, value);
      this.at = nextItem(closeBrace, this.#bytes, this.at, this.#end);
    }
    this.at++;
    return object;
  }

  #array(depth: number): unknown {
    const array: unknown[] = [];
    this.#open();
    while (byteAt(this.#bytes, this.at, this.#end) !== closeBracket) {
      array.push(this.value(depth));
      this.at = nextItem(closeBracket, this.#bytes, this.at, this.#end);
    }
    this.at++;
    return array;
  }

  #open(): void {
    this.at = skipSpace(this.#bytes, this.at + 1, this.#end);
  }

  #text(end: number): string {
    const text = stringText(this.#bytes, this.at, end);
    this.at = end;
    return text;
  }

  #word(): unknown {
    const start = this.at;
    this.at = wordEnd(this.#bytes, start, this.#end);
    const word = ascii(this.#bytes, start, this.at);
    if (word === 'null') return null;
    if (word === 'true') return true;
    if (word === 'false') return false;
    if (isDecimalLiteral(word)) return number(word);
    throw unexpected(this.#bytes, start, this.#end);
  }
}

function number(text: string): unknown {
  if (survivesDouble(text)) return Number(text);
  const isInteger = /^-?[0-9]+$/.test(text);
  return isInteger && text.length <= longestInteger ? BigInt(text) : new Decimal(text);
}

function define(object: Record<string, unknown>, name: string, value: unknown): void {
  // An assignment to this name would set the prototype instead of a member.
  if (name !== '__proto__') object[name] = value;
  else
    Object.defineProperty(object, name, {
      value,
      enumerable: true,
      writable: true,
      configurable: true,
    });
}
