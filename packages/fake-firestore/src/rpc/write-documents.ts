import { create } from '@bufbuild/protobuf';
import { randomBytes } from 'node:crypto';
import { documentPlace, parentPlace } from '../names/resource-name.ts';
import { DocumentSchema } from '../protocol/document.gen.ts';
import { PreconditionSchema, WriteSchema, type Write } from '../protocol/write.gen.ts';
import {
  CreateDocumentRequestSchema,
  DeleteDocumentRequestSchema,
  UpdateDocumentRequestSchema,
} from '../protocol/writes.gen.ts';
import { invalid } from '../invalid.ts';
import { toMessage } from '../store/stored-document.ts';
import type { Answer } from './answer.ts';
import type { Context } from './context.ts';
import { maskOf } from './get-documents.ts';
import { method } from './method.ts';
import type { DocumentMask } from '../protocol/document.gen.ts';

/** Writes a document that must not be there yet, under an id that is made up where none is given. */
export const createDocument = method(
  CreateDocumentRequestSchema,
  async (context, request, answer) => {
    parentPlace(request.parent);
    const id = request.documentId || randomId();
    const name = `${request.parent}/${request.collectionId}/${id}`;
    const document = create(DocumentSchema, { name, fields: request.document?.fields ?? [] });
    const write = create(WriteSchema, {
      operation: { case: 'update', value: document },
      currentDocument: create(PreconditionSchema, { condition: { case: 'exists', value: false } }),
    });
    await commitOne(context, write, request.mask, answer);
  },
);

/** Replaces a document, or those of its fields that a mask names. */
export const updateDocument = method(
  UpdateDocumentRequestSchema,
  async (context, { document, updateMask, mask, currentDocument }, answer) => {
    if (document === undefined) throw invalid('The request has no document.');
    const write = create(WriteSchema, { operation: { case: 'update', value: document } });
    if (updateMask !== undefined) write.updateMask = updateMask;
    if (currentDocument !== undefined) write.currentDocument = currentDocument;
    await commitOne(context, write, mask, answer);
  },
);

/** Deletes a document. One that is not there is deleted too, unless a precondition says otherwise. */
export const deleteDocument = method(
  DeleteDocumentRequestSchema,
  async ({ store }, { name, currentDocument }, answer) => {
    const write = create(WriteSchema, { operation: { case: 'delete', value: name } });
    if (currentDocument !== undefined) write.currentDocument = currentDocument;
    store.commit(documentPlace(name).database, [write]);
    answer.counts.deletes++;
    await answer.sendEmpty();
  },
);

async function commitOne(
  { store }: Context,
  write: Write,
  mask: DocumentMask | undefined,
  answer: Answer,
): Promise<void> {
  const name = write.operation.case === 'update' ? write.operation.value.name : '';
  const { database, path } = documentPlace(name);
  const { at } = store.commit(database, [write]);
  answer.counts.writes++;
  const written = store.database(database).read(path, at);
  if (written === undefined) return answer.sendEmpty();
  return answer.send(DocumentSchema, toMessage(database, written, maskOf(mask)));
}

function randomId(): string {
  return randomBytes(15).toString('base64url').replaceAll(/[-_]/g, 'x');
}
