import type { ListenSession } from './session.ts';
import type { Cause } from './target-change.ts';
import type { TargetFailure } from './watched.ts';

/** The streams of changes that are open, and what is done to them from outside. */
export class Listeners {
  readonly #sessions = new Set<ListenSession>();
  readonly #failures: (TargetFailure | undefined)[] = [];
  #held = false;

  /** How many streams are open. */
  get count(): number {
    return this.#sessions.size;
  }

  /** The ids of all targets, stream by stream. */
  get targetIds(): readonly number[] {
    return [...this.#sessions].flatMap((session) => session.targetIds);
  }

  /** Whether consistent points wait. */
  get held(): boolean {
    return this.#held;
  }

  /** The next targets that are added fail so, one each; undefined lets one through unharmed. */
  failTargets(...failures: readonly (TargetFailure | undefined)[]): void {
    this.#failures.push(...failures);
  }

  /** Begins all targets anew, or those of one id: a reset, and all documents again. */
  reset(targetId?: number): void {
    for (const session of this.#sessions) session.reset(targetId);
  }

  /** Ends all targets, or those of one id, for a cause. */
  remove(cause: Cause, targetId?: number): void {
    for (const session of this.#sessions) session.remove(cause, targetId);
  }

  /** Tells clients how many documents targets have, or pretends another number. */
  filter(count?: number, targetId?: number): void {
    for (const session of this.#sessions) session.filter(count, targetId);
  }

  /** A sign of life on every stream whose targets are current. */
  heartbeat(): void {
    for (const session of this.#sessions) session.heartbeat();
  }

  /** Lets no consistent point through until `release`. */
  hold(): void {
    this.#held = true;
  }

  release(): void {
    this.#held = false;
    for (const session of this.#sessions) session.wake();
  }

  /** The failure of a target that is added now. */
  takeFailure(): TargetFailure | undefined {
    return this.#failures.shift();
  }

  /** Knows a stream until the returned function is called. */
  add(session: ListenSession): () => void {
    this.#sessions.add(session);
    return () => this.#sessions.delete(session);
  }
}
