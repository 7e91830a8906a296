import { create } from '@bufbuild/protobuf';
import { fullName } from '../names/resource-name.ts';
import { ListenResponseSchema, type ListenResponse } from '../protocol/listen.gen.ts';
import type { ListenSettings } from '../settings.ts';
import type { Change, Database } from '../store/database.ts';
import { toMessage, type StoredDocument } from '../store/stored-document.ts';
import { timestampOf, type Micros } from '../time/micros.ts';
import { belongs, type Watch } from './watch.ts';

/** What a change of one document is to the given watches, none of them windowed; undefined when it is nothing. */
export function deltaOf(
  { path, before, after }: Change,
  watches: readonly Watch[],
  database: Database,
  at: Micros,
  { leaving, deletes }: Pick<ListenSettings, 'leaving' | 'deletes'>,
): ListenResponse | undefined {
  const targetIds: number[] = [];
  const removed: number[] = [];
  for (const watch of watches) {
    if (belongs(watch, after)) targetIds.push(watch.id);
    else if (belongs(watch, before)) removed.push(watch.id);
  }
  if (targetIds.length === 0 && removed.length === 0) return undefined;
  if (after === undefined) return departed(database, path, removed, at, deletes === 'delete');
  if (targetIds.length === 0 && leaving === 'remove') {
    return departed(database, path, removed, at, false);
  }
  return changed(database, after, targetIds, removed);
}

/** What happens to one windowed watch whose documents were `before` and are `after`. */
export function* windowDeltas(
  watch: Watch,
  before: ReadonlyMap<string, StoredDocument>,
  after: ReadonlyMap<string, StoredDocument>,
  database: Database,
  at: Micros,
): Generator<ListenResponse> {
  for (const path of before.keys()) {
    if (after.has(path)) continue;
    yield departed(database, path, [watch.id], at, database.read(path, at) === undefined);
  }
  for (const [path, document] of after) {
    if (before.get(path)?.updatedAt === document.updatedAt) continue;
    yield changed(database, document, [watch.id], []);
  }
}

/** A document that belongs to some targets, and to others no more. */
export function changed(
  database: Database,
  document: StoredDocument,
  targetIds: number[],
  removedTargetIds: number[],
): ListenResponse {
  const value = {
    document: toMessage(database.name, document),
    targetIds,
    removedTargetIds,
  };
  return create(ListenResponseSchema, { response: { case: 'documentChange', value } });
}

/** A document that belongs to some targets no more, because it is deleted or for a reason that is not told. */
export function departed(
  database: Database,
  path: string,
  removedTargetIds: number[],
  at: Micros,
  deleted: boolean,
): ListenResponse {
  const document = fullName(database.name, path);
  const value = { document, removedTargetIds, readTime: timestampOf(at) };
  return create(ListenResponseSchema, {
    response: { case: deleted ? 'documentDelete' : 'documentRemove', value },
  });
}
