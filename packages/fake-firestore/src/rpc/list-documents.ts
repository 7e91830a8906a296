import { create } from '@bufbuild/protobuf';
import { fullName, parentPlace } from '../names/resource-name.ts';
import { DocumentSchema, type Document } from '../protocol/document.gen.ts';
import { StructuredQuerySchema } from '../protocol/query.gen.ts';
import {
  ListDocumentsRequestSchema,
  ListDocumentsResponseSchema,
  type ListDocumentsRequest,
} from '../protocol/reads.gen.ts';
import { childrenOf, collectionIds, type Child } from '../query/children.ts';
import { planQuery } from '../query/plan.ts';
import { documentsOf, runPlan } from '../query/run-plan.ts';
import { invalid } from '../invalid.ts';
import type { Database } from '../store/database.ts';
import { toMessage } from '../store/stored-document.ts';
import type { Micros } from '../time/micros.ts';
import { snapshotFor } from './context.ts';
import { maskOf } from './get-documents.ts';
import { method } from './method.ts';
import { lastOfPage, nextPage, pageAfter, pageOffset } from './page-token.ts';

/** The documents of a collection, with `show_missing` those too that only have others below them. Billed as one read each. */
export const listDocuments = method(
  ListDocumentsRequestSchema,
  async (context, request, answer) => {
    const place = parentPlace(request.parent);
    const { at, transaction } = snapshotFor(context, place.database, request.consistency);
    const database = context.store.database(place.database);
    const size = request.pageSize > 0 ? request.pageSize : 300;
    if (request.orderBy !== '' && request.showMissing) {
      throw invalid('show_missing cannot be used with order_by.');
    }
    const ordered = request.orderBy !== '';
    const children = ordered
      ? inOrder(database, request, at)
      : inNameOrder(database, place.path, request, at);

    const mask = maskOf(request.mask);
    const documents: Document[] = [];
    let last = '';
    let more = false;
    for (const { path, document } of children) {
      more = documents.length === size;
      if (more) break;
      last = path;
      if (document !== undefined) transaction?.paths.add(path);
      documents.push(
        document === undefined
          ? create(DocumentSchema, { name: fullName(database.name, path) })
          : toMessage(database.name, document, mask),
      );
    }
    answer.bill(Math.max(1, documents.length));
    const next = ordered ? nextPage(pageOffset(request.pageToken) + size) : pageAfter(last);
    await answer.send(ListDocumentsResponseSchema, { documents, nextPageToken: more ? next : '' });
  },
);

function* inNameOrder(
  database: Database,
  parent: string,
  request: ListDocumentsRequest,
  at: Micros,
): Generator<Child> {
  const after = lastOfPage(request.pageToken);
  const prefix = parent === '' ? '' : `${parent}/`;
  const ids = request.collectionId ? [request.collectionId] : collectionIds(database, parent, at);
  for (const id of ids) {
    const collection = prefix + id;
    // Collections before that of the token have been listed.
    const reached = after?.startsWith(`${collection}/`) ? after : undefined;
    if (after !== undefined && reached === undefined && id < afterCollection(after, prefix))
      continue;
    for (const child of childrenOf(database, collection, at, reached)) {
      if (child.document !== undefined || request.showMissing) yield child;
    }
  }
}

function* inOrder(
  database: Database,
  { parent, collectionId, orderBy, pageToken }: ListDocumentsRequest,
  at: Micros,
): Generator<Child> {
  const query = create(StructuredQuerySchema, {
    from: [{ collectionId }],
    orderBy: orderBy.split(',').map((term) => {
      const [, fieldPath = '', direction = ''] =
        /^\s*(.+?)(?:\s+(asc|desc))?\s*$/i.exec(term) ?? [];
      return { field: { fieldPath }, direction: direction.toLowerCase() === 'desc' ? 2 : 1 };
    }),
    offset: pageOffset(pageToken),
  });
  const plan = planQuery(parent, query);
  for (const document of documentsOf(runPlan(database, plan, at))) {
    yield { path: document.path, document };
  }
}

function afterCollection(path: string, prefix: string): string {
  return path.slice(prefix.length).split('/')[0] ?? '';
}
