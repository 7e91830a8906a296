import type { StoredRow } from '@fairlead/testkit';
import type { FixtureTransaction } from './drive-session.ts';
import type { DriveCollection } from './drive-spec.ts';
import type { TestDocument } from './drive-transaction.ts';

/** Accounts whose balances are summed, and a log of the same changes that only grows. */
export const collections: readonly DriveCollection[] = [
  {
    name: 'acmeCo/accounts',
    key: ['/id'],
    resource: { table: 'accounts' },
    schema: {
      type: 'object',
      required: ['id', 'balance'],
      properties: {
        id: { type: 'string' },
        balance: { type: 'integer' },
        at: { type: 'string', format: 'date-time' },
        _meta: { type: 'object', properties: { op: { type: 'string' } } },
      },
    },
    fields: ['balance', 'at', '_meta/op'],
  },
  {
    name: 'acmeCo/log',
    key: ['/id', '/seq'],
    resource: { table: 'log', delta_updates: true },
    schema: {
      type: 'object',
      required: ['id', 'seq'],
      properties: { id: { type: 'string' }, seq: { type: 'integer' }, change: { type: 'integer' } },
    },
  },
];

export function total(before: TestDocument, after: TestDocument): TestDocument {
  if (!('balance' in after)) return after;
  const opened = (before['_meta'] as { op?: string } | undefined)?.op !== 'd';
  const balance = (opened ? Number(before['balance']) : 0) + Number(after['balance']);
  return { ...before, ...after, balance };
}

/** So many transactions with some changes each; the second is empty, and accounts are closed and opened again. */
export function makeTransactions(count: number, changes: number): FixtureTransaction[] {
  let seq = 0;
  return Array.from({ length: count }, (_, number) =>
    Array.from({ length: number === 1 ? 0 : changes }, (_change, change) => {
      seq++;
      const id = `account ${(number * 7 + change * 3) % (changes + 3)}`;
      const op = seq % 5 === 0 ? 'd' : 'u';
      const at = new Date(Date.UTC(2024, 0, 1) + seq * 1000).toISOString();
      return [
        { collection: 'acmeCo/accounts', document: { id, balance: seq, at, _meta: { op } } },
        { collection: 'acmeCo/log', document: { id, seq, change: seq } },
      ];
    }).flat(),
  );
}

/** What the accounts have to be in the end: one line each. */
export function expectedAccounts(
  transactions: readonly FixtureTransaction[],
  reduce: (before: TestDocument, after: TestDocument) => TestDocument,
  hardDelete: boolean,
): string[] {
  const rows = new Map<unknown, { document: TestDocument }>();
  for (const transaction of transactions) {
    const touched = new Map<unknown, { document: TestDocument; reduced: boolean }>();
    for (const { collection, document } of transaction) {
      if (collection !== 'acmeCo/accounts') continue;
      const { id } = document;
      const before = touched.get(id)?.document ?? rows.get(id)?.document;
      const next = before === undefined ? document : reduce(before, document);
      touched.set(id, { document: next, reduced: before !== undefined });
    }
    for (const [id, { document, reduced }] of touched) {
      const isDelete = (document['_meta'] as { op?: string }).op === 'd' && reduced;
      if (hardDelete && isDelete) rows.delete(id);
      else rows.set(id, { document });
    }
  }
  return [...rows.values()].map(({ document }) => describe(document)).sort();
}

/** What the log has to be in the end. */
export function expectedLog(transactions: readonly FixtureTransaction[]): string[] {
  const entries = transactions.flat().filter(({ collection }) => collection === 'acmeCo/log');
  return entries
    .map(({ document }) => `${String(document['id'])} ${String(document['seq'])}`)
    .sort();
}

export function accountsIn(rows: readonly StoredRow[] | null): string[] {
  return (rows ?? [])
    .map(({ values }) => {
      const document = values['flow_document'] as TestDocument;
      const { id, balance, at } = values;
      const op = values['_meta/op'];
      // Each column has what the document has.
      return describe({ ...document, id, balance, at, _meta: { op } });
    })
    .sort();
}

export function logIn(rows: readonly StoredRow[] | null): string[] {
  return (rows ?? [])
    .map(({ values }) => `${String(values['id'])} ${String(values['seq'])}`)
    .sort();
}

function describe({ id, balance, at, _meta }: TestDocument): string {
  return `${String(id)}: ${String(balance)}, ${String(at)}, ${JSON.stringify(_meta)}`;
}
