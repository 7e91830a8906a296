import { ByteWriter } from './byte-writer.ts';
import { encodeValue } from './encode.ts';
import type { Lines } from './lines.ts';
import { afterColon, expectNothing, nameTokenEnd, nextItem } from './members.ts';
import { numberClass } from './number-class.ts';
import { ShapeBuilder } from './shape-builder.ts';
import { ValueClass, type Shape } from './shape.ts';
import { longestForm, stringClass } from './string-class.ts';
import {
  ascii,
  backslash,
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
  valueEnd,
  wordEnd,
} from './tokens.ts';

/** How much of nested values a shape keeps. */
export interface InferOptions {
  /** Objects with more different members than this at one place keep no properties. Default 1,000. */
  readonly maxProperties?: number;
  /**
   * Objects and arrays inside so many others keep no properties and no items; the document itself is
   * inside none. Default 20, at most 500.
   */
  readonly maxDepth?: number;
}

/**
 * The shape of all documents of `lines`, nested ones included, properties in the order in which they
 * were first seen. Of a member that one object has twice, both values count.
 * @throws {JsonSyntaxError} when a line is no JSON, as far as that is noticed: what is not kept is
 * skipped, not checked.
 */
export function inferShape(lines: Lines, options: InferOptions = {}): Shape {
  const root = new ShapeBuilder();
  let start = 0;
  for (const end of lines.ends) {
    addDocument(root, lines.bytes, start, end, options);
    start = end;
  }
  return root.shape();
}

/**
 * The shape of one value, as {@link encodeValue} would write it.
 * @throws {EncodeError} when it has no form in JSON.
 */
export function shapeOfValue(value: unknown, options: InferOptions = {}): Shape {
  const out = new ByteWriter();
  encodeValue(value, out);
  const root = new ShapeBuilder();
  addDocument(root, out.view(), 0, out.length, options);
  return root.shape();
}

const deepestLimit = 500;

function addDocument(
  root: ShapeBuilder,
  bytes: Uint8Array,
  start: number,
  end: number,
  { maxProperties = 1000, maxDepth = 20 }: InferOptions,
): void {
  const limits = { maxProperties, maxDepth: Math.min(maxDepth, deepestLimit) };
  const walk = new Walk(bytes, end, limits);
  expectNothing(bytes, walk.value(root, start, 0), end);
}

/** A walk over one document, which adds what it passes to the builders. */
class Walk {
  readonly #bytes: Uint8Array;
  readonly #end: number;
  readonly #limits: Required<InferOptions>;

  constructor(bytes: Uint8Array, end: number, limits: Required<InferOptions>) {
    this.#bytes = bytes;
    this.#end = end;
    this.#limits = limits;
  }

  /** Adds the value at `from` and answers the index after it. */
  value(into: ShapeBuilder, from: number, depth: number): number {
    const at = skipSpace(this.#bytes, from, this.#end);
    switch (byteAt(this.#bytes, at, this.#end)) {
      case quote:
        return this.#string(into, at);
      case openBrace:
        return this.#object(into, at, depth);
      case openBracket:
        return this.#array(into, at, depth);
      default:
        return this.#word(into, at);
    }
  }

  #object(into: ShapeBuilder, from: number, depth: number): number {
    into.classes |= ValueClass.object;
    if (depth >= this.#limits.maxDepth) into.dropProperties();
    if (!into.beginObject()) return valueEnd(this.#bytes, from, this.#end);
    let at = skipSpace(this.#bytes, from + 1, this.#end);
    while (byteAt(this.#bytes, at, this.#end) !== closeBrace) {
      const nameEnd = nameTokenEnd(this.#bytes, at, this.#end);
      const name = stringText(this.#bytes, at, nameEnd);
      const member = into.property(name);
      at = this.value(member, afterColon(this.#bytes, nameEnd, this.#end), depth + 1);
      at = nextItem(closeBrace, this.#bytes, at, this.#end);
    }
    into.endObject(this.#limits.maxProperties);
    return at + 1;
  }

  #array(into: ShapeBuilder, from: number, depth: number): number {
    into.classes |= ValueClass.array;
    if (depth >= this.#limits.maxDepth) into.dropItems();
    const items = into.beginArray();
    if (items === undefined) return valueEnd(this.#bytes, from, this.#end);
    let at = skipSpace(this.#bytes, from + 1, this.#end);
    while (byteAt(this.#bytes, at, this.#end) !== closeBracket) {
      at = this.value(items, at, depth + 1);
      at = nextItem(closeBracket, this.#bytes, at, this.#end);
    }
    return at + 1;
  }

  #string(into: ShapeBuilder, at: number): number {
    const end = stringEnd(this.#bytes, at, this.#end);
    into.classes |= this.#stringClass(at, end);
    return end;
  }

  #stringClass(start: number, end: number): number {
    const length = end - start - 2;
    // Each byte of such a text is at most six bytes as an escape.
    if (length > longestForm * 6) return ValueClass.string;
    let at = start + 1;
    while (at < end && this.#bytes[at] !== backslash) at++;
    if (at === end) return stringClass(this.#bytes, start + 1, end - 1);
    const text = Buffer.from(stringText(this.#bytes, start, end));
    return stringClass(text, 0, text.length);
  }

  #word(into: ShapeBuilder, start: number): number {
    const end = wordEnd(this.#bytes, start, this.#end);
    const word = ascii(this.#bytes, start, end);
    const number = numberClass(word);
    if (number !== undefined) into.addNumber(number);
    else if (word === 'null') into.classes |= ValueClass.null;
    else if (word === 'true' || word === 'false') into.classes |= ValueClass.boolean;
    else throw unexpected(this.#bytes, start, this.#end);
    return end;
  }
}
