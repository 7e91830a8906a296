import type { FakeFirestore, Micros, StoredDocument } from '@fairlead/fake-firestore';
import { DocumentsBuilder, Op, type Source, type SourceEvent } from '@fairlead/sdk';
import { z } from 'zod';
import { formatTime, timeOfMicros } from '../../wire/time.ts';
import { matches } from '../harness/compare.ts';
import { plainOf } from '../harness/plain.ts';

/** What a {@link referenceSource} does wrong. */
export type ReferenceDefect =
  /** Says nothing of documents that are gone. */
  | 'keeps-deleted'
  /** Saves where it is before it hands out what leads there. */
  | 'saves-too-early'
  /** Hands out the last changes again after every start. */
  | 'repeats'
  /** Hands out a version after a newer one. */
  | 'goes-back'
  /** Leaves some documents out of the backfill. */
  | 'skips'
  /** Takes half a second to end when it is told to. */
  | 'hangs';

/** A source that looks into a fake without a network: slow and obvious, to test tests with. */
export function referenceSource(
  fake: FakeFirestore,
  defect?: ReferenceDefect,
): Source<unknown, { path: string }, { at: number }> {
  return {
    name: 'source-reference',
    title: 'Reference',
    config: z.unknown(),
    resource: z.object({ path: z.string() }),
    cursor: z.object({ at: z.int() }),
    check: async () => {},
    discover: async () => [],
    async *pull({ bindings, state, until, signal }) {
      const points = new Map<string, number>();
      for (const [binding, { resource, stateKey }] of bindings.entries()) {
        const saved = state.bindings[stateKey]?.at;
        points.set(stateKey, saved ?? fake.store.now());
        if (saved !== undefined) {
          if (defect === 'repeats') points.set(stateKey, saved - 50_000);
          continue;
        }
        yield { is: 'backfill-begins', binding };
        const at = fake.store.now();
        yield documentsOf(binding, snapshot(resource.path, at));
        yield { is: 'backfill-ends', binding };
        yield { is: 'checkpoint', patch: { bindings: { [stateKey]: { at } } } };
      }
      for (let round = 0; !signal.aborted; round++) {
        for (const [binding, { resource, stateKey }] of bindings.entries()) {
          const from = points.get(stateKey) ?? 0;
          const to = fake.store.now();
          const changes = since(resource.path, from, to);
          points.set(stateKey, to);
          const checkpoint: SourceEvent = {
            is: 'checkpoint',
            patch: { bindings: { [stateKey]: { at: to } } },
          };
          if (changes.length === 0 && round > 0) continue;
          if (defect === 'saves-too-early') yield checkpoint;
          if (changes.length > 0) yield documentsOf(binding, changes);
          yield checkpoint;
          if (round === 0) yield { is: 'caught-up', binding };
        }
        if (until === 'caught-up') return;
        await new Promise((resolve) => setImmediate(resolve));
      }
      if (defect === 'hangs') await new Promise((resolve) => setTimeout(resolve, 500));
    },
  };

  function snapshot(pattern: string, at: Micros): Version[] {
    return documentsAt(pattern, at)
      .filter((_, index) => defect !== 'skips' || index % 3 > 0)
      .map((document) => ({ path: document.path, document, at: document.updatedAt, isNew: true }));
  }

  function documentsAt(pattern: string, at: Micros): StoredDocument[] {
    return [...fake.store.model(at).values()].filter(({ path }) => matches(pattern, path));
  }

  function since(pattern: string, from: Micros, to: Micros): Version[] {
    const before = documentsAt(pattern, from);
    const now = documentsAt(pattern, to);
    const there = new Set(now.map(({ path }) => path));
    const changed = now
      .filter(({ updatedAt }) => updatedAt > from)
      .map((document) => ({ path: document.path, document, at: document.updatedAt }));
    const older = before
      .filter(({ path }) => defect === 'goes-back' && changed.some((one) => one.path === path))
      .map((document) => ({ path: document.path, document, at: document.updatedAt }));
    const gone = before
      .filter(({ path }) => !there.has(path) && defect !== 'keeps-deleted')
      .map(({ path }) => ({ path, document: undefined, at: to }));
    return [...changed, ...older, ...gone];
  }

  function documentsOf(binding: number, versions: readonly Version[]): SourceEvent {
    const builder = new DocumentsBuilder();
    for (const { path, document, at, isNew } of versions) {
      const _meta = {
        path: `${fake.store.name}/documents/${path}`,
        mtime: formatTime(timeOfMicros(at)),
        ...(isNew === true ? { snapshot: true } : {}),
      };
      if (document === undefined) builder.add({ _meta: { ..._meta, delete: true } }, Op.delete);
      else builder.add({ _meta, ...plainOf(document.fields) });
    }
    return { is: 'documents', binding, documents: builder.take() };
  }
}

interface Version {
  readonly path: string;
  readonly document: StoredDocument | undefined;
  readonly at: Micros;
  readonly isNew?: boolean;
}
