import type { Log } from '@fairlead/sdk';
import { BackOff } from './back-off.ts';
import { reactionTo, type Reaction } from './reaction.ts';

/** What all calls of one client share about trying again. */
export interface RetryContext {
  /** What failures name as their place: the database. */
  readonly where: string;
  readonly principal: string | undefined;
  readonly log: Log;
  readonly random: () => number;
  /** Done after some time; rejects when the signal is aborted. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  /** The next token is a new one. */
  readonly renewToken: () => void;
  /** Whether the server has ever answered: then a refusal may pass, as when a role has just been granted anew. */
  hasAnswered: boolean;
  /** Whether the client is disposed: nothing is tried again. */
  isClosed: boolean;
}

export interface RetriesOptions {
  /** What failures name as their place: the database. */
  readonly where?: string;
  /** How often the operation may fail in a row for reasons that pass; then the host had better wait. 12. */
  readonly attempts?: number;
  /** Whether the operation reads at a later instant when it is tried again, so that `repin` is tried again too: twice. */
  readonly repins?: boolean;
}

/** Between refusals of a server that let us in before. */
const refusedMs = 20_000;

/** The failures in a row of one operation, and how long to wait after each. */
export class Retries {
  readonly #context: RetryContext;
  readonly #where: string;
  readonly #attempts: number;
  readonly #repins: boolean;
  readonly #backOff: BackOff;
  #failures = 0;
  #refusals = 0;
  #hasRenewed = false;

  constructor(
    context: RetryContext,
    { where = context.where, attempts = 12, repins = false }: RetriesOptions = {},
  ) {
    this.#context = context;
    this.#where = where;
    this.#attempts = attempts;
    this.#repins = repins;
    this.#backOff = new BackOff({ random: context.random });
  }

  /** The operation has come further: failures are counted anew. */
  progress(): void {
    this.#context.hasAnswered = true;
    this.#backOff.reset();
    this.#failures = 0;
    this.#refusals = 0;
    this.#hasRenewed = false;
  }

  /**
   * Done when it is time to try again after `error`.
   * @throws {Failure} when trying again is of no use; other errors as they are.
   */
  async after(error: unknown, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    const { principal, log, sleep, isClosed } = this.#context;
    const reaction = reactionTo(error, this.#where, principal);
    const ms = isClosed ? undefined : this.#waitMs(reaction);
    if (ms === undefined) throw reaction.failure;
    const level = reaction.do === 'retry' ? 'debug' : 'warn';
    log[level]('trying again', { error: reaction.failure.message, ms: Math.round(ms) });
    await sleep(ms, signal);
  }

  /**
   * For what cannot be tried again.
   * @throws {Failure} what `error` means; other errors as they are.
   */
  giveUp(error: unknown, signal: AbortSignal): never {
    signal.throwIfAborted();
    throw reactionTo(error, this.#where, this.#context.principal).failure;
  }

  /** Undefined when there is nothing to wait for. */
  #waitMs(reaction: Reaction): number | undefined {
    const { retryAfterMs = 0, kind } = reaction.failure;
    switch (reaction.do) {
      case 'retry':
        if (++this.#failures >= this.#attempts) return undefined;
        return Math.max(this.#backOff.next(), retryAfterMs);
      case 'slow-down':
        if (++this.#failures >= this.#attempts) return undefined;
        return Math.max(this.#backOff.slowDown(), retryAfterMs);
      case 'renew-token':
        if (this.#hasRenewed) return undefined;
        this.#hasRenewed = true;
        this.#context.renewToken();
        return 0;
      case 'fail':
        if (++this.#refusals >= reaction.attempts) return undefined;
        return kind === 'access' && this.#context.hasAnswered ? refusedMs : this.#backOff.next();
      case 'repin':
        if (!this.#repins || ++this.#refusals >= 3) return undefined;
        return this.#backOff.next();
      case 'unsupported':
        return undefined;
    }
  }
}

/** The result of an operation that is tried again as long as that is of use. */
export async function retrying<T>(
  context: RetryContext,
  signal: AbortSignal,
  operation: () => Promise<T>,
): Promise<T> {
  const retries = new Retries(context);
  for (;;) {
    signal.throwIfAborted();
    try {
      const result = await operation();
      retries.progress();
      return result;
    } catch (error) {
      await retries.after(error, signal);
    }
  }
}
