import {
  countOf,
  type DocumentsEvent,
  type Failure,
  isFailure,
  type Log,
  type ProgressEvent,
  type SourceEvent,
} from '@fairlead/sdk';
import type { Messages } from '../protocol/messages.ts';
import { nameStream, type StreamDescriptor } from '../protocol/stream-id.ts';
import type { ChosenStream } from './configured-stream.ts';
import type { Records } from './records.ts';
import type { States } from './states.ts';
import { StreamTurn } from './stream-turn.ts';

/** A stream of a sync, on its way from the source to the platform. */
interface Lane {
  readonly chosen: ChosenStream;
  readonly records: Records;
}

export interface ReadingOptions {
  /** By the source's bindings. */
  readonly lanes: readonly Lane[];
  readonly states: States;
  /** Whether streams share a state, so that they end together. */
  readonly together: boolean;
  readonly messages: Messages;
}

/** A stream that could not be read to its end, and why. */
export interface StreamFailure {
  readonly stream: StreamDescriptor;
  readonly failure: Failure;
}

/** One read: takes the events of a source in order and says them in messages. */
export class Reading {
  readonly #options: ReadingOptions;
  readonly #lanes: readonly OpenLane[];
  readonly #failures: StreamFailure[] = [];

  constructor(options: ReadingOptions) {
    this.#options = options;
    this.#lanes = options.lanes.map((lane) => ({
      ...lane,
      turn: new StreamTurn(options.messages, lane.chosen.stream),
      log: options.messages.log.with({ stream: nameStream(lane.chosen.stream) }),
      caughtUp: false,
      failed: false,
      estimated: 0,
    }));
  }

  /** The streams that have failed, in the order in which they did. */
  get failures(): readonly StreamFailure[] {
    return this.#failures;
  }

  async take(event: SourceEvent): Promise<void> {
    if (event.is === 'checkpoint') return await this.#checkpoint(event);
    const lane = this.#lane(event.binding);
    if (lane.failed) return event.is === 'documents' ? event.release?.() : undefined;
    await lane.turn.start();
    switch (event.is) {
      case 'documents':
        await this.#write(lane, event);
        // What is written by then was copied, or is with the system.
        return event.release?.();
      case 'caught-up':
        lane.caughtUp = true;
        return await this.#endCaughtUp();
      case 'failed':
        return await this.#fail(lane, event.failure);
      case 'progress':
        return await this.#estimate(lane, event);
      case 'backfill-begins':
        lane.log.info('backfill begins');
        return;
      case 'backfill-ends':
        lane.log.info('backfill ends');
        return;
      case 'schema':
        // The protocol has no message for it: platforms discover anew before a sync.
        lane.log.info('schema is known');
    }
  }

  /** Nothing more comes, as all that there is has been read. */
  async end(): Promise<void> {
    const { states } = this.#options;
    const open = this.#lanes.filter(({ turn }) => !turn.hasEnded);
    if (open.some(({ chosen }) => !states.isClean(chosen.stateKey))) {
      throw new Error('the source ended without a checkpoint');
    }
    for (const lane of open) await states.end(lane.chosen.stateKey);
    await states.close();
    for (const { turn } of open) await turn.complete();
  }

  /** Nothing more comes, as the source has failed. */
  async fail(error: unknown): Promise<void> {
    for (const lane of this.#lanes) await this.#breakOff(lane);
    await this.#options.messages.error(error);
  }

  /** Nothing more comes, as the process is to end. */
  async interrupt(): Promise<void> {
    for (const lane of this.#lanes) if (!lane.turn.isWaiting) await this.#breakOff(lane);
  }

  async #write(lane: OpenLane, { documents }: DocumentsEvent): Promise<void> {
    if (lane.turn.hasEnded) throw new Error('the source goes on with a stream that it has ended');
    await lane.turn.run();
    this.#options.states.add(lane.chosen.stateKey, countOf(documents));
    try {
      await lane.records.write(documents);
    } catch (error) {
      if (this.#options.together || !isFailure(error) || error.kind !== 'data') throw error;
      await this.#fail(lane, error);
    }
  }

  async #fail(lane: OpenLane, failure: Failure): Promise<void> {
    const { stream } = lane.chosen;
    lane.failed = true;
    this.#failures.push({ stream, failure });
    await this.#breakOff(lane);
    await this.#options.messages.error(failure, stream);
  }

  async #checkpoint({ patch }: Extract<SourceEvent, { is: 'checkpoint' }>): Promise<void> {
    await this.#options.states.checkpoint(patch);
    await this.#endCaughtUp();
  }

  /** Ends the streams that have caught up, as soon as a checkpoint covers them. */
  async #endCaughtUp(): Promise<void> {
    const { states, together } = this.#options;
    if (together) return;
    for (const { chosen, turn, caughtUp } of this.#lanes) {
      if (!caughtUp || turn.hasEnded || !states.isClean(chosen.stateKey)) continue;
      // The state comes before the end, and the status that a read stream has before both.
      await turn.run();
      await states.end(chosen.stateKey);
      await turn.complete();
    }
  }

  async #breakOff({ chosen, turn }: OpenLane): Promise<void> {
    if (turn.hasEnded) return;
    await turn.start();
    await this.#options.states.breakOff(chosen.stateKey);
    await turn.breakOff();
  }

  async #estimate(lane: OpenLane, { unit, total }: ProgressEvent): Promise<void> {
    if (total === lane.estimated) return;
    lane.estimated = total;
    const size = unit === 'bytes' ? { byte_estimate: total } : { row_estimate: total };
    await this.#options.messages.estimate(lane.chosen.stream, size);
  }

  #lane(binding: number): OpenLane {
    const lane = this.#lanes[binding];
    if (lane !== undefined) return lane;
    throw new Error(`the source speaks of binding ${binding}, which it was not given`);
  }
}

interface OpenLane extends Lane {
  readonly turn: StreamTurn;
  readonly log: Log;
  /** Whether the source has said so. */
  caughtUp: boolean;
  /** Whether it has ended with a failure. What the source still says of it is passed over. */
  failed: boolean;
  /** What was last said of its size. */
  estimated: number;
}
