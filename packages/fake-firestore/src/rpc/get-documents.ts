import { databaseName, documentPlace, fullName } from '../names/resource-name.ts';
import { DocumentSchema, type DocumentMask } from '../protocol/document.gen.ts';
import {
  BatchGetDocumentsRequestSchema,
  BatchGetDocumentsResponseSchema,
  GetDocumentRequestSchema,
} from '../protocol/reads.gen.ts';
import { GrpcError, Status } from '@fairlead/grpc';
import { invalid } from '../invalid.ts';
import { toMessage } from '../store/stored-document.ts';
import { timestampOf } from '../time/micros.ts';
import { parseFieldPath, type FieldPath } from '../values/field-path.ts';
import { snapshotFor } from './context.ts';
import { MessageBatch } from './message-batch.ts';
import { method } from './method.ts';

/** One document. Billed as one read, there or not. */
export const getDocument = method(GetDocumentRequestSchema, async (context, request, answer) => {
  const { database, path } = documentPlace(request.name);
  const { at, transaction } = snapshotFor(context, database, request.consistency);
  transaction?.paths.add(path);
  const document = context.store.database(database).read(path, at);
  answer.bill(1);
  if (document === undefined) {
    throw new GrpcError(Status.NOT_FOUND, `Document "${request.name}" not found.`);
  }
  await answer.send(DocumentSchema, toMessage(database, document, maskOf(request.mask)));
});

/** Many documents, each once, in the order they were asked for. Billed as one read each. */
export const batchGetDocuments = method(
  BatchGetDocumentsRequestSchema,
  async (context, request, answer) => {
    const database = databaseName(request.database);
    const { at, transaction, begun } = snapshotFor(context, database, request.consistency);
    const mask = maskOf(request.mask);
    const batch = new MessageBatch(answer);
    const readTime = timestampOf(at);
    if (begun && transaction !== undefined) {
      await batch.add(BatchGetDocumentsResponseSchema, { transaction: transaction.id, readTime });
    }
    for (const name of new Set(request.documents)) {
      const place = documentPlace(name);
      if (place.database !== database) throw invalid(`"${name}" is in another database.`);
      transaction?.paths.add(place.path);
      const document = context.store.database(database).read(place.path, at);
      answer.bill(1);
      const result =
        document === undefined
          ? { case: 'missing' as const, value: fullName(database, place.path) }
          : { case: 'found' as const, value: toMessage(database, document, mask) };
      await batch.add(BatchGetDocumentsResponseSchema, { result, readTime });
    }
    await batch.flush();
  },
);

/** The fields of a mask; undefined for all of them. @throws {GrpcError} invalid argument */
export function maskOf(mask: DocumentMask | undefined): readonly FieldPath[] | undefined {
  return mask?.fieldPaths.map(parseFieldPath);
}
