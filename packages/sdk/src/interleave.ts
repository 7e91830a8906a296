import { setImmediate as immediate } from 'node:timers/promises';
import { isFailure, type Failure } from './failure.ts';
import type { SourceEvent } from './source.ts';

/** The events of one binding of a source of independent streams. */
export interface BindingEvents {
  readonly binding: number;
  readonly events: AsyncIterable<SourceEvent>;
}

/**
 * The events of independent streams as one source: `concurrency` of them are read at a time, and
 * one gives way to another only right after a checkpoint, so that every checkpoint covers whole
 * streams. A stream that fails ends with a `failed` event, without what it said since its last
 * checkpoint; the others go on. An error that is no {@link Failure} ends them all.
 */
export async function* interleave(
  streams: readonly BindingEvents[],
  { concurrency, signal }: { readonly concurrency: number; readonly signal: AbortSignal },
): AsyncGenerator<SourceEvent, void, undefined> {
  const waiting = [...streams];
  const reading = new Map<AsyncIterator<SourceEvent>, Promise<void>>();
  const ready: Turn[] = [];
  const consumer = { left: false };
  let wake = () => {};
  const read = (binding: number, iterator: AsyncIterator<SourceEvent>) => {
    const turn = async () => {
      ready.push({ binding, iterator, unit: await readUnit(iterator, consumer) });
      wake();
    };
    reading.set(iterator, turn());
  };
  try {
    for (;;) {
      while (reading.size < concurrency) {
        const next = waiting.shift();
        if (next === undefined) break;
        read(next.binding, next.events[Symbol.asyncIterator]());
      }
      if (reading.size === 0) return;
      while (ready.length === 0) await new Promise<void>((resolve) => (wake = resolve));
      // A stream that never waits would keep the event loop from the others' timers and sockets.
      if (reading.size > 1) await immediate();
      for (const { binding, iterator, unit } of ready.splice(0)) {
        if (unit.is === 'failed') {
          reading.delete(iterator);
          signal.throwIfAborted();
          if (!isFailure(unit.error)) throw unit.error;
          yield failed(binding, unit.error);
          continue;
        }
        yield* unit.events;
        if (unit.ended) reading.delete(iterator);
        else read(binding, iterator);
      }
    }
  } finally {
    consumer.left = true;
    for (const [iterator, turn] of reading) {
      await turn;
      await iterator.return?.();
    }
  }
}

interface Turn {
  readonly binding: number;
  readonly iterator: AsyncIterator<SourceEvent>;
  readonly unit: Unit;
}

/** What belongs together: the events up to a checkpoint, or to the end. */
type Unit =
  | { readonly is: 'read'; readonly events: readonly SourceEvent[]; readonly ended: boolean }
  | { readonly is: 'failed'; readonly error: unknown };

/** Never rejects, as nobody may be waiting for it, and reads no further once the consumer has left. */
async function readUnit(
  iterator: AsyncIterator<SourceEvent>,
  consumer: { readonly left: boolean },
): Promise<Unit> {
  const events: SourceEvent[] = [];
  try {
    for (;;) {
      if (consumer.left) return { is: 'read', events, ended: true };
      const next = await iterator.next();
      if (next.done === true) return { is: 'read', events, ended: true };
      events.push(next.value);
      if (next.value.is === 'checkpoint') return { is: 'read', events, ended: false };
    }
  } catch (error) {
    return { is: 'failed', error };
  }
}

function failed(binding: number, failure: Failure): SourceEvent {
  return { is: 'failed', binding, failure };
}
