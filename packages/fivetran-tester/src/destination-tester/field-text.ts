import { ByteWriter, encodeValue } from '@fairlead/json';
import type { ColumnType } from '../warehouse/column-type.ts';

/** A field of a batch file: a value of JSON, or that it stays what it is. */
export type Field = unknown;
export const unmodified = Symbol('unmodified');

/** How a file writes what no value can. */
export interface FieldWords {
  readonly nullText: string;
  readonly unmodifiedText: string;
}

/** A field as the CSV of a batch file has it: texts in quotes, all else as it is. */
export function fieldText(field: Field, type: ColumnType, words: FieldWords): string {
  if (field === null || field === undefined) return words.nullText;
  if (field === unmodified) return words.unmodifiedText;
  const text = plainText(field);
  const isQuoted = quotedTypes.has(type.name) || /[",\r\n]/.test(text);
  return isQuoted ? `"${text.replaceAll('"', '""')}"` : text;
}

const quotedTypes = new Set<string>(['STRING', 'JSON', 'XML', 'BINARY']);

function plainText(field: Field): string {
  if (typeof field === 'string') return field;
  const bytes = new ByteWriter();
  encodeValue(field, bytes);
  return Buffer.from(bytes.take()).toString();
}
