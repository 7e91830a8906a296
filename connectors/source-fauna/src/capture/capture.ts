import {
  Failure,
  isFailure,
  sleepFor,
  within,
  type Binding,
  type Log,
  type SourceEvent,
} from '@fairlead/sdk';
import { missingCollection } from '../check/check-collection.ts';
import { isForbidden, isMissing } from '../client/error-kinds.ts';
import { FaunaError } from '../client/fauna-error.ts';
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

/** What one collection has to tell, and its failure when there are others, which can go on without it. */
async function* isolated(
  request: CaptureRequest,
  binding: number,
  reader: Reader,
): AsyncGenerator<SourceEvent, void, undefined> {
  try {
    yield* reader.round();
    yield { is: 'caught-up', binding };
  } catch (error) {
    const { fauna, bindings, signal } = request;
    signal.throwIfAborted();
    const collection = bindings[binding]?.resource.collection ?? '';
    const failure = await failureOfOne(error, { fauna, collection, signal });
    if (failure === undefined) {
      throw within(`collection ${collection}`, failureOf(error, fauna.server));
    }
    if (bindings.length === 1) throw failure;
    yield { is: 'failed', binding, failure };
  }
}

/** What an error means that is of one collection alone; undefined when others would have it too. */
async function failureOfOne(
  error: unknown,
  { fauna, collection, signal }: { fauna: Fauna; collection: string; signal: AbortSignal },
): Promise<Failure | undefined> {
  const where = `collection ${collection}`;
  if (isMissing(error) && !isOfIndex(error)) {
    return await missingCollection(fauna, collection, error, signal);
  }
  if (isMissing(error) || isForbidden(error)) return failureOf(error, where);
  if (!isFailure(error)) return undefined;
  return error.kind === 'access' || error.kind === 'config' ? placed(error, where) : undefined;
}

/** Whether it is an index that is not there, as Fauna names one. A collection may be called so, too. */
function isOfIndex(error: unknown): boolean {
  return (
    error instanceof FaunaError && /\bundefined index '|\bIndex(?: '|\()/.test(error.description)
  );
}

function readersOf(request: CaptureRequest): [number, Reader][] {
  const { fauna, config, bindings, cursors, signal, log } = request;
  const { clock = () => performance.now() } = request;
  return bindings.map(({ resource, stateKey, isSnapshot = false }, binding) => {
    const setup = {
      fauna,
      settings: streamSettings(config, resource),
      isSnapshot,
      binding,
      stateKey,
      cursor: cursors[stateKey],
      clock,
      signal,
      log,
    };
    return [
      binding,
      fauna.apiVersion === '10' ? new FqlReader(setup) : new CollectionReader(setup),
    ];
  });
}

/** A failure with its place, where it has none. */
function placed(failure: Failure, where: string): Failure {
  if (failure.where !== undefined) return failure;
  const { kind, message, hint, cause } = failure;
  return new Failure(kind, message, { where, ...(hint === undefined ? {} : { hint }), cause });
}

/** One collection in either language. */
type Reader = Pick<CollectionReader, 'isFollowed' | 'round'>;

/** How long after all have caught up they are asked again. */
const pollMs = 5000;
