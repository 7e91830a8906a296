import { Failure, type Column } from '@fairlead/sdk';
import type { Dialect, StoredType } from './dialect.ts';
import type { FlatType } from './flat-type.ts';
import { describeName, quoteName } from './table-plan.ts';
import type {
  EffectiveColumn,
  ExistingColumn,
  TableChange,
  TableFacts,
  TableName,
} from './table-plan.ts';
import { sameType, widenings } from './widen.ts';

export interface PlannedColumn {
  readonly changes: readonly TableChange[];
  readonly column: EffectiveColumn;
}

/**
 * What has to be done to a column that is there. It keeps its type where that holds what is to
 * come; `wanted` is undefined while only nulls are known.
 * @throws {Failure} config where no type holds both what is stored and what is to come.
 */
export async function planColumn(
  table: { readonly dialect: Dialect; readonly name: TableName; readonly facts: TableFacts },
  existing: ExistingColumn,
  column: Column,
  wanted: FlatType | undefined,
): Promise<PlannedColumn> {
  const { dialect, name } = table;
  const quoted = { table: quoteName(dialect, name), column: dialect.quote(existing.name) };
  const changes: TableChange[] = [];
  if (!existing.nullable && !column.key) {
    changes.push({
      table: name,
      description: `let column ${existing.name} of table ${describeName(name)} be null`,
      statement: dialect.ddl.dropNotNull(quoted.table, quoted.column),
    });
  }
  const stored = dialect.parseType(existing.type);
  const type = await chooseType(table, existing, stored, wanted);
  const kept = stored.is !== 'narrow' && stored.is !== 'foreign' && sameType(stored, type);
  const sqlType = kept ? existing.type : dialect.typeOf(type);
  if (!kept) {
    const value = dialect.cast(quoted.column, stored, type);
    const statement =
      value === undefined
        ? undefined
        : dialect.ddl.changeType(quoted.table, quoted.column, sqlType, value);
    if (statement === undefined) throw cannotHold(name, existing, dialect, wanted);
    changes.push({
      table: name,
      description: `change column ${existing.name} of table ${describeName(name)} from ${existing.type} to ${sqlType}`,
      statement,
      retypes: { column: existing.name, type: sqlType },
    });
  }
  return { changes, column: { column, name: existing.name, type, sqlType } };
}

async function chooseType(
  { dialect, name, facts }: { dialect: Dialect; name: TableName; facts: TableFacts },
  existing: ExistingColumn,
  stored: StoredType,
  wanted: FlatType | undefined,
): Promise<FlatType> {
  if (stored.is === 'foreign') throw cannotHold(name, existing, dialect, wanted);
  const before = stored.is === 'narrow' ? stored.within : stored;
  if (wanted === undefined) return before;
  for (const { type, provided } of widenings(before, wanted)) {
    if (provided === undefined || (await facts.holds(existing.name, provided))) return type;
  }
  throw cannotHold(name, existing, dialect, wanted);
}

function cannotHold(
  name: TableName,
  existing: ExistingColumn,
  dialect: Dialect,
  wanted: FlatType | undefined,
): Failure {
  const asked = wanted === undefined ? 'values of any kind' : `${dialect.typeOf(wanted)} values`;
  return new Failure(
    'config',
    `column ${existing.name} of type ${existing.type} cannot take ${asked} without loss`,
    {
      where: `table ${describeName(name)}`,
      hint: 'Change its type, rename or drop it yourself, or name another table.',
    },
  );
}
