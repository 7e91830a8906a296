import { giveBlock } from '@fairlead/json';
import type { Documents, SourceEvent } from '@fairlead/sdk';
import type { Firestore } from '../client/firestore.ts';
import { reactionTo } from '../client/reaction.ts';
import { DocumentHeader } from '../wire/document-header.ts';
import { nameMatcher } from '../wire/path-pattern.ts';
import { QueryResponse } from '../wire/query-response.ts';
import { DocumentWriter } from '../wire/transcode.ts';
import { extentOf, queryOf } from './extent.ts';
import { patternOf, type StartBinding } from './start.ts';

/** How often a page is read for documents of a path, of which a group may have few. */
const mostPages = 10;

/**
 * The first documents of each binding, at most `wanted`, in the order of names, and nothing else: what was asked for is what
 * is billed, but for documents of a group that have other paths.
 */
export async function* preview(
  firestore: Firestore,
  bindings: readonly StartBinding[],
  wanted: number,
  signal: AbortSignal,
): AsyncGenerator<SourceEvent, void, undefined> {
  for (const binding of bindings) {
    const { index, stream } = binding;
    yield { is: 'backfill-begins', binding: index };
    let documents: Documents;
    try {
      documents = await firstDocuments(firestore, binding, wanted, signal);
    } catch (error) {
      signal.throwIfAborted();
      throw reactionTo(error, stream, firestore.principal).failure;
    }
    const release = () => giveBlock(documents.bytes);
    if (documents.ends.length > 0) yield { is: 'documents', binding: index, documents, release };
    yield { is: 'backfill-ends', binding: index };
    yield { is: 'caught-up', binding: index };
  }
}

async function firstDocuments(
  firestore: Firestore,
  { resource, stream }: StartBinding,
  wanted: number,
  signal: AbortSignal,
): Promise<Documents> {
  const pattern = patternOf(resource.path, stream);
  const extent = extentOf(firestore.root, pattern);
  const matches = nameMatcher(firestore.root, pattern);
  const writer = new DocumentWriter();
  const [response, header] = [new QueryResponse(), new DocumentHeader()];
  let past: Uint8Array | undefined;
  for (let page = 0; page < mostPages && writer.count < wanted; page++) {
    const limit = wanted - writer.count;
    const query = queryOf(extent, { past }, { select: resource.fields, limit });
    let found = 0;
    for await (const { bytes, bounds, count } of firestore.query(
      { parent: extent.parent, query },
      signal,
    )) {
      for (let i = 0; i < 2 * count; i += 2) {
        response.read(bytes, bounds[i] ?? 0, bounds[i + 1] ?? 0);
        if (!response.hasDocument) continue;
        header.read(bytes, response.documentStart, response.documentEnd);
        const { nameStart, nameEnd } = header;
        found++;
        past = bytes.slice(nameStart, nameEnd);
        if (matches(bytes, nameStart, nameEnd)) writer.document(bytes, header, true);
      }
    }
    if (found < limit) break;
  }
  return writer.take();
}
