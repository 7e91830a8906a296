import { GrpcError, Status } from '@fairlead/grpc';
import type { Mask } from '@fairlead/host-io';
import {
  type ConnectedSource,
  describeFailure,
  eventsWithin,
  type Failure,
  isFailure,
  type Log,
  type SourceEvent,
  type SourceState,
  type StatePatch,
  wholeRange,
} from '@fairlead/sdk';
import { forPlatform, ofStream } from '../failures.ts';
import { statusOf } from '../grpc/answers.ts';
import { type CheckpointPace, Checkpoints } from './checkpoints.ts';
import { encodeOperation } from './operations.ts';
import { RecordMessages, type SendFramed } from './record-messages.ts';
import type { ChosenTable } from './selection.ts';
import { TableLane } from './table-lane.ts';

export interface UpdateRun {
  readonly connected: ConnectedSource;
  readonly tables: readonly ChosenTable[];
  /** Sentences that a user should read. */
  readonly warnings: readonly string[];
  readonly state: SourceState;
  readonly pace: CheckpointPace;
  readonly send: SendFramed;
  /** Ends it: what is complete is sent first, unless nobody listens any more. */
  readonly signal: AbortSignal;
  readonly log: Log;
  readonly mask: Mask;
  readonly now: () => number;
}

/** One update: takes the events of a source in order, and says them in messages. */
export class Update {
  readonly #options: UpdateRun;
  readonly #messages: RecordMessages;
  readonly #checkpoints: Checkpoints;
  readonly #lanes: readonly TableLane[];
  /** Why streams have ended by themselves. What the source still says of them is passed over. */
  readonly #failures = new Map<number, Failure>();
  /** Bindings that have had documents since the last checkpoint of the source. */
  readonly #open = new Set<number>();

  constructor(options: UpdateRun) {
    const { connected, state, pace, now, tables, log, send } = options;
    this.#options = options;
    this.#messages = new RecordMessages(send);
    this.#checkpoints = new Checkpoints(connected.source, state, { ...pace, now });
    this.#lanes = tables.map((table) => new TableLane(table, this.#messages, log));
  }

  /**
   * Reads until there is no more. What was sent when it resolves ends with a checkpoint, or with the
   * task that a user has to do.
   * @throws {GrpcError} `UNAVAILABLE` when another attempt may succeed, `INTERNAL` for a bug; the
   * checkpoint that can be had is sent before.
   */
  async run(): Promise<void> {
    const { warnings, mask } = this.#options;
    for (const message of warnings) this.#warn(message);
    try {
      await this.#pull();
    } catch (error) {
      this.#checkpoint();
      if (isFailure(error) && error.kind !== 'transient') this.#task([error]);
      await this.#messages.flush();
      if (isFailure(error) && error.kind !== 'transient') return;
      throw statusOf(error, mask);
    }
    this.#checkpoint();
    const failures = [...this.#failures.values()];
    const lasting = failures.filter(({ kind }) => kind !== 'transient');
    if (lasting.length > 0) this.#task(lasting);
    await this.#messages.flush();
    const [transient] = failures;
    if (lasting.length === 0 && transient !== undefined) throw statusOf(transient, mask);
  }

  async #pull(): Promise<void> {
    const { connected, tables, state, signal, log } = this.#options;
    if (tables.length === 0) return;
    const bindings = tables.map(({ table: { stream, resource } }) => ({
      stream,
      resource,
      stateKey: stream,
    }));
    const request = { bindings, state, until: 'caught-up', range: wholeRange } as const;
    const events = connected.pull({ ...request, signal, log });
    try {
      for await (const event of eventsWithin(events, idleMs)) {
        if (event !== undefined) await this.#take(event);
        const { isDue } = this.#checkpoints;
        if (isDue) this.#checkpoint();
        if (isDue || event === undefined || this.#messages.isFull) await this.#messages.send();
        if (signal.aborted) break;
      }
    } catch (error) {
      // An end that was asked for is how this one ends.
      if (!signal.aborted) throw error;
    }
    if (signal.aborted) throw stopped();
    if (this.#open.size > 0) throw new Error('the source ended without a checkpoint');
  }

  async #take(event: SourceEvent): Promise<void> {
    if (event.is === 'checkpoint') {
      this.#checkpoints.apply(this.#withoutFailed(event.patch));
      this.#open.clear();
      return;
    }
    const lane = this.#lanes[event.binding];
    if (lane === undefined) {
      throw new Error(`the source speaks of binding ${event.binding}, which it was not given`);
    }
    if (this.#failures.has(event.binding)) {
      return event.is === 'documents' ? event.release?.() : undefined;
    }
    switch (event.is) {
      case 'documents':
        try {
          this.#open.add(event.binding);
          await lane.store(event.documents);
        } catch (error) {
          const { source } = this.#options.connected;
          const isApart = source.shared === undefined && isFailure(error) && error.kind === 'data';
          if (!isApart) throw error;
          this.#fail(event.binding, error);
        } finally {
          // What was written is a copy.
          event.release?.();
        }
        return;
      case 'backfill-begins':
        lane.log.info('backfill begins');
        return lane.truncate();
      case 'backfill-ends':
        lane.log.info('backfill ends');
        return;
      case 'schema':
        return lane.accept(event.schema);
      case 'failed':
        return this.#fail(event.binding, event.failure);
      case 'progress':
        lane.log.debug('progress', { unit: event.unit, done: event.done, total: event.total });
        return;
      case 'caught-up':
        lane.log.debug('caught up');
    }
  }

  #fail(binding: number, failure: Failure): void {
    const stream = this.#lanes[binding]?.stream ?? '';
    const told = ofStream(failure, stream);
    this.#open.delete(binding);
    this.#failures.set(binding, told);
    this.#options.log.error('a stream has failed, the others go on', { stream, error: told });
    this.#warn(describeFailure(told));
  }

  /** The patch without the positions of streams that have failed: their rows were not all sent. */
  #withoutFailed(patch: StatePatch): StatePatch {
    if (this.#failures.size === 0 || patch.bindings === undefined) return patch;
    const failed = new Set(
      [...this.#failures.keys()].map((binding) => this.#lanes[binding]?.stream),
    );
    const bindings = Object.entries(patch.bindings).filter(([key]) => !failed.has(key));
    return { ...patch, bindings: Object.fromEntries(bindings) };
  }

  /** Sends the state of the last checkpoint, if Fivetran does not have it. */
  #checkpoint(): void {
    if (!this.#checkpoints.isNew) return;
    const stateJson = this.#checkpoints.take();
    this.#messages.add(encodeOperation({ case: 'checkpoint', value: { stateJson } }));
  }

  #warn(message: string): void {
    const value = { message: this.#options.mask(message) };
    this.#messages.add(encodeOperation({ case: 'warning', value }));
  }

  #task(failures: readonly Failure[]): void {
    this.#messages.add(encodeTask(failures, this.#options.mask));
  }
}

/** The message that a user has to do something; there may be only one. */
export function encodeTask(failures: readonly Failure[], mask: Mask): Uint8Array {
  const texts = failures.map((failure) => describeFailure(forPlatform(failure)));
  return encodeOperation({ case: 'task', value: { message: mask(texts.join('\n')) } });
}

/** After how long without an event what there is goes out. */
const idleMs = 1000;

function stopped(): GrpcError {
  return new GrpcError(Status.UNAVAILABLE, 'the connector is being stopped');
}
