import { create } from '@bufbuild/protobuf';
import { fullName } from '../names/resource-name.ts';
import { ValueSchema, type Value } from '../protocol/document.gen.ts';
import type { FieldReference } from '../protocol/query.gen.ts';
import type { StoredDocument } from '../store/stored-document.ts';
import { parseFieldPath, valueAt, type FieldPath } from '../values/field-path.ts';
import { invalid } from '../invalid.ts';

/** A field of a query, or the name of the document. */
export type Operand = { readonly path: FieldPath; readonly text: string } | 'name';

/** What a reference means. @throws {GrpcError} invalid argument */
export function operandOf(reference: FieldReference | undefined): Operand {
  if (reference === undefined) throw invalid('A query names no field where it must.');
  const text = reference.fieldPath;
  return text === '__name__' ? 'name' : { path: parseFieldPath(text), text };
}

/** The value of an operand in a document of `database`; undefined where the field is missing. */
export function readOperand(
  operand: Operand,
  document: StoredDocument,
  database: string,
): Value | undefined {
  if (operand !== 'name') return valueAt(document.fields, operand.path);
  const value = fullName(database, document.path);
  return create(ValueSchema, { type: { case: 'referenceValue', value } });
}

/** Whether two operands are the same. */
export function sameOperand(a: Operand, b: Operand): boolean {
  if (a === 'name' || b === 'name') return a === b;
  return a.path.length === b.path.length && a.path.every((part, index) => part === b.path[index]);
}
