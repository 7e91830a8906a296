import { parsePointer, type ProjectedColumn } from '@fairlead/json';
import { columnForm, type EffectiveColumn } from '@fairlead/sql-materialize';

/** What a projector has to take out of documents for these columns. */
export function projectedColumns(columns: readonly EffectiveColumn[]): ProjectedColumn[] {
  return columns.map(({ column, type }) => ({
    pointer: parsePointer(column.pointer),
    form: columnForm(type).form,
  }));
}

/** How it is found out which columns a patch replaces. */
export interface PatchColumns {
  /** Columns that are staged only so that their presence is seen. They come after the others. */
  readonly witnesses: readonly ProjectedColumn[];
  /** For each column, the number of the one whose presence means that the patch replaces it. */
  readonly witnessOf: readonly number[];
}

/**
 * A patch replaces members of a document as a whole. So a column that is inside of a member is replaced,
 * by null if need be, when the patch has that member.
 */
export function patchColumns(columns: readonly ProjectedColumn[]): PatchColumns {
  const numbers = new Map<string, number>();
  for (const [i, { pointer }] of columns.entries()) {
    const [member] = pointer;
    if (pointer.length === 1 && member !== undefined) numbers.set(member, i);
  }
  const witnesses: ProjectedColumn[] = [];
  const witnessOf = columns.map(({ pointer }, i) => {
    const [member] = pointer;
    if (pointer.length <= 1 || member === undefined) return i;
    const known = numbers.get(member);
    if (known !== undefined) return known;
    const number = columns.length + witnesses.length;
    numbers.set(member, number);
    witnesses.push({ pointer: [member], form: 'raw' });
    return number;
  });
  return { witnesses, witnessOf };
}
