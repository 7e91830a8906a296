import { own } from '../own.ts';
import { V10Failure } from './failure.ts';

/** A word, sign, number or string of a query; `value` stands for one that was passed beside the text. */
export interface Token {
  readonly is: 'name' | 'number' | 'string' | 'sign' | 'value' | 'end';
  readonly text: string;
  /** Whether a line ends before it. */
  readonly newLine: boolean;
}

const signs = [
  '=>',
  '==',
  '!=',
  '<=',
  '>=',
  '&&',
  '||',
  '??',
  '?.',
  '!',
  '<',
  '>',
  '+',
  '-',
  '*',
  '/',
  '%',
  '=',
  '.',
  ',',
  ':',
  ';',
  '(',
  ')',
  '[',
  ']',
  '{',
  '}',
];

/** What stands around the number of a value in the text of a query. */
export const valueMark = '\u0001';

const word = /[A-Za-z_$][\w$]*/y;
const number = /\d[\d_]*(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const space = /(?:\s|\/\/[^\n]*|\/\*[\s\S]*?\*\/)+/y;
const string = /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/y;
const value = new RegExp(`${valueMark}(\\d+)${valueMark}`, 'y');

/** The tokens of a query, the last of which is its end. @throws {V10Failure} invalid_query */
export function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  const take = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at;
    const found = pattern.exec(text);
    if (found === null) return undefined;
    at += found[0].length;
    return found[1] ?? found[0];
  };
  for (;;) {
    const newLine = take(space)?.includes('\n') === true;
    const add = (is: Token['is'], found: string) => void tokens.push({ is, text: found, newLine });
    if (at >= text.length) {
      add('end', '');
      return tokens;
    }
    const kinds = [
      ['name', word],
      ['number', number],
      ['string', string],
      ['value', value],
    ] as const;
    const kind = kinds.find(([is, pattern]) => {
      const found = take(pattern);
      if (found !== undefined) add(is, is === 'string' ? unquoted(found) : found);
      return found !== undefined;
    });
    if (kind !== undefined) continue;
    const sign = signs.find((one) => text.startsWith(one, at));
    if (sign === undefined) {
      throw new V10Failure('invalid_query', `Unexpected character \`${text.charAt(at)}\`.`);
    }
    add('sign', sign);
    at += sign.length;
  }
}

const escapes: Readonly<Record<string, string>> = {
  n: '\n',
  r: '\r',
  t: '\t',
  b: '\b',
  f: '\f',
  v: '\v',
  '0': '\0',
};

function unquoted(text: string): string {
  return text
    .slice(1, -1)
    .replaceAll(
      /\\(?:u\{([\da-fA-F]+)\}|u([\da-fA-F]{4})|(.))/g,
      (_, long?: string, short?: string, one?: string) => {
        const code = long ?? short;
        if (code !== undefined) return String.fromCodePoint(Number.parseInt(code, 16));
        return own(escapes, one ?? '') ?? one ?? '';
      },
    );
}
