import type { SyncReport } from '@fairlead/host-fivetran';
import type { TableCount } from '@fairlead/fivetran-tester';
import { renderTable } from '../render-table.ts';

/** One call of a function, and what came of it. */
export interface CallFacts {
  readonly call: number;
  readonly inserted: number;
  readonly deleted: number;
  /** Of the answer. */
  readonly bytes: number;
  /** How long the answer took. */
  readonly ms: number;
  readonly hasMore: boolean;
}

/** How a sync has gone. */
export interface SyncOutcome {
  readonly report: SyncReport;
  readonly calls: readonly CallFacts[];
  /** What the warehouse has now. */
  readonly tables: readonly TableCount[];
  /** Where the state is. */
  readonly state: string;
}

/** The outcome as JSON on one line, without the failure, which is told apart. */
export function jsonOfSync({ report, calls, tables, state }: SyncOutcome): string {
  const { ended, inserted, deleted } = report;
  return `${JSON.stringify({ ended, calls, inserted, deleted, tables, state })}\n`;
}

/** The tables and their rows, and in one line what the sync did. */
export function renderSync({ report, tables, state }: SyncOutcome): string {
  const { ended, calls, inserted, deleted } = report;
  const columns = [
    { title: 'table' },
    { title: 'rows', align: 'right' },
    { title: 'deleted', align: 'right' },
  ] as const;
  const rows = tables.map(({ schema, table, rows: count, deleted: gone }) => [
    `${schema}.${table}`,
    String(count),
    String(gone),
  ]);
  const list = rows.length === 0 ? 'there are no tables\n' : renderTable(columns, rows);
  const counts = `${counted(inserted, 'row')} inserted, ${deleted} deleted`;
  const more = ended === 'out-of-time' ? ', and there is more for the next sync' : '';
  return `${list}\n${counted(calls, 'call')}, ${counts}${more}; the state is in ${state}\n`;
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
