import { inferShape, schemaOf } from '@fairlead/json';
import { isFreeName, isPosition, type Column } from '../columns.ts';
import type { StreamSettings } from '../settings.ts';
import type { Page } from '../wire/page.ts';

/** Columns for what is in `data`, and the members that have none because their values are of several types. */
export interface InferredColumns {
  readonly columns: readonly Column[];
  readonly mixed: readonly string[];
}

/**
 * A column for each member that `data` has in some of these rows, in the order in which they were first seen, if its values
 * are of one type; integers and other numbers are of one. None is required. One whose name is not free has `data_` before it; a member that has a column already gets
 * no other.
 */
export function inferColumns(
  { lines, ends }: Pick<Page, 'lines' | 'ends'>,
  { columns: asked, deletionColumn }: Pick<StreamSettings, 'columns' | 'deletionColumn'>,
): InferredColumns {
  const data = inferShape({ bytes: lines, ends }, { maxDepth: 2 }).properties?.get('data');
  const columns: Column[] = [];
  const mixed: string[] = [];
  const taken = new Set(asked.map(({ name }) => name));
  const covered = new Set(asked.map(({ path }) => JSON.stringify(path)));
  for (const [member, shape] of data?.properties ?? []) {
    const path = ['data', member];
    // A name that looks like a place in an array cannot be written in a path.
    if (covered.has(JSON.stringify(path)) || isPosition(member)) continue;
    const { type, format } = schemaOf(shape);
    const types = [type].flat().filter((name) => name !== 'null');
    const [only] = types;
    if (types.length !== 1 || !isColumnType(only)) {
      if (types.length > 1) mixed.push(member);
      continue;
    }
    const name = nameFor(member, taken, deletionColumn);
    taken.add(name);
    columns.push({
      name,
      path,
      type: only,
      ...(typeof format === 'string' ? { format } : {}),
      required: false,
    });
  }
  return { columns, mixed };
}

function nameFor(member: string, taken: ReadonlySet<string>, deletionColumn: string | undefined) {
  let name = member;
  while (!isFreeName(name, deletionColumn) || taken.has(name)) name = `data_${name}`;
  return name;
}

const columnTypes = ['string', 'number', 'integer', 'boolean', 'object', 'array'] as const;

function isColumnType(type: unknown): type is Column['type'] {
  return columnTypes.some((known) => known === type);
}
