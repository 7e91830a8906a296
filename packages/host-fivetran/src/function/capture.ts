import { addAbortListener } from 'node:events';
import type { SourceEvent } from '@fairlead/sdk';
import type { Gathering } from './gathering.ts';
import type { Budget } from './limits.ts';

/** Why a capture ended. */
export type CaptureEnd =
  /** There is no more. */
  | { readonly is: 'caught-up' }
  /** The answer is large enough, or time is up. */
  | { readonly is: 'stopped' }
  | { readonly is: 'failed'; readonly error: unknown };

export interface CaptureOptions {
  readonly budget: Budget;
  /** Ends it at once. */
  readonly signal: AbortSignal;
  /** Milliseconds since any moment. */
  readonly now: () => number;
  /** When the call began, by `now`. */
  readonly beginMs: number;
}

/**
 * Gathers the events of a source until there are no more, or the budget is used up: then it stops at
 * a checkpoint. What is gathered is as it was at the last checkpoint. A source that does not end when
 * it is asked to is left alone.
 * @throws the reason of the signal.
 */
export async function capture(
  pull: (signal: AbortSignal) => AsyncIterable<SourceEvent>,
  gathering: Gathering,
  { budget, signal, now, beginMs }: CaptureOptions,
): Promise<CaptureEnd> {
  const ending = new AbortController();
  using clock = new CallClock(budget, now, beginMs);
  // Of `AbortSignal.any` what a call has closed over is kept until a full collection of garbage.
  using _leaving = addAbortListener(signal, () => {
    ending.abort(signal.reason);
    clock.wake();
  });
  if (signal.aborted) ending.abort(signal.reason);
  const iterator = pull(ending.signal)[Symbol.asyncIterator]();
  try {
    return await gather(iterator, gathering, { clock, budget, signal, ending });
  } catch (error) {
    signal.throwIfAborted();
    // The source was asked to end, and this is how it did.
    return ending.signal.aborted ? { is: 'stopped' } : { is: 'failed', error };
  } finally {
    ending.abort(new Error('the call is over'));
    gathering.close();
    await close(iterator, clock);
  }
}

interface Conditions extends Omit<CaptureOptions, 'now' | 'beginMs'> {
  readonly clock: CallClock;
  readonly ending: AbortController;
}

async function gather(
  iterator: AsyncIterator<SourceEvent>,
  gathering: Gathering,
  { clock, budget, signal, ending }: Conditions,
): Promise<CaptureEnd> {
  let next = iterator.next();
  let isEnough = false;
  for (;;) {
    const result = await clock.orWoken(next);
    signal.throwIfAborted();
    if (result !== undefined) {
      if (result.done === true) return endOf(gathering, ending.signal);
      if (isEnough && showsMore(result.value)) return { is: 'stopped' };
      if (!gathering.take(result.value)) return { is: 'stopped' };
    }
    if (clock.hasPassed(budget.leaveMs)) return { is: 'stopped' };
    if (clock.hasPassed(budget.endMs)) ending.abort(new Error('the time of the call is up'));
    const isWhole = !gathering.isOpen && gathering.isWorth && gathering.hasMoved;
    if (isWhole && clock.hasPassed(budget.endMs)) return { is: 'stopped' };
    if (isWhole && !isEnough) {
      isEnough = gathering.sizeBytes >= budget.stopBytes || clock.hasPassed(budget.stopMs);
      if (isEnough) clock.wakeAfter(budget.lookAheadMs);
    }
    if (isEnough && clock.hasRung) return { is: 'stopped' };
    if (result !== undefined) next = iterator.next();
  }
}

/**
 * Whether a source that says this has more to read. Where an answer ends at a checkpoint it is waited
 * for, as a source may begin anew when it is asked for more after its end.
 */
function showsMore({ is }: SourceEvent): boolean {
  return is === 'documents' || is === 'backfill-begins';
}

function endOf(gathering: Gathering, ending: AbortSignal): CaptureEnd {
  if (ending.aborted) return { is: 'stopped' };
  if (gathering.isOpen) throw new Error('the source ended without a checkpoint');
  return { is: 'caught-up' };
}

/** Closes a source, as long as there is time. */
async function close(iterator: AsyncIterator<SourceEvent>, clock: CallClock): Promise<void> {
  if (iterator.return === undefined) return;
  // What is at hand is whole, whatever a source says that has been asked to end.
  const closed = iterator.return().then(
    () => {},
    () => {},
  );
  await clock.untilLeft(closed);
}

/** Tells the time of a call, and wakes who waits when it is time for something. */
class CallClock implements Disposable {
  readonly #now: () => number;
  readonly #beginMs: number;
  readonly #timers: NodeJS.Timeout[];
  readonly #leaveMs: number;
  #hasRung = false;
  #wake = () => {};

  constructor({ stopMs, endMs, leaveMs }: Budget, now: () => number, beginMs: number) {
    this.#now = now;
    this.#beginMs = beginMs;
    this.#leaveMs = leaveMs;
    const passedMs = now() - beginMs;
    this.#timers = [stopMs, endMs, leaveMs].map((ms) =>
      setTimeout(() => this.#wake(), ms - passedMs + timerSlackMs),
    );
  }

  wake(): void {
    this.#wake();
  }

  /** Whether the time of `wakeAfter` has passed. */
  get hasRung(): boolean {
    return this.#hasRung;
  }

  wakeAfter(ms: number): void {
    const ring = () => {
      this.#hasRung = true;
      this.#wake();
    };
    this.#timers.push(setTimeout(ring, ms));
  }

  hasPassed(ms: number): boolean {
    return this.#now() - this.#beginMs >= ms;
  }

  /** What `promise` comes to, or undefined when it is time for something before. */
  orWoken<T>(promise: Promise<T>): Promise<T | undefined> {
    return new Promise((resolve, reject) => {
      this.#wake = () => resolve(undefined);
      promise.then(resolve, reject);
    });
  }

  /** Resolves as `promise` does, or when the time to leave has come. */
  async untilLeft(promise: Promise<void>): Promise<void> {
    let isSettled = false;
    const settled = promise.finally(() => (isSettled = true));
    while (!isSettled && !this.hasPassed(this.#leaveMs)) await this.orWoken(settled);
  }

  [Symbol.dispose](): void {
    for (const timer of this.#timers) clearTimeout(timer);
  }
}

/** A timer may go off a little early by another clock. */
const timerSlackMs = 2;
