import { applyCheckpoint, type Source, type SourceState, type StatePatch } from '@fairlead/sdk';
import { writeState } from '../function/function-state.ts';

/** When a state is worth being sent. */
export interface CheckpointPace {
  /** At most so often, apart from the first and the last one. */
  readonly everyMs: number;
}

/** The state of a source on its way to Fivetran, which takes it as a whole. */
export class Checkpoints {
  readonly #source: Source;
  readonly #everyMs: number;
  readonly #now: () => number;
  #state: SourceState;
  #sentAtMs = Number.NEGATIVE_INFINITY;
  #isNew = false;

  constructor(
    source: Source,
    state: SourceState,
    { everyMs, now }: CheckpointPace & { readonly now: () => number },
  ) {
    this.#source = source;
    this.#state = state;
    this.#everyMs = everyMs;
    this.#now = now;
  }

  /** Whether there is a state that was not taken. */
  get isNew(): boolean {
    return this.#isNew;
  }

  /** Whether the state should be taken now. */
  get isDue(): boolean {
    return this.#isNew && this.#now() - this.#sentAtMs >= this.#everyMs;
  }

  apply(patch: StatePatch): void {
    this.#state = applyCheckpoint(this.#state, patch);
    this.#isNew = true;
  }

  /** The whole state as text. */
  take(): string {
    this.#isNew = false;
    this.#sentAtMs = this.#now();
    return JSON.stringify(writeState(this.#source, { source: this.#state }));
  }
}
