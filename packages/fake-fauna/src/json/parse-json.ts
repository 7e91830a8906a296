/** JSON that keeps 64-bit integers (bigint), tells them from doubles (number), and keeps the order of all keys. */
export type Json =
  | null
  | boolean
  | string
  | bigint
  | number
  | readonly Json[]
  | ReadonlyMap<string, Json>;

/** A text that is no JSON. */
export class JsonError extends Error {
  override readonly name = 'JsonError';
}

const deepest = 500;

/** The value of a JSON text. @throws {JsonError} where it is none */
export function parseJson(text: string): Json {
  const parser = new Parser(text);
  const value = parser.value(0);
  parser.end();
  return value;
}

class Parser {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  value(depth: number): Json {
    if (depth > deepest) throw new JsonError('Nested too deeply.');
    const first = this.#next();
    if (first === '{') return this.#object(depth);
    if (first === '[') return this.#array(depth);
    if (first === '"') return this.#string();
    return this.#word();
  }

  end(): void {
    if (this.#next() !== '') throw this.#unexpected();
  }

  #object(depth: number): Json {
    const members = new Map<string, Json>();
    this.#at++;
    if (this.#take('}')) return members;
    do {
      if (this.#next() !== '"') throw this.#unexpected();
      const key = this.#string();
      if (!this.#take(':')) throw this.#unexpected();
      members.set(key, this.value(depth + 1));
    } while (this.#take(','));
    if (!this.#take('}')) throw this.#unexpected();
    return members;
  }

  #array(depth: number): Json {
    const elements: Json[] = [];
    this.#at++;
    if (this.#take(']')) return elements;
    do elements.push(this.value(depth + 1));
    while (this.#take(','));
    if (!this.#take(']')) throw this.#unexpected();
    return elements;
  }

  #string(): string {
    const start = this.#at;
    let end = start + 1;
    while (end < this.#text.length && this.#text[end] !== '"') {
      end += this.#text[end] === '\\' ? 2 : 1;
    }
    this.#at = end + 1;
    try {
      const text: unknown = JSON.parse(this.#text.slice(start, end + 1));
      if (typeof text === 'string') return text;
    } catch {
      // Told below.
    }
    throw new JsonError(`Invalid string at ${start}.`);
  }

  #word(): Json {
    word.lastIndex = this.#at;
    const text = word.exec(this.#text)?.[0];
    if (text === undefined) throw this.#unexpected();
    this.#at += text.length;
    if (text === 'null') return null;
    if (text === 'true' || text === 'false') return text === 'true';
    if (!/^-?\d+$/.test(text)) return Number(text);
    const integer = BigInt(text);
    return BigInt.asIntN(64, integer) === integer ? integer : Number(text);
  }

  /** The next character that is no space; empty at the end. */
  #next(): string {
    while (this.#at < this.#text.length && ' \t\r\n'.includes(this.#text.charAt(this.#at))) {
      this.#at++;
    }
    return this.#text.charAt(this.#at);
  }

  #take(character: string): boolean {
    if (this.#next() !== character) return false;
    this.#at++;
    return true;
  }

  #unexpected(): JsonError {
    const found = this.#text.charAt(this.#at);
    return new JsonError(
      found === '' ? 'Unexpected end of input.' : `Unexpected '${found}' at character ${this.#at}.`,
    );
  }
}

const word = /null|true|false|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
