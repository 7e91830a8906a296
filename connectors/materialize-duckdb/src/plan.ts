import { Failure, type Change, type Table } from '@fairlead/sdk';
import {
  checkpointTableName,
  describeName,
  doubleQuoted as quote,
  planTable,
  quoteName,
  type TableChange,
  type TableFacts,
  type TableName,
  type TablePlan,
} from '@fairlead/sql-materialize';
import { readCatalog, type Catalog } from './catalog.ts';
import { duckdbDialect } from './duckdb-dialect.ts';
import type { Session } from './session.ts';
import type { Config, Resource } from './settings.ts';

/** What tables need, and what they look like then. */
export interface DatabasePlan {
  /** In the order in which they have to be made. */
  readonly changes: readonly Change[];
  /** One for each table that was asked for. */
  readonly tables: readonly TablePlan[];
}

/** Where a table of these settings is. */
export function nameOf(resource: Resource, config: Config): TableName {
  return { schema: resource.schema ?? config.schema, table: resource.table };
}

/**
 * What has to be done to the database before documents of these tables fit. Only reads.
 * @throws {Failure} config
 */
export async function planTables(
  session: Session,
  config: Config,
  tables: readonly Table<Resource>[],
): Promise<DatabasePlan> {
  const names = tables.map(({ resource }) => nameOf(resource, config));
  refuseClashes(names);
  const catalog = await readCatalog(session, names);
  const plans: TablePlan[] = [];
  for (const [i, wanted] of tables.entries()) {
    const name = names[i] ?? nameOf(wanted.resource, config);
    refuseImpossible(wanted, name, catalog);
    plans.push(
      await planTable({
        dialect: duckdbDialect,
        name,
        wanted,
        existing: catalog.table(name),
        facts: factsOf(session, name),
      }),
    );
  }
  return {
    changes: [...newSchemas(plans, catalog), ...plans.flatMap(({ changes }) => changes)],
    tables: plans,
  };
}

/**
 * Statements that put a table in place of another one.
 * @throws {Failure} config when they are in different schemas, between which DuckDB moves nothing.
 */
export function replaceTableSql(table: TableName, by: TableName): readonly string[] {
  if (table.schema !== by.schema) {
    throw new Failure('config', `the table ${describeName(by)} is in another schema`, {
      where: `table ${describeName(table)}`,
    });
  }
  return [
    `DROP TABLE IF EXISTS ${quoteName(duckdbDialect, table)}`,
    `ALTER TABLE ${quoteName(duckdbDialect, by)} RENAME TO ${quote(table.table)}`,
  ];
}

/** Makes changes that were planned, in order. One that was made already is not made again. */
export async function applyChanges(session: Session, changes: readonly Change[]): Promise<void> {
  for (const change of changes) {
    if (!(await isMade(session, change))) await session.run(change.statement);
  }
}

/** Whether a change of a type was made. The other statements do nothing the second time. */
async function isMade(session: Session, change: Change & Partial<TableChange>): Promise<boolean> {
  const { table, retypes } = change;
  if (table === undefined || retypes === undefined) return false;
  const columns = (await readCatalog(session, [table])).table(table)?.columns ?? [];
  return columns.some(({ name, type }) => name === retypes.column && type === retypes.type);
}

function newSchemas(plans: readonly TablePlan[], catalog: Catalog): Change[] {
  const schemas = plans.filter(({ exists }) => exists).map(({ name }) => name.schema);
  return [...new Set(schemas)]
    .filter((schema) => !catalog.hasSchema(schema))
    .map((schema) => ({
      description: `create schema ${schema}`,
      statement: duckdbDialect.ddl.createSchema(quote(schema)),
    }));
}

function refuseClashes(names: readonly TableName[]): void {
  const seen = new Set<string>();
  for (const name of names) {
    const folded = duckdbDialect.fold(quoteName(duckdbDialect, name));
    if (seen.has(folded)) {
      throw new Failure('config', 'two streams go to one table', {
        where: `table ${describeName(name)}`,
        hint: 'Give one of them another table name.',
      });
    }
    seen.add(folded);
  }
}

function refuseImpossible(wanted: Table, name: TableName, catalog: Catalog): void {
  const where = `table ${describeName(name)}`;
  if (duckdbDialect.fold(name.table) === checkpointTableName) {
    throw new Failure('config', 'the name of this table is taken by that of the checkpoints', {
      where,
      hint: 'Give it another name.',
    });
  }
  if (catalog.hasView(name)) {
    throw new Failure('config', 'there is a view of this name', {
      where,
      hint: 'Give the table another name, or drop the view.',
    });
  }
  if (wanted.write === 'merge' && !wanted.columns.some(({ key }) => key)) {
    throw new Failure('config', 'rows cannot be merged without a key', {
      where,
      hint: 'Name the members that identify a document, or append all documents.',
    });
  }
}

function factsOf(session: Session, name: TableName): TableFacts {
  const table = quoteName(duckdbDialect, name);
  const where = `table ${describeName(name)}`;
  const isTrue = async (sql: string) => (await session.rows(sql, where))[0]?.[0] === true;
  return {
    isEmpty: () => isTrue(`SELECT count(*) = 0 FROM (SELECT 1 FROM ${table} LIMIT 1)`),
    holds: (column, condition) =>
      isTrue(duckdbDialect.holds(table, duckdbDialect.quote(column), condition)),
  };
}
