import { create, type MessageInitShape } from '@bufbuild/protobuf';
import { SelectionSchema, type Selection } from '@fairlead/host-fivetran/protocol';
import type { DeclaredTable, SourceSchema } from './source-schema.ts';

/**
 * The selection that Fivetran sends when a user has chosen all: every table by name, and what is yet
 * to come.
 */
export function wholeSelection(schema: SourceSchema): Selection {
  const bySchema = new Map<string | undefined, DeclaredTable[]>();
  for (const table of schema.values()) {
    const tables = bySchema.get(table.schema) ?? [];
    bySchema.set(table.schema, tables);
    tables.push(table);
  }
  const included = (tables: readonly DeclaredTable[] = []) =>
    tables.map(({ table }) => ({ included: true, tableName: table, includeNewColumns: true }));
  const schemas = [...bySchema].flatMap(([schemaName, tables]) =>
    schemaName === undefined
      ? []
      : [{ included: true, schemaName, tables: included(tables), includeNewTables: true }],
  );
  const selection: MessageInitShape<typeof SelectionSchema>['selection'] =
    schemas.length > 0
      ? { case: 'withSchema', value: { schemas, includeNewSchemas: true } }
      : {
          case: 'withoutSchema',
          value: { tables: included(bySchema.get(undefined)), includeNewTables: true },
        };
  return create(SelectionSchema, { selection });
}
