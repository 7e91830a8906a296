import { create, type MessageInitShape } from '@bufbuild/protobuf';
import {
  DataType,
  MigrationDetailsSchema,
  TableSyncModeMigrationType,
  type MigrationDetails,
} from '@fairlead/host-fivetran/protocol';
import { closest, Failure } from '@fairlead/sdk';
import { readType, type MigrationTerms } from './read-input.ts';

type Operation = MessageInitShape<typeof MigrationDetailsSchema>['operation'];

/**
 * A migration of an input file as the protocol has it.
 * @throws {Failure} config, when there is none of this name or a term is missing.
 */
export function migrationDetails(
  schema: string,
  name: string,
  terms: MigrationTerms,
): MigrationDetails {
  const make = makers[name];
  if (make === undefined) {
    const near = closest(name, Object.keys(makers));
    const hint = near === undefined ? {} : { hint: `Did you mean ${near}?` };
    throw new Failure('config', `there is no migration ${name}`, {
      where: 'schema_migration',
      ...hint,
    });
  }
  const reader = new TermReader(name, terms);
  const table = reader.text('table', 'from_table');
  return create(MigrationDetailsSchema, { schema, table, operation: make(reader, table) });
}

/** Names of the tables that a migration is about, and of what becomes of them. */
export function migratedTables({ table, operation }: MigrationDetails): readonly string[] {
  const entity =
    operation.case === 'copy' || operation.case === 'rename' ? operation.value.entity : undefined;
  const to = entity?.value !== undefined && 'toTable' in entity.value ? [entity.value.toTable] : [];
  return [table, ...to];
}

class TermReader {
  readonly #name: string;
  readonly #terms: MigrationTerms;

  constructor(name: string, terms: MigrationTerms) {
    this.#name = name;
    this.#terms = terms;
  }

  /** The first of these that is there. */
  text(...names: readonly string[]): string {
    const found = this.optional(...names);
    if (found !== undefined) return found;
    throw new Failure('config', `${names.join(' or ')} is missing`, {
      where: `schema_migration, ${this.#name}`,
    });
  }

  optional(...names: readonly string[]): string | undefined {
    const value = names.map((name) => this.#terms[name]).find((term) => term !== undefined);
    return value === undefined ? undefined : value === null ? 'NULL' : String(value);
  }

  type(): DataType {
    return DataType[readType(this.text('data_type', 'column_type'), this.#name).name];
  }

  get softDeletedColumn(): string {
    return this.optional('soft_deleted_column', 'deleted_column') ?? '_fivetran_deleted';
  }
}

type Make = (terms: TermReader, table: string) => NonNullable<Operation>;

const makers: Readonly<Record<string, Make>> = {
  drop_table: () => ({ case: 'drop', value: { entity: { case: 'dropTable', value: true } } }),
  drop_column_in_history_mode: (terms) => ({
    case: 'drop',
    value: {
      entity: {
        case: 'dropColumnInHistoryMode',
        value: {
          column: terms.text('column'),
          operationTimestamp: terms.text('operation_timestamp'),
        },
      },
    },
  }),
  copy_table: (terms, fromTable) => ({
    case: 'copy',
    value: { entity: { case: 'copyTable', value: { fromTable, toTable: terms.text('to_table') } } },
  }),
  copy_column: (terms) => ({
    case: 'copy',
    value: { entity: { case: 'copyColumn', value: columnPair(terms) } },
  }),
  copy_table_to_history_mode: (terms, fromTable) => ({
    case: 'copy',
    value: {
      entity: {
        case: 'copyTableToHistoryMode',
        value: {
          fromTable,
          toTable: terms.text('to_table'),
          softDeletedColumn: terms.softDeletedColumn,
        },
      },
    },
  }),
  rename_table: (terms, fromTable) => ({
    case: 'rename',
    value: {
      entity: { case: 'renameTable', value: { fromTable, toTable: terms.text('to_table') } },
    },
  }),
  rename_column: (terms) => ({
    case: 'rename',
    value: { entity: { case: 'renameColumn', value: columnPair(terms) } },
  }),
  add_column_in_history_mode: (terms) => ({
    case: 'add',
    value: {
      entity: {
        case: 'addColumnInHistoryMode',
        value: { ...newColumn(terms), operationTimestamp: terms.text('operation_timestamp') },
      },
    },
  }),
  add_column_with_default_value: (terms) => ({
    case: 'add',
    value: { entity: { case: 'addColumnWithDefaultValue', value: newColumn(terms) } },
  }),
  update_column_value: (terms) => ({
    case: 'updateColumnValue',
    value: { column: terms.text('column'), value: terms.text('value') },
  }),
  set_column_to_null: (terms) => ({
    case: 'updateColumnValue',
    value: { column: terms.text('column'), value: 'NULL' },
  }),
  ...Object.fromEntries(
    Object.entries(TableSyncModeMigrationType).map(([name, type]): [string, Make] => [
      `migrate_${name.toLowerCase()}`,
      (terms) => ({
        case: 'tableSyncModeMigration',
        value: {
          type,
          softDeletedColumn: terms.softDeletedColumn,
          keepDeletedRows: terms.optional('keep_deleted_rows') === 'true',
        },
      }),
    ]),
  ),
};

function columnPair(terms: TermReader) {
  return {
    fromColumn: terms.text('from_column', 'column'),
    toColumn: terms.text('to_column'),
  };
}

function newColumn(terms: TermReader) {
  return {
    column: terms.text('column'),
    columnType: terms.type(),
    defaultValue: terms.text('default_value'),
  };
}
