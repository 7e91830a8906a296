import type { AnsweredRow, CallerTables, CheckedAnswer } from '@fairlead/host-fivetran';
import { ByteWriter, encodeValue } from '@fairlead/json';
import type { Cell, WarehouseColumn } from '../warehouse/column-type.ts';
import type { Tables } from '../warehouse/tables.ts';
import type { Warehouse } from '../warehouse/warehouse.ts';
import { cellOf, inferType } from './infer-column.ts';

/** What Fivetran documents in two ways. */
export interface FunctionTablesOptions {
  /**
   * What `softDelete` does to the tables that it names: marks their rows as deleted before the rows of
   * the answer come, as of a table that is read anew; or only marks the rows under `delete`, instead
   * of removing them. The first unless given.
   */
  readonly softDelete?: 'marks rows' | 'marks deletes';
}

/**
 * The tables that Fivetran makes of a function's answers, in a warehouse. Columns come with their first
 * value and get wider with others. Rows replace those of their key as a whole; without a key they are
 * added, each with its `_fivetran_batch` and `_fivetran_index`. The rows of an answer are committed
 * with its state.
 */
export function functionTables(
  warehouse: Warehouse,
  { softDelete = 'marks rows' }: FunctionTablesOptions = {},
): CallerTables {
  const marksRows = softDelete === 'marks rows';
  return {
    apply: (answer) =>
      warehouse.transaction(async (tables) => {
        const names = [...answer.softDelete, ...answer.insert.keys(), ...answer.delete.keys()];
        for (const table of new Set(names)) {
          await change(tables, tableIn(answer, table), { marksRows });
        }
        await tables.saveState(textOf(answer.state));
      }),
    endSync() {},
  };
}

/** What an answer says of one table. */
interface AnsweredTable {
  readonly table: string;
  readonly key: readonly string[];
  readonly isSoft: boolean;
  readonly inserted: readonly AnsweredRow[];
  /** Without those that are inserted too. */
  readonly deleted: readonly AnsweredRow[];
}

function tableIn(answer: CheckedAnswer, table: string): AnsweredTable {
  const key = answer.keys.get(table) ?? [];
  const inserted = answer.insert.get(table) ?? [];
  const deleted = answer.delete.get(table) ?? [];
  const keysOf = (row: AnsweredRow) => textOf(key.map((name) => row[name]));
  const known = new Set(deleted.length === 0 ? [] : inserted.map(keysOf));
  return {
    table,
    key,
    isSoft: answer.softDelete.includes(table),
    inserted,
    deleted: deleted.filter((row) => !known.has(keysOf(row))),
  };
}

/** DuckDB alters no table in a transaction that has changed its rows, so all that it needs comes first. */
async function change(
  tables: Tables,
  { table, key, isSoft, inserted, deleted }: AnsweredTable,
  { marksRows }: { readonly marksRows: boolean },
): Promise<void> {
  const begin = tables.now();
  const names = new Set(inserted.flatMap((row) => Object.keys(row)));
  const insert = columnsOf([...names], inserted);
  const remove = columnsOf(key, deleted);
  // It has `_fivetran_deleted` only once rows are marked.
  const common = { table, key, keyless: 'number', marksDeleted: isSoft } as const;
  if (inserted.length > 0) {
    await tables.ensure({ ...common, columns: insert.columns });
    if (deleted.length > 0) await tables.ensure({ ...common, columns: remove.columns });
    await tables.upsert({ ...common, columns: insert.columns }, insert.cells);
  }
  if (isSoft && marksRows) await tables.truncate({ table }, { before: begin });
  if (deleted.length === 0) return;
  const hard = marksRows || !isSoft;
  await tables.delete({ ...common, columns: remove.columns }, remove.cells, { hard });
}

/** Rows as values of columns; those of which nothing but null is known are left out. */
function columnsOf(names: readonly string[], rows: readonly AnsweredRow[]) {
  const columns = names.flatMap((name): readonly WarehouseColumn[] => {
    const type = inferType(rows.map((row) => valueOf(row, name)));
    return type === undefined ? [] : [{ name, type }];
  });
  const cells = rows.map((row) =>
    columns.map(({ name, type }): Cell => cellOf(valueOf(row, name), type)),
  );
  return { columns, cells };
}

function valueOf(row: AnsweredRow, name: string): unknown {
  return Object.hasOwn(row, name) ? row[name] : null;
}

function textOf(value: unknown): string {
  const out = new ByteWriter();
  encodeValue(value, out);
  return Buffer.from(out.view()).toString('utf8');
}
