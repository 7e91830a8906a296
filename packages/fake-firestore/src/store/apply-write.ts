import { documentPlace, checkWritable } from '../names/resource-name.ts';
import type { Value } from '../protocol/document.gen.ts';
import type { FieldTransform, Precondition, Write } from '../protocol/write.gen.ts';
import { GrpcError, Status } from '@fairlead/grpc';
import { invalid } from '../invalid.ts';
import { microsOf, type Micros } from '../time/micros.ts';
import { checkDocumentSize, storable } from '../values/check-fields.ts';
import { parseFieldPath, valueAt, withValueAt } from '../values/field-path.ts';
import { sameFields } from '../values/same-fields.ts';
import type { StoredDocument } from './stored-document.ts';
import { transformed } from './transforms.ts';

/** What a write makes of a document. */
export interface Written {
  /** The very object that was there when nothing changes; undefined when the document is deleted. */
  readonly document: StoredDocument | undefined;
  readonly transformResults: readonly Value[];
}

/** The document that a write is about. @throws {GrpcError} invalid argument */
export function writeTarget({ operation }: Write): string {
  switch (operation.case) {
    case 'update':
      return operation.value.name;
    case 'delete':
      return operation.value;
    case 'transform':
      return operation.value.document;
    case undefined:
      throw invalid('A write has no operation that this server knows.');
  }
}

/**
 * What becomes of `current` by a write that is committed at `at`.
 * @throws {GrpcError} when a precondition does not hold, or the document may not be stored
 */
export function applyWrite(
  write: Write,
  path: string,
  current: StoredDocument | undefined,
  at: Micros,
): Written {
  checkPrecondition(write.currentDocument, path, current);
  const { operation } = write;
  if (operation.case === 'delete') return { document: undefined, transformResults: [] };
  checkWritable(path);

  const base = current?.fields ?? [];
  const given = operation.case === 'update' ? storable(operation.value.fields) : [];
  const mask = write.updateMask?.fieldPaths.map(parseFieldPath);
  if (mask === undefined && operation.case === 'update') {
    return finish(given, write.updateTransforms, path, current, at);
  }
  let merged = base;
  for (const part of mask ?? []) merged = withValueAt(merged, part, valueAt(given, part));
  const transforms =
    operation.case === 'transform' ? operation.value.fieldTransforms : write.updateTransforms;
  return finish(merged, transforms, path, current, at);
}

function finish(
  fields: StoredDocument['fields'],
  transforms: readonly FieldTransform[],
  path: string,
  current: StoredDocument | undefined,
  at: Micros,
): Written {
  const { fields: next, results } = transformed(fields, transforms, at);
  checkDocumentSize(path, next);
  if (current !== undefined && sameFields(current.fields, next)) {
    return { document: current, transformResults: results };
  }
  const createdAt = current?.createdAt ?? at;
  const document = { path, fields: next, createdAt, updatedAt: at };
  return { document, transformResults: results };
}

function checkPrecondition(
  precondition: Precondition | undefined,
  path: string,
  current: StoredDocument | undefined,
): void {
  const condition = precondition?.condition;
  if (condition?.case === 'exists' && condition.value && current === undefined) {
    throw new GrpcError(Status.NOT_FOUND, `No document to update: ${path}`);
  }
  if (condition?.case === 'exists' && !condition.value && current !== undefined) {
    throw new GrpcError(Status.ALREADY_EXISTS, `Document already exists: ${path}`);
  }
  if (condition?.case === 'updateTime' && current?.updatedAt !== microsOf(condition.value)) {
    const text =
      current === undefined
        ? `No document to update: ${path}`
        : `The document ${path} was updated at another time than the request requires.`;
    throw new GrpcError(
      current === undefined ? Status.NOT_FOUND : Status.FAILED_PRECONDITION,
      text,
    );
  }
}

/** The path within the database, of a write to it. @throws {GrpcError} invalid argument */
export function pathIn(database: string, write: Write): string {
  const place = documentPlace(writeTarget(write));
  if (place.database === database) return place.path;
  throw invalid(`A write to ${place.database} cannot be part of a request for ${database}.`);
}
