import { serveFivetranSource } from '@fairlead/host-fivetran';
import type {
  SchemaChange,
  SchemaResponse,
  Table,
  UpdateResponse,
} from '@fairlead/host-fivetran/protocol';
import type { Check } from '../check.ts';
import { fixtureCheck } from '../fixture-check.ts';
import type { SourceFixture } from '../source-suite-options.ts';
import { CommittedTables, type KeysByTable, placeOf } from './committed-tables.ts';
import { type FivetranClient, fivetranClient } from './fivetran-client.ts';
import type { FivetranSourceSuite } from './fivetran-suite.ts';

/** A source that is served by gRPC, with a fixture in place. */
export interface FivetranSourceRun {
  readonly fixture: SourceFixture;
  readonly client: FivetranClient;
  readonly configuration: Record<string, string>;
  /** Those that the fixture reads. */
  readonly tables: readonly PlacedTable[];
  /** Tables that have nothing yet. */
  empty(): CommittedTables;
  /** What a request for an update says, from what some tables have. */
  readonly request: (tables: CommittedTables) => UpdateContent;
  /** The messages of an update into some tables, to its end. */
  update(tables: CommittedTables): Promise<readonly UpdateResponse[]>;
}

/** A table of the answer to `Schema`, and the schema that it is in. */
export interface PlacedTable {
  readonly schema?: string;
  readonly table: Table;
}

type UpdateContent = NonNullable<Parameters<FivetranClient['update']>[0]>;

/** A check of a source that is served anew for it. */
export function fivetranSourceCheck(
  suite: FivetranSourceSuite,
  name: string,
  body: (run: FivetranSourceRun) => Promise<void>,
): Check {
  return fixtureCheck(
    name,
    () => suite.prepare(),
    (fixture) => withSource(suite, fixture, body),
  );
}

async function withSource(
  { source, between = (client) => client }: FivetranSourceSuite,
  fixture: SourceFixture,
  body: (run: FivetranSourceRun) => Promise<void>,
): Promise<void> {
  const options = { write: () => {}, pace: { everyMs: 0 } };
  await using served = await serveFivetranSource(source, options);
  await using own = fivetranClient(served);
  const client = between(own);
  const configuration = configurationOf(fixture);
  const { streams } = fixture;
  const tables = tablesIn((await client.schema(configuration)).response).filter(
    ({ table }) => streams?.includes(table.name) ?? true,
  );
  const request = ({ state }: CommittedTables): UpdateContent => ({
    configuration,
    selection: selectionOf(tables),
    ...(state === undefined ? {} : { stateJson: state }),
  });
  const keys = keysOf(tables);
  await body({
    empty: () => new CommittedTables(keys),
    fixture,
    client,
    configuration,
    tables,
    request,
    async update(into) {
      const messages: UpdateResponse[] = [];
      for await (const message of client.update(request(into))) {
        messages.push(message);
        into.take(message);
      }
      return messages;
    },
  });
}

/** Settings as Fivetran gives them: texts. */
export function configurationOf({ settings }: Pick<SourceFixture, 'settings'>) {
  return Object.fromEntries(
    Object.entries(Object(settings)).map(([name, value]) => [
      name,
      typeof value === 'string' ? value : JSON.stringify(value),
    ]),
  );
}

/** The tables of an answer to `Schema`, or of a change of schemas. */
export function tablesIn({
  case: level,
  value,
}: SchemaResponse['response'] | SchemaChange['change']): readonly PlacedTable[] {
  if (level === 'withoutSchema') return value.tables.map((table) => ({ table }));
  if (level !== 'withSchema') return [];
  return value.schemas.flatMap(({ name, tables }) =>
    tables.map((table) => ({ schema: name, table })),
  );
}

/** The name by which rows of a table are found. */
export function nameOf({ schema, table }: PlacedTable): string {
  return placeOf({ ...(schema === undefined ? {} : { schema }), table: table.name });
}

function keysOf(tables: readonly PlacedTable[]): KeysByTable {
  return Object.fromEntries(
    tables.map((placed) => [
      nameOf(placed),
      placed.table.columns.filter(({ primaryKey }) => primaryKey).map(({ name }) => name),
    ]),
  );
}

/** The selection of some tables, with all their columns, and of none beside them. */
export function selectionOf(
  tables: readonly PlacedTable[],
): NonNullable<UpdateContent['selection']> {
  const chosen = tables.map(({ schema, table }) => ({
    schema,
    table: { included: true, tableName: table.name, columns: {}, includeNewColumns: true },
  }));
  const names = [...new Set(chosen.flatMap(({ schema }) => schema ?? []))];
  if (names.length === 0) {
    const value = { tables: chosen.map(({ table }) => table), includeNewTables: false };
    return { selection: { case: 'withoutSchema', value } };
  }
  const schemas = names.map((schemaName) => ({
    included: true,
    schemaName,
    tables: chosen.filter(({ schema }) => schema === schemaName).map(({ table }) => table),
    includeNewTables: false,
  }));
  return { selection: { case: 'withSchema', value: { schemas, includeNewSchemas: false } } };
}
