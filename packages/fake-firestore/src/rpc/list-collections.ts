import { parentPlace } from '../names/resource-name.ts';
import {
  ListCollectionIdsRequestSchema,
  ListCollectionIdsResponseSchema,
} from '../protocol/reads.gen.ts';
import { collectionIds } from '../query/children.ts';
import { readTimeOf } from './context.ts';
import { method } from './method.ts';
import { lastOfPage, pageAfter } from './page-token.ts';

/** The collections right below a document or the root. A page is billed as one read. */
export const listCollectionIds = method(
  ListCollectionIdsRequestSchema,
  async ({ store }, request, answer) => {
    const { database, path } = parentPlace(request.parent);
    const at = readTimeOf(store, request.readTime);
    const size = request.pageSize > 0 ? request.pageSize : 300;
    const after = lastOfPage(request.pageToken);
    const ids: string[] = [];
    let more = false;
    for (const id of collectionIds(store.database(database), path, at, after)) {
      more = ids.length === size;
      if (more) break;
      ids.push(id);
    }
    answer.bill(1);
    await answer.send(ListCollectionIdsResponseSchema, {
      collectionIds: ids,
      nextPageToken: more ? pageAfter(ids.at(-1) ?? '') : '',
    });
  },
);
