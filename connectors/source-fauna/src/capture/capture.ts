import { sleepFor, within, type Binding, type Log, type SourceEvent } from '@fairlead/sdk';
import { isForbidden, isMissing } from '../client/error-kinds.ts';
import { failureOf } from '../client/failure-of.ts';
import type { Fauna } from '../client/fauna.ts';
import { historyDaysOf } from '../discovery/collections-of.ts';
import { streamSettings, type FaunaConfig, type FaunaResource } from '../settings.ts';
import type { Cursor } from '../state/cursor.ts';
import { CollectionReader } from './collection-reader.ts';
import { FqlReader } from './fql-reader.ts';

export interface CaptureRequest {
  readonly fauna: Fauna;
  readonly config: FaunaConfig;
  readonly bindings: readonly Binding<FaunaResource>[];
  /** What each binding resumes from, by its state key. */
  readonly cursors: Readonly<Record<string, Cursor>>;
  readonly until: 'caught-up' | 'forever';
  readonly signal: AbortSignal;
  readonly log: Log;
  /** Done after some time; rejects with the reason of the signal. */
  readonly sleep?: ((ms: number, signal: AbortSignal) => Promise<void>) | undefined;
}

/**
 * Collections, one after another, until each has reached the present; then, if wanted, again and again those that can be
 * followed. One that is gone, or may not be read any more, fails by itself.
 */
export async function* capture(
  request: CaptureRequest,
): AsyncGenerator<SourceEvent, void, undefined> {
  const { until, signal, sleep = sleepFor } = request;
  let readers = await readersOf(request);
  for (;;) {
    const live: typeof readers = [];
    for (const [binding, reader] of readers) {
      const events = isolated(request, binding, reader);
      for await (const event of events) {
        yield event;
        if (event.is === 'caught-up' && reader.isFollowed) live.push([binding, reader]);
      }
    }
    if (until === 'caught-up' || live.length === 0) return;
    readers = live;
    await sleep(pollMs, signal);
  }
}

/** What one collection has to tell, and its failure when the others can go on without it. */
async function* isolated(
  { fauna, bindings, signal }: CaptureRequest,
  binding: number,
  reader: Reader,
): AsyncGenerator<SourceEvent, void, undefined> {
  try {
    yield* reader.round();
    yield { is: 'caught-up', binding };
  } catch (error) {
    signal.throwIfAborted();
    const where = `collection ${bindings[binding]?.resource.collection ?? ''}`;
    const failure = failureOf(error, fauna.server);
    if (!isMissing(error) && !isForbidden(error)) throw within(where, failure);
    yield { is: 'failed', binding, failure: failureOf(error, where) };
  }
}

async function readersOf(request: CaptureRequest): Promise<[number, Reader][]> {
  const { fauna, config, bindings, cursors, signal, log } = request;
  const settings = bindings.map(({ resource }) => streamSettings(config, resource));
  const told = settings.filter(
    ({ deletionColumn, index }) => deletionColumn !== undefined && index !== undefined,
  );
  const names = [...new Set(told.map(({ collection }) => collection))];
  const days = await historyDaysOf(fauna, names, signal).catch((error: unknown) => {
    throw failureOf(error, fauna.server);
  });
  return bindings.flatMap(({ stateKey }, binding) => {
    const own = settings[binding];
    if (own === undefined) return [];
    const setup = {
      fauna,
      settings: own,
      binding,
      stateKey,
      cursor: cursors[stateKey],
      historyDays: days.get(own.collection),
      signal,
      log,
    };
    const reader = fauna.apiVersion === '10' ? new FqlReader(setup) : new CollectionReader(setup);
    return [[binding, reader]];
  });
}

/** One collection in either language. */
type Reader = Pick<CollectionReader, 'isFollowed' | 'round'>;

/** How long after all have caught up they are asked again. */
const pollMs = 5000;
