import { decodeValue, JsonSyntaxError } from '@fairlead/json';
import { Failure, type FailureKind } from '@fairlead/sdk';
import type { CallLimits } from './limits.ts';

/** What a function has answered, as it came. */
export interface EndpointAnswer {
  /** 200 where there is none. */
  readonly status: number;
  /** Absent where there is none. */
  readonly contentType?: string;
  readonly body: Uint8Array;
}

/** A row, whose numbers are bigint or `Decimal` where a double cannot hold them. */
export type AnsweredRow = Readonly<Record<string, unknown>>;

/** An answer that Fivetran would take. */
export interface CheckedAnswer {
  /** An object. */
  readonly state: unknown;
  readonly insert: ReadonlyMap<string, readonly AnsweredRow[]>;
  readonly delete: ReadonlyMap<string, readonly AnsweredRow[]>;
  /** Columns of the primary key, by table. */
  readonly keys: ReadonlyMap<string, readonly string[]>;
  readonly softDelete: readonly string[];
  readonly hasMore: boolean;
}

/** The file that an answer's rows are in; undefined when there is none. */
export interface RowFile {
  readonly rows: Uint8Array | undefined;
}

/**
 * Reads an answer as strictly as can be; where its rows go into a file, they have to be in there alone.
 * @throws {Failure} with what Fivetran would show: the function's own error, or what is wrong with
 * the answer.
 */
export function checkAnswer(
  { status, contentType, body }: EndpointAnswer,
  { responseBytes }: Pick<CallLimits, 'responseBytes'>,
  file?: RowFile,
): CheckedAnswer {
  if (body.length > responseBytes) {
    throw wrong(`it has ${body.length} bytes, and may have ${responseBytes}`);
  }
  if (contentType !== undefined && !/^application\/json\b/i.test(contentType)) {
    throw wrong(`its type is ${contentType}, and has to be application/json`);
  }
  const content = parse(body);
  if (status !== 200 || Object.hasOwn(content, 'errorMessage')) throw ownError(status, content);
  const { state, hasMore } = content;
  if (!isRecord(state)) throw wrong('it has no object as its state');
  if (typeof hasMore !== 'boolean') {
    const near = Object.keys(content).find((name) => /^has_?more$/i.test(name));
    const meant = near === undefined || near === 'hasMore' ? '' : `; ${near} is not known`;
    throw wrong(`it has no true or false as its hasMore${meant}`);
  }
  const keys = keysIn(content['schema']);
  const said = file === undefined ? content : rowsOf(file, content);
  const answer = {
    state,
    insert: rowsIn('insert', said['insert']),
    delete: rowsIn('delete', said['delete']),
    keys,
    softDelete: namesIn(content['softDelete']),
    hasMore,
  };
  for (const [table, rows] of answer.insert)
    expectKeys('insert', table, rows, keys.get(table) ?? []);
  for (const [table, rows] of answer.delete) {
    const key = keys.get(table) ?? [];
    if (key.length === 0) throw wrong('it deletes rows of a table without primary_key', table);
    expectKeys('delete', table, rows, key);
  }
  return answer;
}

function rowsOf(
  { rows }: RowFile,
  content: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  const own = ['insert', 'delete'].find((part) => Object.hasOwn(content, part));
  if (own !== undefined) throw wrong(`it has ${own}, which goes into the bucket`);
  if (rows === undefined) throw wrong('the bucket has no file of its rows');
  return parse(rows);
}

function parse(body: Uint8Array): Readonly<Record<string, unknown>> {
  try {
    const content = decodeValue(body);
    if (isRecord(content)) return content;
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error;
    throw wrong(`it is not JSON: ${error.message}`);
  }
  throw wrong('it is no JSON object');
}

function ownError(status: number, content: Readonly<Record<string, unknown>>): Failure {
  const { errorMessage, errorType } = content;
  if (typeof errorMessage !== 'string')
    return wrong(`its status is ${status}, without errorMessage`);
  const kind = kinds.find((known) => known === errorType) ?? 'data';
  return new Failure(kind, errorMessage, { where: `the function has failed (${status})` });
}

const kinds: readonly FailureKind[] = ['config', 'access', 'transient', 'data', 'state'];

function rowsIn(part: string, value: unknown): Map<string, readonly AnsweredRow[]> {
  const found = new Map<string, readonly AnsweredRow[]>();
  if (value === undefined) return found;
  if (!isRecord(value)) throw wrong(`its ${part} is no object`);
  for (const [table, rows] of Object.entries(value)) {
    if (!Array.isArray(rows)) throw wrong(`its ${part} has no array of rows`, table);
    found.set(
      table,
      rows.map((row: unknown) => {
        if (!isRecord(row)) throw wrong(`its ${part} has a row that is no object`, table);
        return row;
      }),
    );
  }
  return found;
}

function keysIn(schema: unknown): Map<string, readonly string[]> {
  const found = new Map<string, readonly string[]>();
  if (schema === undefined) return found;
  if (!isRecord(schema)) throw wrong('its schema is no object');
  for (const [table, terms] of Object.entries(schema)) {
    if (!isRecord(terms)) throw wrong('its schema has no object', table);
    found.set(table, namesIn(terms['primary_key'], table));
  }
  return found;
}

function namesIn(value: unknown, table?: string): readonly string[] {
  if (value === undefined) return [];
  if (Array.isArray(value) && value.every((name) => typeof name === 'string')) return value;
  throw wrong('it has something else than a list of names', table);
}

function expectKeys(
  part: string,
  table: string,
  rows: readonly AnsweredRow[],
  key: readonly string[],
): void {
  for (const column of key) {
    const missing = rows.some((row) => (Object.hasOwn(row, column) ? row[column] : null) === null);
    if (missing) throw wrong(`its ${part} has a row without ${column}, which is of the key`, table);
  }
}

function wrong(problem: string, table?: string): Failure {
  const where = table === undefined ? {} : { where: `table ${table}` };
  return new Failure('data', `the answer cannot be taken: ${problem}`, where);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
