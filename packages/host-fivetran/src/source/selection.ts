import { Failure } from '@fairlead/sdk';
import type { Selection, TableSelection } from '../protocol/connector_sdk.gen.ts';
import type { SourceTable } from './source-table.ts';
import type { WantsColumn } from './table-columns.ts';

/** A table that is to be read. */
export interface ChosenTable {
  readonly table: SourceTable;
  readonly wants: WantsColumn;
}

/** What a user wants of what a source offers. */
export interface Chosen {
  readonly tables: readonly ChosenTable[];
  /** Tables that a user wants and the source does not offer. */
  readonly missing: readonly string[];
}

/**
 * What a selection chooses, in the order of the tables; everything without one. What it does not name
 * is chosen where it includes what is new.
 * @throws {Failure} config, for a selection of schemas where there are none, or the other way round.
 */
export function choose(
  tables: readonly SourceTable[],
  selection: Selection | undefined,
  leveled: boolean,
): Chosen {
  const content = selection?.selection;
  if (content === undefined || content.case === undefined) {
    return { tables: tables.map((table) => ({ table, wants: () => true })), missing: [] };
  }
  if ((content.case === 'withSchema') !== leveled) throw otherLevels(leveled);
  const rules =
    content.case === 'withoutSchema'
      ? [{ ...content.value, schema: undefined }]
      : content.value.schemas.map((rule) => ({
          ...rule,
          schema: rule.schemaName,
          tables: rule.included ? rule.tables : [],
          includeNewTables: rule.included && rule.includeNewTables,
        }));
  const newSchemas = content.case === 'withSchema' && content.value.includeNewSchemas;
  const chosen = tables.flatMap((table) => {
    const rule = rules.find(({ schema }) => schema === table.schema);
    if (rule === undefined) return newSchemas ? [{ table, wants: () => true }] : [];
    const named = rule.tables.find(({ tableName }) => tableName === table.name);
    if (named === undefined) return rule.includeNewTables ? [{ table, wants: () => true }] : [];
    return named.included ? [{ table, wants: wantsOf(named) }] : [];
  });
  const missing = rules.flatMap((rule) =>
    rule.tables
      .filter(({ included, tableName }) => {
        const isIt = ({ name, schema }: SourceTable) =>
          name === tableName && schema === rule.schema;
        return included && !tables.some(isIt);
      })
      .map(({ tableName }) =>
        rule.schema === undefined ? tableName : `${rule.schema}.${tableName}`,
      ),
  );
  return { tables: chosen, missing };
}

function wantsOf({ columns, includeNewColumns }: TableSelection): WantsColumn {
  const named = new Map(Object.entries(columns));
  return (name) => named.get(name) ?? includeNewColumns;
}

function otherLevels(leveled: boolean): Failure {
  const [has, given] = leveled ? ['schemas', 'tables alone'] : ['tables alone', 'schemas'];
  return new Failure('config', `the source has ${has}, and ${given} were chosen`, {
    where: 'selection',
    hint: 'Reload the schema of the connection, and choose anew.',
  });
}
