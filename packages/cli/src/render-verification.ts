import { isSame, type StreamVerification } from '@fairlead/runtime';
import type { KeySample } from '@fairlead/sdk';
import { printable } from './printable.ts';
import { formatCount } from './quantities.ts';
import { renderTable, type TableColumn } from './render-table.ts';

/** Which documents streams and tables have, for a person: a line for each stream, and one for each difference. */
export function renderVerification(streams: readonly StreamVerification[]): string {
  const columns: TableColumn[] = [
    { title: 'stream' },
    { title: 'table' },
    { title: 'in the source', align: 'right' },
    { title: 'in the table', align: 'right' },
    { title: 'missing', align: 'right' },
    { title: 'surplus', align: 'right' },
    { title: 'result' },
  ];
  const rows = streams.map((stream) => {
    const { source, keys, missing, surplus } = stream.comparison;
    return [
      stream.stream,
      stream.table,
      ...[source, keys, missing.count, surplus.count].map(formatCount),
      isSame(stream) ? 'same' : 'different',
    ];
  });
  const remarks = streams.flatMap(remarksOn).map((line) => `${line}\n`);
  const space = remarks.length === 0 ? '' : '\n';
  return `${renderTable(columns, rows)}${space}${remarks.join('')}`;
}

function remarksOn({ stream, table, write, comparison }: StreamVerification): string[] {
  const { rows, keys, missing, surplus } = comparison;
  const repeated = rows - keys;
  return [
    ...(missing.count === 0 ? [] : [`${printable(stream)}: not in the table: ${listOf(missing)}`]),
    ...(surplus.count === 0 ? [] : [`${printable(stream)}: not in the source: ${listOf(surplus)}`]),
    ...(repeated === 0 || write === 'append'
      ? []
      : [`${printable(table)}: ${formatCount(repeated)} rows have the key of another one`]),
  ];
}

function listOf({ count, examples }: KeySample): string {
  const rest = count - examples.length;
  const shown = examples.map((key) => printable(plain(key))).join(', ');
  return rest === 0 ? shown : `${shown} and ${formatCount(rest)} more`;
}

/** A key of one part without its brackets. */
function plain(key: string): string {
  const parts = JSON.parse(key) as readonly unknown[];
  return parts.length === 1 ? key.slice(1, -1) : key;
}
