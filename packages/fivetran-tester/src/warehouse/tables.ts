import type { DuckDBConnection } from '@duckdb/node-api';
import { within } from '@fairlead/sdk';
import { rowIdSql } from './row-id.ts';
import { literal, pairs, quoted, quotedList } from './sql.ts';
import { lastOfEach, selectStaged, stageRows, type StagedRows } from './staged-rows.ts';
import {
  batchColumn,
  deletedColumn,
  idColumn,
  indexColumn,
  sqlName,
  stateTable,
  syncedColumn,
  type StoredTable,
} from './stored-table.ts';
import { TableCatalog, type WarehousePlace } from './table-catalog.ts';
import { expectKey, type Rows, type TableName, type TableShape } from './table-shape.ts';
import { asFailure } from './warehouse-failure.ts';

/** How rows are deleted. */
export interface DeleteOptions {
  /** Removes the rows instead of marking them. */
  readonly hard?: boolean;
}

export interface TruncateOptions extends DeleteOptions {
  /** Only rows that were synced before this moment of {@link Tables.now}; all of them unless given. */
  readonly before?: bigint;
}

/** The tables of a warehouse within one transaction. */
export class Tables {
  readonly #connection: DuckDBConnection;
  readonly #place: WarehousePlace;
  readonly #now: () => bigint;
  readonly #catalog: TableCatalog;
  /** The batch of this transaction by table, and the number of its next row. */
  readonly #batches = new Map<string, { readonly batch: bigint; next: number }>();

  constructor(connection: DuckDBConnection, place: WarehousePlace, now: () => bigint) {
    this.#connection = connection;
    this.#place = place;
    this.#now = now;
    this.#catalog = new TableCatalog(connection, place);
  }

  /** This moment in microseconds since 1970, later than each one before. */
  now(): bigint {
    return this.#now();
  }

