import {
  Failure,
  isFailure,
  sleepFor,
  within,
  type Binding,
  type Log,
  type SourceEvent,
} from '@fairlead/sdk';
import { isForbidden, isMissing } from '../client/error-kinds.ts';
import { failureOf } from '../client/failure-of.ts';
import type { Fauna } from '../client/fauna.ts';
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
  /** Milliseconds since some instant. */
  readonly clock?: (() => number) | undefined;
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
  let readers = readersOf(request);
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
    const isRefused = isFailure(error) && error.kind === 'access';
    if (!isMissing(error) && !isForbidden(error) && !isRefused) throw within(where, failure);
    yield {
      is: 'failed',
      binding,
      failure: isRefused ? placed(failure, where) : failureOf(error, where),
    };
  }
}

function readersOf(request: CaptureRequest): [number, Reader][] {
  const { fauna, config, bindings, cursors, signal, log } = request;
  const { clock = () => performance.now() } = request;
  const settings = bindings.map(({ resource }) => streamSettings(config, resource));
  return bindings.flatMap(({ stateKey }, binding) => {
    const own = settings[binding];
    if (own === undefined) return [];
    const setup = {
      fauna,
      settings: own,
      binding,
      stateKey,
      cursor: cursors[stateKey],
      clock,
      signal,
      log,
    };
    const reader = fauna.apiVersion === '10' ? new FqlReader(setup) : new CollectionReader(setup);
    return [[binding, reader]];
  });
}

/** A failure with its place. */
function placed({ kind, message, hint, cause }: Failure, where: string): Failure {
  return new Failure(kind, message, { where, ...(hint === undefined ? {} : { hint }), cause });
}

/** One collection in either language. */
type Reader = Pick<CollectionReader, 'isFollowed' | 'round'>;

/** How long after all have caught up they are asked again. */
const pollMs = 5000;
