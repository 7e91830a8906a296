import { tempFolder } from '@fairlead/testkit';
import { Warehouse, type WarehouseOptions } from '../warehouse/warehouse.ts';

/** A warehouse for a test, in a folder of its own. */
export interface TestWarehouse extends AsyncDisposable {
  readonly path: string;
  readonly warehouse: Warehouse;
  /** Closes it, and opens the file again. */
  reopen(): Promise<void>;
  /** The rows of a table by its first columns, without `_fivetran_synced`. */
  rows(table: string): Promise<readonly Readonly<Record<string, unknown>>[]>;
}

/** A file that does not exist yet. */
export async function testWarehouse(options: WarehouseOptions = {}): Promise<TestWarehouse> {
  const folder = await tempFolder();
  const path = folder.join('warehouse.db');
  let warehouse = await Warehouse.open(path, options);
  return {
    path,
    get warehouse() {
      return warehouse;
    },
    async reopen() {
      await warehouse[Symbol.asyncDispose]();
      warehouse = await Warehouse.open(path, options);
    },
    rows: (table) =>
      warehouse.query(
        `SELECT * EXCLUDE (_fivetran_synced) FROM ${warehouse.schema}.${table} ORDER BY ALL`,
      ),
    async [Symbol.asyncDispose]() {
      await warehouse[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
}
