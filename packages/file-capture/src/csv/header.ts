import type { CsvField } from './read-row.ts';

/**
 * Whether the first of `rows` names columns. It does not when it holds a number, a date or a
 * boolean in a column where all other values are such. It does when another column has only such
 * values below something else. Failing both, it does unless its fields are all empty or two of
 * them are the same.
 */
export function hasHeader(rows: readonly (readonly CsvField[])[]): boolean {
  const [first, ...others] = rows;
  if (first === undefined) return false;
  let names = false;
  for (const [i, { text }] of first.entries()) {
    if (text === '') continue;
    const form = formOf(text);
    const below = formBelow(others, i);
    if (form !== undefined && (below === undefined || below === form)) return false;
    names ||= form === undefined && below !== undefined && below !== 'mixed';
  }
  if (names) return true;
  const texts = first.map(({ text }) => text).filter((text) => text !== '');
  return texts.length > 0 && new Set(texts).size === texts.length;
}

/** The form of all values of column `i`; `undefined` when there are none. */
function formBelow(rows: readonly (readonly CsvField[])[], i: number): Form | 'mixed' | undefined {
  let common: Form | undefined;
  for (const row of rows) {
    const text = row[i]?.text ?? '';
    if (text === '') continue;
    const form = formOf(text);
    if (form === undefined || (common !== undefined && form !== common)) return 'mixed';
    common = form;
  }
  return common;
}

/** The form of a value by which it is told from a name. */
export function formOf(value: string): Form | undefined {
  const first = value.charAt(0);
  if (first > '9' && !'tTfF'.includes(first)) return undefined;
  for (const [form, pattern] of forms) if (pattern.test(value)) return form;
  return undefined;
}

type Form = 'number' | 'date' | 'boolean';

const forms: readonly (readonly [Form, RegExp])[] = [
  ['date', /^\d{4}-\d\d?-\d\d?(?:[T ][\d:.,]+ ?(?:Z|[+-][\d:]+)?)?$/],
  ['date', /^\d\d?([./-])\d\d?\1\d{4}(?: [\d:.,]+)?$/],
  ['number', /^[+-]?(?:\d+(?:[.,]\d+)*|[.,]\d+)(?:[eE][+-]?\d+)?%?$/],
  ['boolean', /^(?:true|false)$/i],
];
