import { create } from '@bufbuild/protobuf';
import { fullName } from '../names/resource-name.ts';
import { DocumentSchema, type Document, type Field } from '../protocol/document.gen.ts';
import { timestampOf, type Micros } from '../time/micros.ts';
import { pickFields, type FieldPath } from '../values/field-path.ts';

/** One version of a document. Never changed once it is in the store. */
export interface StoredDocument {
  /** Relative to the root of the documents, such as `users/ada`. */
  readonly path: string;
  readonly fields: readonly Field[];
  readonly createdAt: Micros;
  readonly updatedAt: Micros;
}

/** The document as it is sent, with all fields or only those of a mask. */
export function toMessage(
  database: string,
  document: StoredDocument,
  mask?: readonly FieldPath[],
): Document {
  const fields = mask === undefined ? document.fields : pickFields(document.fields, mask);
  return create(DocumentSchema, {
    name: fullName(database, document.path),
    fields: [...fields],
    createTime: timestampOf(document.createdAt),
    updateTime: timestampOf(document.updatedAt),
  });
}
