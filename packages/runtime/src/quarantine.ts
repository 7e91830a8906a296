import { ByteWriter, encodeValue, type JsonSchema } from '@fairlead/json';
import { DocumentsBuilder, startOf, type Column, type Documents, type Table } from '@fairlead/sdk';
import type { Misfit } from './gate.ts';

/** The table into which documents go that do not fit their own. */
export const quarantineName = 'fairlead_quarantine';

const text: JsonSchema = { type: 'string' };
const columns: readonly (readonly [name: string, schema: JsonSchema])[] = [
  ['stream', text],
  ['field', text],
  ['reason', text],
  ['quarantined_at', { type: 'string', format: 'date-time' }],
  // The document's own text, to the letter.
  ['document', text],
];

/** The quarantine table, for a destination that calls it `resource`. */
export function quarantineTable(resource: unknown): Table {
  return {
    resource,
    write: 'append',
    deletes: 'ignore',
    columns: columns.map(([name, schema]): Column => ({
      name,
      pointer: `/${name}`,
      schema,
      key: false,
    })),
  };
}

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** A row of the quarantine table for each document that was kept out. */
export function quarantineRows(
  stream: string,
  documents: Documents,
  misfits: readonly Misfit[],
  at: Date,
): Documents {
  const rows = new DocumentsBuilder();
  const line = new ByteWriter();
  for (const { document, field, reason } of misfits) {
    const bytes = documents.bytes.subarray(
      startOf(documents, document),
      (documents.ends[document] ?? 1) - 1,
    );
    encodeValue(
      { stream, field, reason, quarantined_at: at, document: decoder.decode(bytes) },
      line,
    );
    line.byte(0x0a);
    rows.addLine(line.take());
  }
  return rows.take();
}
