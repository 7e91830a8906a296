import { applyCheckpoint, type Json, type SourceState, type StatePatch } from '@fairlead/sdk';
import type { Messages } from '../protocol/messages.ts';
import type { ChosenStream } from './configured-stream.ts';
import { savedPart } from './saved-state.ts';
import { StateClock, type StatePace } from './state-clock.ts';

/**
 * Writes the STATE messages of a sync: at a checkpoint when one is due, at the end of a stream
 * unless nothing came after the last one, and never where records before it are not covered by it.
 * Every stream gets at least one. Streams are named by their state keys.
 */
export interface States {
  /** Records of a stream are about to be written. */
  add(stateKey: string, count: number): void;
  /** Everything that was written is covered by the state after this patch. */
  checkpoint(patch: StatePatch): Promise<void>;
  /** Whether all that was written of a stream is covered by a checkpoint. */
  isClean(stateKey: string): boolean;
  /** A stream was read to its end, and is clean. */
  end(stateKey: string): Promise<void>;
  /** No more is read of a stream before its end. */
  breakOff(stateKey: string): Promise<void>;
  /** Every stream was read to its end. */
  close(): Promise<void>;
}

export interface StatesOptions {
  readonly source: string;
  /** All streams of the sync, in the order of the catalog. */
  readonly streams: readonly ChosenStream[];
  readonly state: SourceState;
  /** State keys of streams that need no reading any more. */
  readonly complete: ReadonlySet<string>;
  readonly messages: Messages;
  readonly pace: StatePace;
  readonly now: () => number;
}

/** A STATE of type STREAM for each stream, by itself. */
export class StreamStates implements States {
  readonly #options: StatesOptions;
  readonly #lanes: ReadonlyMap<string, StateLane>;
  #state: SourceState;

  constructor(options: StatesOptions) {
    this.#options = options;
    this.#state = options.state;
    this.#lanes = new Map(
      options.streams.map((chosen) => {
        const clock = new StateClock(options.pace, options.now);
        return [chosen.stateKey, { chosen, clock, isOpen: true }];
      }),
    );
  }

  add(stateKey: string, count: number): void {
    this.#lane(stateKey).clock.add(count);
  }

  async checkpoint(patch: StatePatch): Promise<void> {
    this.#state = applyCheckpoint(this.#state, patch);
    for (const [stateKey, { clock, isOpen }] of this.#lanes) {
      clock.isClean = true;
      if (!isOpen) continue;
      if (patch.bindings === undefined || !Object.hasOwn(patch.bindings, stateKey)) continue;
      clock.pass();
      if (clock.isDue) await this.#write(stateKey, false);
    }
  }

  isClean(stateKey: string): boolean {
    return this.#lane(stateKey).clock.isClean;
  }

  async end(stateKey: string): Promise<void> {
    const { chosen, clock } = this.#lane(stateKey);
    if (chosen.fullRefresh || !clock.isUpToDate) await this.#write(stateKey, true);
  }

  async breakOff(stateKey: string): Promise<void> {
    const lane = this.#lane(stateKey);
    lane.isOpen = false;
    const { isBehind, isClean } = lane.clock;
    if (isBehind && isClean) await this.#write(stateKey, false);
  }

  async close(): Promise<void> {}

  async #write(stateKey: string, complete: boolean): Promise<void> {
    const { chosen, clock } = this.#lane(stateKey);
    const part = partOf(this.#options.source, this.#state, chosen, complete);
    await this.#options.messages.streamState(chosen.stream, part, { recordCount: clock.take() });
  }

  #lane(stateKey: string): StateLane {
    const lane = this.#lanes.get(stateKey);
    if (lane === undefined) throw new Error(`there is no stream with the state key ${stateKey}`);
    return lane;
  }
}

interface StateLane {
  readonly chosen: ChosenStream;
  readonly clock: StateClock;
  /** Whether what is read of the stream is still written. */
  isOpen: boolean;
}

/** A STATE of type GLOBAL, for a source whose streams share a position. */
export class GlobalStates implements States {
  readonly #options: StatesOptions;
  readonly #clock: StateClock;
  #state: SourceState;

  constructor(options: StatesOptions) {
    this.#options = options;
    this.#state = options.state;
    this.#clock = new StateClock(options.pace, options.now);
  }

  add(_stateKey: string, count: number): void {
    this.#clock.add(count);
  }

  async checkpoint(patch: StatePatch): Promise<void> {
    this.#state = applyCheckpoint(this.#state, patch);
    this.#clock.isClean = true;
    if (patch.shared === undefined && patch.bindings === undefined) return;
    this.#clock.pass();
    if (this.#clock.isDue) await this.#write(false);
  }

  isClean(): boolean {
    return this.#clock.isClean;
  }

  async end(): Promise<void> {}

  async breakOff(): Promise<void> {
    if (this.#clock.isBehind && this.#clock.isClean) await this.#write(false);
  }

  async close(): Promise<void> {
    const endsOne = this.#options.streams.some(({ fullRefresh }) => fullRefresh);
    if (endsOne || !this.#clock.isUpToDate) await this.#write(true);
  }

  async #write(ended: boolean): Promise<void> {
    const { source, streams, complete, messages } = this.#options;
    const { shared } = this.#state;
    const cursor = shared === undefined ? {} : { cursor: shared };
    await messages.globalState(
      savedPart(source, { ...cursor, fullRefresh: false, complete: false }),
      streams.map((chosen) => ({
        stream: chosen.stream,
        state: partOf(source, this.#state, chosen, ended || complete.has(chosen.stateKey)),
      })),
      { recordCount: this.#clock.take() },
    );
  }
}

/** What is saved for one stream. Only a full refresh is ever complete. */
function partOf(
  source: string,
  { bindings }: SourceState,
  { stateKey, fullRefresh }: ChosenStream,
  ended: boolean,
): Json {
  const cursor = Object.hasOwn(bindings, stateKey) ? bindings[stateKey] : undefined;
  const complete = fullRefresh && ended;
  return savedPart(source, {
    ...(cursor === undefined ? {} : { cursor }),
    fullRefresh,
    complete,
  });
}
