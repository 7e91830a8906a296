import { own } from '../own.ts';
import type { Expr, Field, Statement } from './ast.ts';
import { V10Failure } from './failure.ts';
import { tokensOf, type Token } from './lexer.ts';
import type { Thing } from './thing.ts';

/** The expression of a query. `values` are those that were passed beside its text. @throws {V10Failure} invalid_query */
export function parseQuery(text: string, values: readonly Thing[]): Expr {
  const parser = new Parser(tokensOf(text), values);
  return parser.query();
}

/** How tightly signs between two expressions bind, loosest first. */
const levels = [
  ['??'],
  ['||'],
  ['&&'],
  ['==', '!='],
  ['<', '>', '<=', '>='],
  ['+', '-'],
  ['*', '/', '%'],
];

class Parser {
  readonly #tokens: readonly Token[];
  readonly #values: readonly Thing[];
  #at = 0;
  /** Whether the expression under way began with a dot, or a part of it. */
  #short = false;

  constructor(tokens: readonly Token[], values: readonly Thing[]) {
    this.#tokens = tokens;
    this.#values = values;
  }

  query(): Expr {
    const statements = this.#statements('');
    if (this.#next.is !== 'end') throw this.#unexpected();
    return { is: 'block', statements };
  }

  #statements(end: string): Statement[] {
    const statements: Statement[] = [];
    while (this.#next.is !== 'end' && this.#next.text !== end) {
      if (this.#takeName('let')) {
        const name = this.#name();
        if (this.#takeSign(':')) this.#name();
        this.#expect('=');
        statements.push({ name, value: this.#expression() });
      } else statements.push({ name: undefined, value: this.#expression() });
      while (this.#takeSign(';'));
    }
    if (statements.length === 0) throw this.#unexpected();
    return statements;
  }

  #expression(): Expr {
    const lambda = this.#lambda();
    if (lambda !== undefined) return lambda;
    if (this.#takeName('if')) return this.#if();
    if (this.#next.text === 'at' && this.#next.is === 'name' && this.#peek(1).text === '(') {
      this.#at += 2;
      const time = this.#expression();
      this.#expect(')');
      return { is: 'at', time, body: this.#expression() };
    }
    return this.#binary(0);
  }

  /** An argument, or anything else that may begin with a dot. */
  #argument(): Expr {
    const outer = this.#short;
    this.#short = false;
    const body = this.#expression();
    const isShort = this.#short;
    this.#short = outer;
    return isShort ? { is: 'short', body } : body;
  }

  #lambda(): Expr | undefined {
    const start = this.#at;
    const params: string[] = [];
    if (this.#next.is === 'name' && this.#peek(1).text === '=>') params.push(this.#name());
    else if (this.#takeSign('(')) {
      while (this.#next.is === 'name') {
        params.push(this.#name());
        if (!this.#takeSign(',')) break;
      }
      if (!this.#takeSign(')') || this.#next.text !== '=>') {
        this.#at = start;
        return undefined;
      }
    }
    if (!this.#takeSign('=>')) {
      this.#at = start;
      return undefined;
    }
    const outer = this.#short;
    const body = this.#next.text === '{' ? this.#braces() : this.#expression();
    this.#short = outer;
    return { is: 'lambda', params, body };
  }

  #if(): Expr {
    this.#expect('(');
    const test = this.#expression();
    this.#expect(')');
    const yes = this.#next.text === '{' ? this.#braces() : this.#expression();
    if (!this.#takeName('else')) return { is: 'if', test, yes, otherwise: undefined };
    const otherwise = this.#next.text === '{' ? this.#braces() : this.#expression();
    return { is: 'if', test, yes, otherwise };
  }

  #binary(level: number): Expr {
    const signs = levels[level];
    if (signs === undefined) return this.#unary();
    let left = this.#binary(level + 1);
    while (this.#next.is === 'sign' && signs.includes(this.#next.text)) {
      const sign = this.#next.text;
      this.#at++;
      left = { is: 'binary', sign, left, right: this.#binary(level + 1) };
    }
    return left;
  }

  #unary(): Expr {
    if (this.#takeSign('!')) return { is: 'not', of: this.#unary() };
    if (this.#takeSign('-')) return { is: 'minus', of: this.#unary() };
    let of = this.#primary();
    for (;;) {
      if (this.#takeSign('.')) of = { is: 'member', of, name: this.#name(), optional: false };
      else if (this.#takeSign('?.')) of = { is: 'member', of, name: this.#name(), optional: true };
      else if (!this.#next.newLine && this.#takeSign('!')) of = { is: 'insist', of };
      else if (!this.#next.newLine && this.#takeSign('('))
        of = { is: 'call', of, args: this.#list(')') };
      else if (!this.#next.newLine && this.#takeSign('[')) {
        of = { is: 'element', of, index: this.#expression() };
        this.#expect(']');
      } else if (!this.#next.newLine && this.#takeSign('{')) {
        of = { is: 'projection', of, fields: this.#fields('projection') };
      } else return of;
    }
  }

  #primary(): Expr {
    const token = this.#next;
    this.#at++;
    if (token.is === 'number') {
      const digits = token.text.replaceAll('_', '');
      return { is: 'literal', value: /^\d+$/.test(digits) ? BigInt(digits) : Number(digits) };
    }
    if (token.is === 'string') return { is: 'literal', value: token.text };
    if (token.is === 'value')
      return { is: 'literal', value: this.#values[Number(token.text)] ?? null };
    if (token.is === 'name') return own(constants, token.text) ?? { is: 'name', name: token.text };
    if (token.text === '(') {
      const inner = this.#expression();
      this.#expect(')');
      return inner;
    }
    if (token.text === '[') return { is: 'array', elements: this.#list(']') };
    if (token.text === '{') {
      const isObject = this.#next.text === '}' || this.#peek(1).text === ':';
      if (isObject) return { is: 'object', fields: this.#fields('object') };
      this.#at--;
      return this.#braces();
    }
    if (token.text === '.') {
      this.#short = true;
      return { is: 'member', of: { is: 'this' }, name: this.#name(), optional: false };
    }
    this.#at--;
    throw this.#unexpected();
  }

  #braces(): Expr {
    if (this.#peek(1).text === '}' || this.#peek(2).text === ':') {
      this.#at++;
      return { is: 'object', fields: this.#fields('object') };
    }
    this.#expect('{');
    const statements = this.#statements('}');
    this.#expect('}');
    return { is: 'block', statements };
  }

  #list(end: string): Expr[] {
    const elements: Expr[] = [];
    while (!this.#takeSign(end)) {
      elements.push(this.#argument());
      if (!this.#takeSign(',')) {
        this.#expect(end);
        break;
      }
    }
    return elements;
  }

  /** Of a projection, a name alone is that field, and an expression may begin with a dot. */
  #fields(of: 'object' | 'projection'): Field[] {
    const fields: Field[] = [];
    while (!this.#takeSign('}')) {
      const name = this.#next.is === 'string' ? this.#next.text : undefined;
      if (name !== undefined) this.#at++;
      const key = name ?? this.#name();
      const itself: Expr = { is: 'member', of: { is: 'this' }, name: key, optional: false };
      const isGiven = this.#takeSign(':');
      if (!isGiven && of === 'object') throw this.#unexpected();
      const outer = this.#short;
      fields.push({ name: key, value: isGiven ? this.#expression() : itself });
      this.#short = of === 'projection' ? outer : this.#short;
      if (!this.#takeSign(',')) {
        this.#expect('}');
        break;
      }
    }
    return fields;
  }

  get #next(): Token {
    return this.#peek(0);
  }

  #peek(ahead: number): Token {
    return this.#tokens[this.#at + ahead] ?? { is: 'end', text: '', newLine: false };
  }

  #name(): string {
    if (this.#next.is !== 'name') throw this.#unexpected();
    return this.#tokens[this.#at++]?.text ?? '';
  }

  #takeName(name: string): boolean {
    const isThere = this.#next.is === 'name' && this.#next.text === name;
    if (isThere) this.#at++;
    return isThere;
  }

  #takeSign(sign: string): boolean {
    const isThere = this.#next.is === 'sign' && this.#next.text === sign;
    if (isThere) this.#at++;
    return isThere;
  }

  #expect(sign: string): void {
    if (!this.#takeSign(sign)) throw this.#unexpected();
  }

  #unexpected(): V10Failure {
    const { is, text } = this.#next;
    const what = is === 'end' ? 'the end of the query' : `\`${text}\``;
    return new V10Failure('invalid_query', 'The query failed 1 validation check', {
      summary: `error: Expected an expression, found ${what}.`,
    });
  }
}

const constants: Readonly<Record<string, Expr>> = {
  null: { is: 'literal', value: null },
  true: { is: 'literal', value: true },
  false: { is: 'literal', value: false },
};
