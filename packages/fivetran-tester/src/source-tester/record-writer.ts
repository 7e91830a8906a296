import { RecordType, type Record as SourceRecord } from '@fairlead/host-fivetran/protocol';
import { Failure } from '@fairlead/sdk';
import type { WarehouseColumn } from '../warehouse/column-type.ts';
import type { TableShape } from '../warehouse/table-shape.ts';
import type { Tables } from '../warehouse/tables.ts';
import { cellOf, type TypedCell } from './cell-of.ts';
import type { Findings } from '../connector/findings.ts';
import { PendingRows, type GatheredRows } from './pending-rows.ts';
import { checkRecord } from './record-checks.ts';
import { tableId, type DeclaredTable } from './source-schema.ts';

/** How many records of a table there were. */
export interface OperationCounts {
  upserts: number;
  updates: number;
  deletes: number;
  truncates: number;
}

/** What is known of the source while its records come. */
export interface SourceKnowledge {
  /** Tables that were declared, and those that were not but had records. */
  readonly tables: Map<string, DeclaredTable>;
  /** Whether the source declares tables at all. */
  readonly declares: boolean;
  /** Tables that are in the warehouse with all that was declared of them. */
  readonly made: Set<string>;
  /** By table. */
  readonly counts: Map<string, OperationCounts>;
  readonly findings: Findings;
}

/** Writes records within one transaction, each table's in their order. */
export class RecordWriter {
  readonly #tables: Tables;
  readonly #known: SourceKnowledge;
  readonly #pending = new Map<string, PendingRows>();
  #sizeBytes = 0;

  constructor(tables: Tables, known: SourceKnowledge) {
    this.#tables = tables;
    this.#known = known;
  }

  /**
   * Takes a record, whose bytes may be used again. `sizeBytes` is about what it takes.
   * @throws {Failure} data
   */
  async write(record: SourceRecord, sizeBytes: number): Promise<void> {
    const declared = this.#tableOf(record);
    const id = tableId(declared.schema, declared.table);
    if (Object.keys(record.rowData).length > 0) {
      throw new Failure(
        'data',
        'a record has its values in row_data, which this tester does not read',
        {
          where: `table ${id}`,
          hint: 'Send them as values with types.',
        },
      );
    }
    const row = new Map(Object.entries(record.data).map(([name, value]) => [name, cellOf(value)]));
    checkRecord(this.#known.findings, record.type, declared, row);
    const counts = this.#countsOf(id);
    if (record.type === RecordType.TRUNCATE) {
      counts.truncates++;
      await this.#flush(id);
      await this.#tables.truncate(declared);
      return;
    }
    const kind = kinds.get(record.type);
    if (kind === undefined) {
      throw new Failure('data', `there is no record type ${record.type}`, { where: `table ${id}` });
    }
    counts[`${kind}s`]++;
    await this.#add(id, kind, kind === 'delete' ? keyOnly(declared, row) : row, sizeBytes);
  }

  /** Has all that was taken in the tables, and every table that was declared. */
  async finish(): Promise<void> {
    for (const id of this.#pending.keys()) await this.#flush(id);
    for (const [id, table] of this.#known.tables) await this.#ensure(id, table);
  }

  /** Tables have been declared anew. */
  redeclare(): void {
    this.#known.made.clear();
  }

  async #add(
    id: string,
    kind: GatheredRows['kind'],
    row: ReadonlyMap<string, TypedCell>,
    sizeBytes: number,
  ): Promise<void> {
    const pending = this.#pending.get(id) ?? new PendingRows();
    this.#pending.set(id, pending);
    if (!pending.fits(kind, row)) await this.#flush(id);
    pending.add(kind, row, sizeBytes);
    this.#sizeBytes += sizeBytes;
    if (pending.count >= enoughRows) await this.#flush(id);
    else if (this.#sizeBytes >= enoughBytes) {
      for (const each of this.#pending.keys()) await this.#flush(each);
    }
  }

  async #flush(id: string): Promise<void> {
    const pending = this.#pending.get(id);
    const declared = this.#known.tables.get(id);
    if (pending === undefined || declared === undefined || pending.count === 0) return;
    this.#sizeBytes -= pending.sizeBytes;
    const { kind, columns, rows } = pending.take();
    await this.#ensure(id, declared);
    const shape = { ...shapeOf(declared), columns };
    await this.#tables[kind](shape, rows);
  }

  /** Makes the table with what was declared. Without the types of its key it waits for rows. */
  async #ensure(id: string, declared: DeclaredTable): Promise<void> {
    if (this.#known.made.has(id)) return;
    const shape = shapeOf(declared);
    const isReady =
      shape.columns.length > 0 && declared.key.every((name) => declared.columns.get(name));
    if (!isReady) return;
    this.#known.made.add(id);
    await this.#tables.ensure(shape);
  }

  #tableOf({ schemaName, tableName }: SourceRecord): DeclaredTable {
    const id = tableId(schemaName, tableName);
    const known = this.#known.tables.get(id);
    if (known !== undefined) return known;
    if (this.#known.declares) {
      this.#known.findings.add(
        'table-unknown',
        'there are records of a table that the schema does not have',
        `table ${id}`,
      );
    }
    const found: DeclaredTable = {
      ...(schemaName === undefined ? {} : { schema: schemaName }),
      table: tableName,
      columns: new Map(),
      key: [],
    };
    this.#known.tables.set(id, found);
    return found;
  }

  #countsOf(id: string): OperationCounts {
    const known = this.#known.counts.get(id);
    if (known !== undefined) return known;
    const counts = { upserts: 0, updates: 0, deletes: 0, truncates: 0 };
    this.#known.counts.set(id, counts);
    return counts;
  }
}

const enoughRows = 50_000;
const enoughBytes = 32 * 1024 * 1024;

const kinds: ReadonlyMap<number, GatheredRows['kind']> = new Map([
  [RecordType.UPSERT, 'upsert'],
  [RecordType.UPDATE, 'update'],
  [RecordType.DELETE, 'delete'],
]);

function shapeOf({ schema, table, columns, key }: DeclaredTable): TableShape {
  const typed = [...columns].flatMap(([name, type]): WarehouseColumn[] =>
    type === undefined ? [] : [{ name, type }],
  );
  return { ...(schema === undefined ? {} : { schema }), table, columns: typed, key };
}

/** Deletes may carry more than the key, which then means nothing. */
function keyOnly({ key }: DeclaredTable, row: ReadonlyMap<string, TypedCell>) {
  return new Map([...row].filter(([name]) => key.includes(name)));
}
