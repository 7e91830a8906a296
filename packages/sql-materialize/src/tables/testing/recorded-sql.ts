import type {
  SqlCell,
  SqlColumn,
  SqlDatabase,
  SqlDialect,
  SqlTransaction,
  SqlType,
} from '@fairlead/sdk';
import { doubleQuoted as quote, singleQuoted as literal } from '../../dialect.ts';
import type { RowFile } from '../staged-rows.ts';

/** SQL as the standard has it, for what it does not have a call of that name. */
const plainSqlDialect: SqlDialect = {
  quote,
  literal,
  nameOf: ({ schema, table }) => `${quote(schema)}.${quote(table)}`,
  typeOf,
  parse: (text, type) => `parse_${type.is}(${text})`,
  convert: (value, from, to) => `${from.is}_to_${to.is}(${value})`,
  millisecondBefore: (instant) => `${instant} - INTERVAL '0.001' SECOND`,
  createTable: ({ table }, columns) => [
    `CREATE TABLE ${table} (${columns.map(({ name, type, key }) => `${name} ${typeOf(type)}${key ? ' KEY' : ''}`).join(', ')})`,
  ],
  addColumn: ({ table }, { name, type }) => [`ALTER TABLE ${table} ADD ${name} ${typeOf(type)}`],
  changeType: ({ table }, { name }, { type }) => [
    `ALTER TABLE ${table} ALTER ${name} TYPE ${typeOf(type)}`,
  ],
  changeKey: ({ table }, columns) => [
    `ALTER TABLE ${table} KEY (${columns
      .filter(({ key }) => key)
      .map(({ name }) => name)
      .join(', ')})`,
  ],
  renameTable: ({ table }, to) => [`ALTER TABLE ${table} RENAME TO ${to}`],
  updateFrom: ({ table, from, set, on }) =>
    `UPDATE ${table} t SET ${set.map((pair) => pair.join(' = ')).join(', ')} FROM ${from} s WHERE ${on}`,
};

function typeOf(type: SqlType): string {
  return type.is === 'decimal' ? `DECIMAL(${type.precision},${type.scale})` : type.is.toUpperCase();
}

/** A database that does nothing but write down what it is told, in a schema `s`. */
export interface RecordedSql extends SqlDatabase {
  readonly statements: string[];
}

/**
 * @param tables the columns of those that are there.
 * @param answers what queries give, one after the other; nothing once there are no more.
 */
export function recordedSql(
  tables: Readonly<Record<string, readonly SqlColumn[]>>,
  answers: readonly (readonly (readonly SqlCell[])[])[] = [],
): RecordedSql {
  const statements: string[] = [];
  const left = [...answers];
  const transaction: SqlTransaction = {
    describe: async ({ table }) => tables[table],
    async execute(statement) {
      statements.push(statement);
      return 0;
    },
    async query(statement) {
      statements.push(statement);
      return left.shift() ?? [];
    },
    async stage(name, columns, rows) {
      statements.push(`STAGE ${name} (${columns.map((column) => column.name).join(', ')})`);
      let count = 0;
      for await (const { ends } of rows) count += ends.length;
      return count;
    },
  };
  return {
    dialect: plainSqlDialect,
    statements,
    transaction: (work) => work(transaction),
    [Symbol.asyncDispose]: async () => {},
  };
}

/** A file of one row. */
export function fileOf(...columns: readonly string[]): RowFile {
  return {
    name: 'f',
    open: async () => ({
      columns,
      rows: (async function* () {
        yield { bytes: Buffer.from('{}\n'), ends: Uint32Array.of(3) };
      })(),
      [Symbol.asyncDispose]: async () => {},
    }),
  };
}
