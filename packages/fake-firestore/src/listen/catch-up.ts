import { fullName } from '../names/resource-name.ts';
import type { ExistenceFilter } from '../protocol/listen.gen.ts';
import { ExistenceFilterSchema } from '../protocol/listen.gen.ts';
import { create } from '@bufbuild/protobuf';
import { pathsOf } from '../query/run-plan.ts';
import type { ListenSettings } from '../settings.ts';
import type { Database } from '../store/database.ts';
import type { Item } from '../store/merge-runs.ts';
import type { StoredDocument } from '../store/stored-document.ts';
import type { Micros } from '../time/micros.ts';
import { bloomOf } from './bloom.ts';
import { belongs, itemsOf, membersOf, sizeOf, type Watch } from './watch.ts';

/** One thing that a target is told before it is current. */
export type CatchUpEvent =
  | { readonly is: 'items'; readonly item: Item }
  /** A document that does not belong any more, deleted or not. */
  | { readonly is: 'gone'; readonly path: string; readonly deleted: boolean }
  | { readonly is: 'filter'; readonly filter: ExistenceFilter };

/** Above so many names a filter of them is not worth its bytes. */
const bloomLimit = 200_000;

/** All that belongs to a watch at an instant. */
export function* fullSet(watch: Watch, database: Database, at: Micros): Generator<CatchUpEvent> {
  for (const item of itemsOf(watch, database, at)) yield { is: 'items', item };
  if ('plan' in watch.what) return;
  for (const path of watch.what.paths) {
    if (database.read(path, at) === undefined) yield { is: 'gone', path, deleted: true };
  }
}

/**
 * What changed for a watch after `since`, up to and with `at`, oldest change first; then how many
 * documents it has, if the settings say so. Deletes may be left out, as the settings say.
 */
export function* changesSince(
  watch: Watch,
  database: Database,
  since: Micros,
  at: Micros,
  settings: ListenSettings,
): Generator<CatchUpEvent> {
  const before = memberAt(watch, database, since);
  const now = memberAt(watch, database, at);
  const changed = new Set<string>();
  let forgotten = 0;
  for (const path of candidates(watch, database, since, at)) {
    const [old, document] = [before(path), now(path)];
    if (document !== undefined && document.updatedAt !== old?.updatedAt) {
      changed.add(path);
      yield { is: 'items', item: { is: 'document', document } };
    } else if (document === undefined && old !== undefined) {
      const deleted = database.read(path, at) === undefined;
      if (deleted && isForgotten(path, settings)) forgotten++;
      else yield { is: 'gone', path, deleted };
    }
  }
  const { filterOnResume } = settings;
  if (filterOnResume === 'never' || (filterOnResume === 'forgotten' && forgotten === 0)) return;
  yield { is: 'filter', filter: filterOf(watch, database, at, changed) };
}

/** The count of a watch and, for a client that has told its own, the names that did not change. */
export function filterOf(
  watch: Watch,
  database: Database,
  at: Micros,
  changed: ReadonlySet<string> = new Set(),
): ExistenceFilter {
  const count = sizeOf(watch, database, at);
  const filter = create(ExistenceFilterSchema, { targetId: watch.id, count });
  if (watch.expectedCount === undefined || count > bloomLimit) return filter;
  const names: string[] = [];
  for (const path of pathsOf(itemsOf(watch, database, at))) {
    if (!changed.has(path)) names.push(fullName(database.name, path));
  }
  filter.unchangedNames = bloomOf(names);
  return filter;
}

/** Finds the document of a path as of an instant, if it then belongs to the watch. */
function memberAt(
  watch: Watch,
  database: Database,
  at: Micros,
): (path: string) => StoredDocument | undefined {
  if (watch.windowed) {
    const members = membersOf(watch, database, at);
    return (path) => members.get(path);
  }
  return (path) => {
    const document = database.read(path, at);
    return belongs(watch, document) ? document : undefined;
  };
}

/** The paths of all documents that may be there, gone or different. */
function candidates(watch: Watch, database: Database, since: Micros, at: Micros): Set<string> {
  // Another document may come in or drop out without having changed itself.
  const paths = new Set<string>(
    watch.windowed
      ? [...membersOf(watch, database, since).keys(), ...membersOf(watch, database, at).keys()]
      : [],
  );
  for (const { changes } of database.commitsBetween(since, at)) {
    for (const { path } of changes) {
      if (watch.windowed && !paths.has(path)) continue;
      // The last change decides the place.
      paths.delete(path);
      paths.add(path);
    }
  }
  return paths;
}

function isForgotten(path: string, { forgetDeletes }: ListenSettings): boolean {
  return typeof forgetDeletes === 'function' ? forgetDeletes(path) : forgetDeletes === 'all';
}
