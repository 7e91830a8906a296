import { DataType, RecordType, type ValueType } from '@fairlead/host-fivetran/protocol';
import type { SourceScript, Update } from './scripted-source.ts';

type Inner = ValueType['inner'];
type Row = Readonly<Record<string, Inner>>;

/** Records of one table, in one message. */
function records(type: RecordType, table: string, rows: readonly Row[]): Update {
  const list = rows.map((row) => ({
    tableName: table,
    type,
    data: Object.fromEntries(Object.entries(row).map(([name, inner]) => [name, { inner }])),
  }));
  return { operation: { case: 'records', value: { records: list } } };
}

export const upsert = (table: string, ...rows: readonly Row[]) =>
  records(RecordType.UPSERT, table, rows);
export const update = (table: string, ...rows: readonly Row[]) =>
  records(RecordType.UPDATE, table, rows);
export const remove = (table: string, ...rows: readonly Row[]) =>
  records(RecordType.DELETE, table, rows);
export const truncate = (table: string) => records(RecordType.TRUNCATE, table, [{}]);

export function checkpoint(state: object): Update {
  return { operation: { case: 'checkpoint', value: { stateJson: JSON.stringify(state) } } };
}

export const long = (value: number | bigint): Inner => ({ case: 'long', value: BigInt(value) });
export const text = (value: string): Inner => ({ case: 'string', value });
export const nothing: Inner = { case: 'null', value: true };

/** The schema of one table `orders` with the key `id` and a `name`. */
export const ordersSchema: NonNullable<SourceScript['schema']> = {
  response: {
    case: 'withoutSchema',
    value: {
      tables: [
        {
          name: 'orders',
          columns: [
            { name: 'id', type: DataType.LONG, primaryKey: true },
            { name: 'name', type: DataType.STRING },
          ],
        },
      ],
    },
  },
};
