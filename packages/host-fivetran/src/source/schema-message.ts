import { create } from '@bufbuild/protobuf';
import {
  type Column,
  ColumnSchema,
  DataType,
  DataTypeParamsSchema,
  DecimalParamsSchema,
  type Table,
  TableListSchema,
  TableSchema,
  SchemaListSchema,
} from '../protocol/common.gen.ts';
import {
  type SchemaChange,
  SchemaChangeSchema,
  type SchemaResponse,
  SchemaResponseSchema,
} from '../protocol/connector_sdk.gen.ts';
import type { SourceColumn, SourceTable } from './source-table.ts';

/** What a source offers, as Fivetran shows it. */
export function schemaResponse(tables: readonly SourceTable[], leveled: boolean): SchemaResponse {
  const placed = tables.map(({ schema, name, columns }) => ({
    schema,
    table: tableMessage(name, columns),
  }));
  return create(SchemaResponseSchema, {
    response: leveled
      ? { case: 'withSchema', value: create(SchemaListSchema, { schemas: schemasOf(placed) }) }
      : {
          case: 'withoutSchema',
          value: create(TableListSchema, { tables: placed.map(({ table }) => table) }),
        },
    selectionNotSupported: false,
  });
}

/** A table that has changed in the middle of a sync. */
export function schemaChange(schema: string | undefined, table: Table): SchemaChange {
  const change =
    schema === undefined
      ? ({ case: 'withoutSchema', value: create(TableListSchema, { tables: [table] }) } as const)
      : ({
          case: 'withSchema',
          value: create(SchemaListSchema, { schemas: [{ name: schema, tables: [table] }] }),
        } as const);
  return create(SchemaChangeSchema, { change });
}

/** A table of such columns. */
export function tableMessage(name: string, columns: readonly SourceColumn[]): Table {
  return create(TableSchema, { name, columns: columns.map(columnMessage) });
}

function columnMessage({ name, isKey, type }: SourceColumn): Column {
  const column = create(ColumnSchema, { name, type: type.type, primaryKey: isKey });
  if (type.type !== DataType.DECIMAL || type.precision === undefined) return column;
  const value = create(DecimalParamsSchema, {
    precision: type.precision,
    scale: type.scale ?? 0,
  });
  column.params = create(DataTypeParamsSchema, { params: { case: 'decimal', value } });
  return column;
}

/** Tables by their schemas, both in the order in which they come. */
function schemasOf(
  placed: readonly { readonly schema: string | undefined; readonly table: Table }[],
): { name: string; tables: Table[] }[] {
  const schemas = new Map<string, Table[]>();
  for (const { schema = '', table } of placed) {
    const tables = schemas.get(schema);
    if (tables === undefined) schemas.set(schema, [table]);
    else tables.push(table);
  }
  return [...schemas].map(([name, tables]) => ({ name, tables }));
}
