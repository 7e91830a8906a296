import { Op, selectDocuments, type Documents, type Table } from '@fairlead/sdk';

/** The two ways into a table, each with its documents, if any. */
export interface Route {
  /** They become rows at once. */
  readonly direct: Documents | undefined;
  /** They change rows, and wait for the commit, where the last one of a key counts. */
  readonly staged: Documents | undefined;
}

/** Which way documents go. Deletes that mean nothing to the table go neither. */
export function route(
  { write, deletes }: Pick<Table, 'write' | 'deletes'>,
  documents: Documents,
): Route {
  const { ops } = documents;
  if (write === 'append') {
    const keeps = deletes === 'soft' || ops === undefined || !ops.includes(Op.delete);
    return {
      direct: some(keeps ? documents : without(documents, Op.delete)),
      staged: undefined,
    };
  }
  if (ops === undefined) return { direct: undefined, staged: some(documents) };
  const inserts = ops.reduce((count, op) => (op === Op.insert ? count + 1 : count), 0);
  if (inserts === ops.length) return { direct: some(documents), staged: undefined };
  const dropsDeletes = deletes === 'ignore' && ops.includes(Op.delete);
  if (inserts === 0 && !dropsDeletes) return { direct: undefined, staged: some(documents) };
  return {
    direct: some(selectDocuments(documents, (index) => ops[index] === Op.insert)),
    staged: some(
      selectDocuments(documents, (index) => {
        const op = ops[index];
        return op !== Op.insert && !(dropsDeletes && op === Op.delete);
      }),
    ),
  };
}

function without(documents: Documents, op: Op): Documents {
  return selectDocuments(documents, (index) => documents.ops?.[index] !== op);
}

function some(documents: Documents): Documents | undefined {
  return documents.ends.length === 0 ? undefined : documents;
}
