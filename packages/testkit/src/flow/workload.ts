import type { FixtureTransaction, Reduce, TestDocument } from '@fairlead/host-flow';
import type { CommitPattern } from '@fairlead/sdk';
import { canonicalValue } from '../same-value.ts';
import type { TableWish } from './materialization-run.ts';

/** Accounts whose balances are summed where nothing comes twice. */
export const accounts: TableWish = {
  name: 'accounts',
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
};

/** A line for every change of an account. */
export const changeLog: TableWish = {
  name: 'change_log',
  key: ['/id', '/seq'],
  deltaUpdates: true,
  schema: {
    type: 'object',
    required: ['id', 'seq'],
    properties: { id: { type: 'string' }, seq: { type: 'integer' } },
  },
};

/** Some changes in each of so many transactions, of which the second is empty. */
export function changesOf(count: number, perTransaction: number): FixtureTransaction[] {
  let seq = 0;
  return Array.from({ length: count }, (_, number) =>
    Array.from({ length: number === 1 ? 0 : perTransaction }, (_change, change) => {
      seq++;
      const id = `account ${(number * 5 + change * 3) % (perTransaction + 2)}`;
      const op = seq % 4 === 0 ? 'd' : 'u';
      const at = new Date(Date.UTC(2024, 0, 1) + seq * 1000).toISOString();
      return [
        { collection: 'acmeCo/accounts', document: { id, balance: seq, at, _meta: { op } } },
        { collection: 'acmeCo/change_log', document: { id, seq } },
      ];
    }).flat(),
  );
}

/** How two documents of one account become one: summed, or the later one where they may come twice. */
export function reduceFor(commits: CommitPattern): Reduce {
  if (commits === 'at-least-once') return (_, after) => after;
  return (before, after) => {
    const opened = isDeleted(before) ? 0 : Number(before['balance']);
    return { ...before, ...after, balance: opened + Number(after['balance']) };
  };
}

/** What a destination has of the accounts after all transactions, as `loadAll` tells it. */
export function expectedAccounts(
  transactions: readonly FixtureTransaction[],
  reduce: Reduce,
  hardDelete: boolean,
): string[] {
  const rows = new Map<unknown, TestDocument>();
  for (const transaction of transactions) {
    const touched = new Map<unknown, { document: TestDocument; isReduced: boolean }>();
    for (const { collection, document } of transaction) {
      if (collection !== 'acmeCo/accounts') continue;
      const { id } = document;
      const before = touched.get(id)?.document ?? rows.get(id);
      const next = before === undefined ? document : reduce(before, document);
      touched.set(id, { document: next, isReduced: before !== undefined });
    }
    for (const [id, { document, isReduced }] of touched) {
      if (hardDelete && isReduced && isDeleted(document)) rows.delete(id);
      else rows.set(id, document);
    }
  }
  return [...rows.values()].map((document) => canonicalValue(document)).sort();
}

/** A document for every account there is. */
export function accountKeys(transactions: readonly FixtureTransaction[]): TestDocument[] {
  const ids = transactions.flat().map(({ document }) => document['id']);
  return [...new Set(ids)].map((id) => ({ id }));
}

/** What the log has to have, a line for each change. */
export function expectedLog(transactions: readonly FixtureTransaction[]): string[] {
  const changes = transactions.flat().filter(({ collection }) => collection.endsWith('change_log'));
  return changes.map(({ document }) => logLine(document)).sort();
}

/** A row of the log as one text. */
export function logLine({ id, seq }: Readonly<Record<string, unknown>>): string {
  return `${String(id)} ${String(seq)}`;
}

function isDeleted(document: TestDocument): boolean {
  // Documents of this workload are all of one form.
  return (document['_meta'] as { readonly op?: string } | undefined)?.op === 'd';
}
