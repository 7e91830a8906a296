import type { SqlColumn } from '@fairlead/sdk';

/** The columns that Fivetran's tables have beside their own. Hosts of other platforms do not know them. */
export const synced = '_fivetran_synced';
export const deleted = '_fivetran_deleted';
export const started = '_fivetran_start';
export const ended = '_fivetran_end';
export const active = '_fivetran_active';

/** What a table has in history mode, which keeps every version of a row; the start of one belongs to the key. */
export const historyColumns: readonly SqlColumn[] = [
  { name: started, type: { is: 'instant' }, key: true },
  { name: ended, type: { is: 'instant' }, key: false },
  { name: active, type: { is: 'boolean' }, key: false },
];

/** The end of a version that is active. */
export const endOfTime = '9999-12-31T23:59:59.999Z';
/** The start and end of a version of which nothing is known but that it is over. */
export const beginOfTime = '0001-01-01T00:00:00Z';

export function isHistoryColumn(name: string): boolean {
  return historyColumns.some((column) => column.name === name);
}