  /** Keeps the state of the connection with the rows that it stands for. */
  async saveState(state: string): Promise<void> {
    await this.#connection.run(
      `INSERT OR REPLACE INTO ${stateTable(this.#place)} VALUES (${literal(this.#place.schema)}, $1)`,
      [state],
    );
  }

  /**
   * Makes the table, or gives it what it lacks of columns, width and key.
   * @throws {Failure} data when two columns have the same name in the warehouse, or when rows that are
   * there have no value for the key, or the same one.
   */
  async ensure(shape: TableShape): Promise<void> {
    await inTable(shape, () => this.#catalog.ensure(shape, shape.columns));
  }

  /**
   * Writes rows as wholes: columns that are not among theirs become null, and what was deleted lives
   * again. Of rows with the same key the last one counts.
   * @throws {Failure} data when a row has no value for a column of the key, or one of another type.
   */
  async upsert(shape: TableShape, rows: Rows): Promise<void> {
    await inTable(shape, async () => {
      const staged = await stageRows(this.#connection, this.#catalog, shape, rows);
      if (rows.length === 0) return;
      const { table } = staged;
      const added = [
        ...(shape.key.length > 0 ? [] : await this.#rowKey(shape, staged, rows.length)),
        [syncedColumn, `make_timestamptz(${this.now()})`],
        ...(table.columns.has(deletedColumn) ? [[deletedColumn, 'false']] : []),
      ] as const;
      const names = [...staged.columns.map(({ name }) => name), ...added.map(([name]) => name)];
      const values = [
        ...staged.columns.map(({ name }) => quoted(name)),
        ...added.map(([name, sql]) => `${sql} AS ${quoted(name)}`),
      ];
      const replaced = [...table.columns.keys()].filter((name) => !table.key.includes(name));
      await this.#connection.run(
        `INSERT INTO ${sqlName(table)} (${quotedList(names)})
         SELECT ${values.join(', ')} FROM (${selectStaged(staged.columns)}) ${lastOfEach(table.key)}
         ON CONFLICT (${quotedList(table.key)})
         DO UPDATE SET ${pairs(replaced, '', 'excluded.', ', ')}`,
      );
    });
  }

  /**
   * Changes the columns of these rows in those of the same key; rows that are not there stay away.
   * Answers with how many were there.
   * @throws {Failure} data, as {@link upsert}; also when the table has no key.
   */
  async update(shape: TableShape, rows: Rows): Promise<number> {
    expectKey(shape);
    return await inTable(shape, async () => {
      if (rows.length === 0 || (await this.#catalog.find(shape)) === undefined) return 0;
      const staged = await stageRows(this.#connection, this.#catalog, shape, rows);
      const { key } = staged.table;
      const changed = staged.columns.map(({ name }) => name).filter((name) => !key.includes(name));
      const changes = [
        ...changed.map((name) => `${quoted(name)} = s.${quoted(name)}`),
        `${syncedColumn} = make_timestamptz(${this.now()})`,
      ];
      return await this.#change(
        `UPDATE ${sqlName(staged.table)} AS t SET ${changes.join(', ')}
         FROM (SELECT * FROM (${selectStaged(staged.columns)}) ${lastOfEach(key)}) AS s
         WHERE ${pairs(key, 't.', 's.', ' AND ')}`,
      );
    });
  }

  /**
   * Marks the rows with these keys as deleted, or removes them. Answers with how many were there.
   * @throws {Failure} data, as {@link update}.
   */
  async delete(
    shape: TableShape,
    rows: Rows,
    { hard = false }: DeleteOptions = {},
  ): Promise<number> {
    expectKey(shape);
    return await inTable(shape, async () => {
      if (rows.length === 0 || (await this.#catalog.find(shape)) === undefined) return 0;
      const marked = hard ? shape : { ...shape, marksDeleted: true };
      const staged = await stageRows(this.#connection, this.#catalog, marked, rows);
      const { table } = staged;
      if (hard) this.#catalog.removedFrom(table);
      const change = hard
        ? `DELETE FROM ${sqlName(table)} AS t`
        : `UPDATE ${sqlName(table)} AS t SET ${deletedColumn} = true,
           ${syncedColumn} = make_timestamptz(${this.now()})`;
      return await this.#change(
        `${change} WHERE EXISTS (SELECT 1 FROM (${selectStaged(staged.columns)}) AS s
         WHERE ${pairs(table.key, 's.', 't.', ' AND ')})`,
      );
    });
  }

  /**
   * Marks the rows of a table as deleted, or removes them. A table that is not there has none.
   * Answers with how many there were.
   */
  async truncate(name: TableName, { before, hard = false }: TruncateOptions = {}): Promise<number> {
    return await inTable(name, async () => {
      const table = await this.#catalog.find(name);
      if (table === undefined) return 0;
      const isEarly =
        before === undefined ? 'true' : `${syncedColumn} < make_timestamptz(${before})`;
      if (hard) {
        this.#catalog.removedFrom(table);
        return await this.#change(`DELETE FROM ${sqlName(table)} WHERE ${isEarly}`);
      }
      const columns = new Map([[deletedColumn, { name: 'BOOLEAN' } as const]]);
      await this.#catalog.alter(table, { columns, key: table.key });
      return await this.#change(
        `UPDATE ${sqlName(table)} SET ${deletedColumn} = true
         WHERE ${isEarly} AND ${deletedColumn} IS DISTINCT FROM true`,
      );
    });
  }

  /** What rows without a key of their own have for one: columns with their SQL. */
  async #rowKey({ keyless = 'hash' }: TableShape, staged: StagedRows, rowCount: number) {
    if (keyless === 'hash') {
      const types = new Map(staged.columns.map(({ name, type }) => [name, type]));
      return [[idColumn, rowIdSql(types)]] as const;
    }
    const { table } = staged;
    const known = this.#batches.get(sqlName(table));
    const batch = known?.batch ?? (await this.#nextBatch(table));
    const next = known?.next ?? 0;
    this.#batches.set(sqlName(table), { batch, next: next + rowCount });
    return [
      [batchColumn, String(batch)],
      [indexColumn, `n + ${next}`],
    ] as const;
  }

  async #nextBatch(table: StoredTable): Promise<bigint> {
    const found = await this.#connection.runAndReadAll(
      `SELECT coalesce(max(${batchColumn}), -1) + 1 FROM ${sqlName(table)}`,
    );
    return BigInt(String(found.getRows()[0]?.[0] ?? 0));
  }

  async #change(sql: string): Promise<number> {
    return (await this.#connection.run(sql)).rowsChanged;
  }
}

async function inTable<Result>({ table }: TableName, work: () => Promise<Result>): Promise<Result> {
  const where = `table ${table}`;
  try {
    return await work();
  } catch (error) {
    const failure = asFailure(error, where);
    throw failure === error ? within(where, error) : failure;
  }
}
