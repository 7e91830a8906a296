import type { CsvField } from './read-row.ts';

/**
 * What the values of a column become in JSON. A value of another form becomes a string, but a
 * fraction in a column of integers is a number as well: the column is wider than it was thought.
 */
export type CsvType = 'string' | 'integer' | 'number' | 'boolean';

/** A column of a CSV file: a member of each document. */
export interface CsvColumn {
  readonly name: string;
  readonly type: CsvType;
}

export interface CsvTypeSettings {
  /** Whether types are guessed; if not, what `types` leaves out is a string. */
  readonly typed?: boolean;
  /** Types by the name of the column, which no sample contradicts. */
  readonly types?: Readonly<Record<string, CsvType>>;
  /** Spellings of null, besides nothing at all, where they are not quoted. */
  readonly nulls?: readonly string[];
}

/**
 * Columns with the narrowest type that every sampled value has, such that no digit or sign is
 * lost: `007`, `+1` and `-0` are strings; `.5` is a number. Columns without values are strings.
 */
export function guessTypes(
  names: readonly string[],
  rows: readonly (readonly CsvField[])[],
  settings: CsvTypeSettings = {},
): readonly CsvColumn[] {
  const { typed = true, types = {}, nulls = [] } = settings;
  return names.map((name, i) => {
    const set = Object.hasOwn(types, name) ? types[name] : undefined;
    if (set !== undefined || !typed) return { name, type: set ?? 'string' };
    return { name, type: typeOf(rows, i, nulls) };
  });
}

/** The types whose values are all of a form, narrowest first. */
const forms: readonly (readonly [CsvType, RegExp])[] = [
  ['integer', /^(?!-0$)-?(?:0|[1-9]\d*)$/],
  ['number', /^(?!-0$)-?(?:(?:0|[1-9]\d*)(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?$/],
  ['boolean', /^(?:true|TRUE|True|false|FALSE|False)$/],
];

function typeOf(
  rows: readonly (readonly CsvField[])[],
  column: number,
  nulls: readonly string[],
): CsvType {
  let fitting = forms;
  let seen = false;
  for (const row of rows) {
    const field = row[column];
    if (field === undefined || field.text === '') continue;
    if (!field.quoted && nulls.includes(field.text)) continue;
    seen = true;
    if (fitting[0]?.[1].test(field.text) === true) continue;
    fitting = fitting.filter(([, form]) => form.test(field.text));
    if (fitting.length === 0) return 'string';
  }
  return seen ? (fitting[0]?.[0] ?? 'string') : 'string';
}
