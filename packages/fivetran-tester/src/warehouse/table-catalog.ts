import type { DuckDBConnection } from '@duckdb/node-api';
import { Failure } from '@fairlead/sdk';
import { alterTable, type NeededTable } from './alter-table.ts';
import type { ColumnType, WarehouseColumn } from './column-type.ts';
import { warehouseName, type Naming } from './naming.ts';
import { quoted } from './sql.ts';
import {
  batchColumn,
  createSql,
  deletedColumn,
  idColumn,
  indexColumn,
  readTable,
  sqlName,
  syncedColumn,
  systemColumns,
  type StoredTable,
} from './stored-table.ts';
import type { TableName, TableShape } from './table-shape.ts';

/** Where the tables of a connection are, and how they are called. */
export interface WarehousePlace {
  /** The name of the file as DuckDB has it. */
  readonly database: string;
  /** As it is in the file. */
  readonly schema: string;
  readonly naming: Naming;
}

/** The tables as they are within one transaction. */
export class TableCatalog {
  readonly #connection: DuckDBConnection;
  readonly #place: WarehousePlace;
  readonly #known = new Map<string, StoredTable>();
  /** From which rows were removed in this transaction: DuckDB commits no such table that has got a column since. */
  readonly #thinned = new Set<string>();
  /** What the source calls the tables. */
  readonly #sources = new Map<string, string>();

  constructor(connection: DuckDBConnection, place: WarehousePlace) {
    this.#connection = connection;
    this.#place = place;
  }

  /** The name of a column in the warehouse. */
  nameOf(column: string): string {
    return warehouseName(column, this.#place.naming);
  }

  /** Undefined when there is no such table. */
  async find(table: TableName): Promise<StoredTable | undefined> {
    const place = this.#placeOf(table);
    const known = this.#known.get(sqlName(place)) ?? (await readTable(this.#connection, place));
    return known === undefined ? undefined : this.#keep(known);
  }

  /** The table with these columns and the key of the shape. It is made, or altered, where it has to be. */
  async ensure(shape: TableShape, columns: readonly WarehouseColumn[]): Promise<StoredTable> {
    const needed = this.#needed(shape, columns);
    const stored = await this.find(shape);
    if (stored !== undefined) return await this.alter(stored, needed);
    const table = { ...this.#placeOf(shape), ...needed };
    await this.#connection.run(
      `CREATE SCHEMA IF NOT EXISTS ${quoted(table.database)}.${quoted(table.schema)}`,
    );
    await this.#connection.run(createSql(table));
    return this.#keep(table);
  }

  /** The table with what it needs. */
  async alter(stored: StoredTable, needed: NeededTable): Promise<StoredTable> {
    const inPlace = !this.#thinned.has(sqlName(stored));
    return this.#keep(await alterTable(this.#connection, stored, needed, { inPlace }));
  }

  /** To be told that rows of a table were removed. */
  removedFrom(table: StoredTable): void {
    this.#thinned.add(sqlName(table));
  }

  #needed(shape: TableShape, columns: readonly WarehouseColumn[]): NeededTable {
    const needed = new Map<string, ColumnType>();
    for (const { name, type } of columns) {
      const known = this.nameOf(name);
      if (needed.has(known) || systemColumns.has(known)) {
        throw new Failure('data', `the column would be called ${known}, as another one is`, {
          where: `column ${name}`,
          hint: 'Give it another name at its source.',
        });
      }
      needed.set(known, type);
    }
    const rowKey = shape.keyless === 'number' ? [batchColumn, indexColumn] : [idColumn];
    const key = shape.key.length === 0 ? rowKey : shape.key.map((name) => this.nameOf(name));
    const system = [
      ...(shape.key.length === 0 ? rowKey : []),
      syncedColumn,
      ...(shape.marksDeleted === false ? [] : [deletedColumn]),
    ];
    for (const name of system) needed.set(name, systemColumns.get(name) ?? { name: 'STRING' });
    return { columns: needed, key };
  }

  #placeOf({ schema, table }: TableName) {
    const { database, schema: prefix } = this.#place;
    const place = {
      database,
      schema: schema === undefined ? prefix : `${prefix}_${this.nameOf(schema)}`,
      name: this.nameOf(table),
    };
    const source = JSON.stringify([schema, table]);
    const known = this.#sources.get(sqlName(place)) ?? source;
    this.#sources.set(sqlName(place), known);
    if (known === source) return place;
    throw new Failure('data', `the table would be called ${place.name}, as another one is`, {
      hint: 'Give it another name at its source.',
    });
  }

  #keep(table: StoredTable): StoredTable {
    this.#known.set(sqlName(table), table);
    return table;
  }
}
