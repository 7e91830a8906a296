import { decodeValue, extract, type ByteRange } from '@fairlead/json';
import type { StreamPreview } from '@fairlead/runtime';
import { typeOf } from './column-types.ts';
import { fit, printable } from './printable.ts';
import { renderTable } from './render-table.ts';
import { renderChanges } from './verbs/plan.ts';

/** A stream's first rows, its columns with their types, and the statements to come, for a person. */
export function renderPreview(preview: StreamPreview): string {
  const { stream, table, columns, documents, changes } = preview;
  const rows = documents.map((document) => columns.map(({ name }) => cell(document, name)));
  const types = columns.map(({ name, schema, key }) => [name, typeOf(schema), key ? 'key' : '']);
  return [
    `stream ${printable(stream)}, table ${printable(table)}\n`,
    documents.length === 0
      ? 'no rows\n'
      : renderTable(
          columns.map(({ name }) => ({ title: name })),
          rows,
        ),
    ...(columns.length === 0
      ? []
      : [renderTable([{ title: 'column' }, { title: 'type' }, { title: '' }], types)]),
    changes.length === 0 ? '-- nothing to do\n' : renderChanges(changes),
  ].join('\n');
}

/** A cell shows so much of a long value. */
const cellWidth = 32;

function cell(document: Uint8Array, column: string): string {
  const found = valueOf(document, column);
  if (found === undefined) return '';
  const value = decodeValue(document, found.start, found.end);
  // What is no text is shown as it is written, with every digit.
  const raw = () => Buffer.from(document.subarray(found.start, found.end)).toString('utf8');
  return fit(typeof value === 'string' ? value.replaceAll('\n', ' ') : raw(), cellWidth);
}

/** The value of a column: a member of its name or, for the column `a_b` of a nested key, `b` in `a`. */
function valueOf(document: Uint8Array, column: string): ByteRange | undefined {
  const paths = [[column]];
  for (let at = column.indexOf('_'); at >= 0; at = column.indexOf('_', at + 1)) {
    paths.push([column.slice(0, at), column.slice(at + 1)]);
  }
  for (const path of paths) {
    const found = extract(document, 0, document.length, path);
    if (found !== undefined) return found;
  }
  return undefined;
}
