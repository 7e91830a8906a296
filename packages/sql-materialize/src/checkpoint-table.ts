import type { KeyRange } from '@fairlead/sdk';
import type { Dialect } from './dialect.ts';
import type { FlatType } from './flat-type.ts';

/** An SQL statement and the values of its parameters, in their order. */
export interface Statement {
  readonly sql: string;
  readonly values: readonly (string | number | null)[];
}

/** Which writer of a task commits, and with which fence. */
export interface Writership {
  readonly task: string;
  readonly range: KeyRange;
  readonly fence: number;
}

/** The statements on the table that keeps the checkpoint of every task. */
export interface CheckpointTable {
  /** Its name with schema, quoted. */
  readonly name: string;
  create(): string;
  /** The rows of a task: key_begin, key_end, fence, checkpoint. */
  select(task: string): Statement;
  insert(writer: Writership, checkpoint: string | null): Statement;
  /** Gives a row another fence. */
  bump(writer: Writership): Statement;
  /** Saves a checkpoint and counts the commit. It changes one row, or none once the writer is fenced out. */
  commit(writer: Writership, checkpoint: string, rowCount: number): Statement;
}

/** The name of the table. */
export const checkpointTableName = 'fairlead_checkpoints';

/** The checkpoint table in a schema whose quoted name is given. */
export function checkpointTable(dialect: Dialect, schema: string): CheckpointTable {
  const name = `${schema}.${dialect.quote(checkpointTableName)}`;
  const p = (number: number) => dialect.placeholder(number);
  const key = ['task', 'key_begin', 'key_end'].map((column) => dialect.quote(column));
  const keyIs = (from: number) => key.map((column, i) => `${column} = ${p(from + i)}`);
  const q = (column: string) => dialect.quote(column);
  return {
    name,
    create: () =>
      dialect.ddl.createTable(
        name,
        columns.map(([column, type, required]) =>
          `${q(column)} ${dialect.typeOf(type)} ${required ? 'NOT NULL' : ''}`.trimEnd(),
        ),
      ),
    select: (task) => ({
      sql: `SELECT ${['key_begin', 'key_end', 'fence', 'checkpoint'].map(q).join(', ')} FROM ${name} WHERE ${q('task')} = ${p(1)}`,
      values: [task],
    }),
    insert: ({ task, range, fence }, checkpoint) => ({
      sql: `INSERT INTO ${name} (${columns.map(([column]) => q(column)).join(', ')}) VALUES (${p(1)}, ${p(2)}, ${p(3)}, ${p(4)}, ${p(5)}, ${dialect.now}, 0, 0)`,
      values: [task, range.begin, range.end, fence, checkpoint],
    }),
    bump: ({ task, range, fence }) => ({
      sql: `UPDATE ${name} SET ${q('fence')} = ${p(1)} WHERE ${keyIs(2).join(' AND ')}`,
      values: [fence, task, range.begin, range.end],
    }),
    commit: ({ task, range, fence }, checkpoint, rowCount) => ({
      sql: `UPDATE ${name} SET ${q('checkpoint')} = ${p(1)}, ${q('last_rows')} = ${p(2)}, ${q('commits')} = ${q('commits')} + 1, ${q('updated_at')} = ${dialect.now} WHERE ${keyIs(3).join(' AND ')} AND ${q('fence')} = ${p(6)}`,
      values: [checkpoint, rowCount, task, range.begin, range.end, fence],
    }),
  };
}

const integer: FlatType = { is: 'integer', safe: true };
const string: FlatType = { is: 'string' };

/** Name, type, and whether it is never null. */
const columns: readonly (readonly [string, FlatType, boolean])[] = [
  ['task', string, true],
  ['key_begin', integer, true],
  ['key_end', integer, true],
  ['fence', integer, true],
  ['checkpoint', string, false],
  ['updated_at', { is: 'date-time' }, true],
  ['commits', integer, true],
  ['last_rows', integer, true],
];
