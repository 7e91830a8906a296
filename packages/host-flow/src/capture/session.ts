import {
  countOf,
  type Binding,
  type Documents,
  type Failure,
  type Json,
  type Log,
  type Source,
  type SourceEvent,
} from '@fairlead/sdk';
import { connectorStatus } from '../flow-log.ts';
import type { CaptureRequest, CaptureResponseDraft } from '../protocol/capture-messages.ts';
import { Acknowledgements } from './acknowledgements.ts';
import { connectWith } from './answer.ts';
import { bindingsOf, inactiveKeys, rangeOf } from './connect-bindings.ts';
import { closedSchema } from './document-schema.ts';
import { forgetOlder, sourceState, taskPatch } from './flow-state.ts';
import { markOps } from './mark-ops.ts';
import { jsonText } from '../protocol/json-text.ts';

export interface SessionOptions {
  readonly write: (response: CaptureResponseDraft) => Promise<void> | undefined;
  readonly log: Log;
  /** How long a sequence that has begun may take to end once a stop was asked for. */
  readonly stopGraceMs: number;
  /** Whether the runtime is known to understand the markers of backfills. */
  readonly backfillMarkers: boolean;
}

/** One capture session: from `open` until the source has no more, a stop, or a failure. */
export class CaptureSession {
  readonly #source: Source;
  readonly #open: Extract<CaptureRequest, { is: 'open' }>;
  readonly #options: SessionOptions;
  readonly #pulling = new AbortController();
  readonly #acknowledgements = new Acknowledgements();
  readonly #schemas = new Map<number, string>();
  readonly #failed = new Map<number, Failure>();
  readonly #caughtUp = new Set<number>();
  #bindings: readonly Binding<Json>[] = [];
  /** Whether something was written since the last checkpoint, and whether documents were. */
  #sequence: 'none' | 'notices' | 'documents' = 'none';
  #sequenceBytes = 0;
  #stopping = false;
  #calls: Promise<void> = Promise.resolve();
  /** What went wrong while nobody was waiting. */
  #error: { readonly cause: unknown } | undefined;

  constructor(
    source: Source,
    open: Extract<CaptureRequest, { is: 'open' }>,
    options: SessionOptions,
  ) {
    this.#source = source;
    this.#open = open;
    this.#options = options;
  }

  /**
   * Captures. What was written when it resolves ends with a whole sequence.
   * @throws {Failure} of any kind, as the source does.
   */
  async run(): Promise<void> {
    const { log, write } = this.#options;
    const { signal } = this.#pulling;
    const connected = connectWith(this.#source, this.#open.capture?.config);
    this.#bindings = bindingsOf(this.#source, this.#open);
    const range = rangeOf(this.#source, this.#open.range);
    const state = sourceState(this.#open.state);
    const bindings = this.#bindings;
    const events = connected.pull({ bindings, state, until: 'forever', range, signal, log });
    await write({ is: 'opened', explicitAcknowledgements: true });
    const none = bindings.length === 0 ? ', no bindings are enabled' : '';
    log.info(`Capture started${none}`, connectorStatus);
    const forgotten = forgetOlder(
      state,
      bindings.map(({ stateKey }) => stateKey),
      inactiveKeys(this.#open),
    );
    if (forgotten !== undefined) await this.#checkpoint(forgotten);
    try {
      await this.#readAll(events);
    } catch (error) {
      // An abort that we asked for is no failure where nothing is left half done.
      if (this.#error !== undefined) throw this.#error.cause;
      if (!signal.aborted || this.#sequence === 'documents') throw error;
      log.debug('the source ended on being stopped', { error });
    } finally {
      // Nobody waits for the end of a sequence any more.
      this.#abort();
    }
    await this.#finish();
  }

  /**
   * The runtime has committed so many more checkpoints. The source hears of it in order, and the
   * session fails when it cannot bear it.
   */
  acknowledge(checkpoints: number): void {
    for (const committed of this.#acknowledgements.acknowledge(checkpoints)) {
      this.#calls = this.#calls.then(committed).catch((error: unknown) => this.fail(error));
    }
  }

  /** Ends the session after the sequence that has begun, or at once between two. */
  stop(): void {
    if (this.#stopping) return;
    this.#stopping = true;
    if (this.#sequence !== 'documents') return this.#abort();
    const timer = setTimeout(() => this.#abort(), this.#options.stopGraceMs);
    this.#pulling.signal.addEventListener('abort', () => clearTimeout(timer), { once: true });
  }

  /** Ends the session at once with an error, which `run` throws. */
  fail(error: unknown): void {
    this.#error ??= { cause: error };
    this.#abort();
  }

  #abort(): void {
    this.#pulling.abort(new Error('the capture was asked to stop'));
  }

  async #readAll(events: AsyncIterable<SourceEvent>): Promise<void> {
    for await (const event of events) {
      if (this.#error !== undefined) return;
      if (this.#stopping && this.#sequence !== 'documents') return;
      await this.#take(event);
      if (this.#isDone()) {
        // Leaving the loop closes the source, which may be waiting for something: wake it first.
        this.#abort();
        return;
      }
    }
  }

  async #take(event: SourceEvent): Promise<void> {
    const { write, log } = this.#options;
    if (event.is === 'checkpoint') return await this.#checkpoint(event.patch, event.committed);
    const { binding } = event;
    const stream = this.#bindings[binding]?.stream;
    if (stream === undefined) throw new Error(`the source speaks of a binding ${binding}`);
    switch (event.is) {
      case 'documents':
        if (countOf(event.documents) > 0) await this.#write(binding, event.documents);
        // A write that has ended has copied what it was given.
        return event.release?.();
      case 'schema': {
        const documentSchema = jsonText(closedSchema(event.schema));
        const text = Buffer.from(documentSchema).toString();
        if (this.#schemas.get(binding) === text) return;
        this.#schemas.set(binding, text);
        this.#notice();
        return await write({ is: 'sourcedSchema', binding, documentSchema });
      }
      case 'backfill-begins':
        log.info('backfill begins', { stream });
        if (!this.#options.backfillMarkers) return;
        this.#notice();
        return await write({ is: 'backfillBegin', binding });
      case 'backfill-ends':
        log.info('backfill ends', { stream });
        if (!this.#options.backfillMarkers) return;
        this.#notice();
        return await write({ is: 'backfillComplete', binding });
      case 'caught-up':
        if (!this.#caughtUp.has(binding)) log.debug('caught up', { stream });
        this.#caughtUp.add(binding);
        return;
      case 'progress':
        log.debug('progress', { stream, unit: event.unit, done: event.done, total: event.total });
        return;
      case 'failed':
        log.error('a stream failed, the others go on until they have caught up', {
          stream,
          error: event.failure,
          ...connectorStatus,
        });
        this.#failed.set(binding, event.failure);
    }
  }

  async #write(binding: number, taken: Documents): Promise<void> {
    const documents = markOps(taken);
    this.#sequence = 'documents';
    this.#sequenceBytes += documents.bytes.length;
    this.#caughtUp.delete(binding);
    await this.#options.write({ is: 'captured', binding, documents });
  }

  #notice(): void {
    if (this.#sequence === 'none') this.#sequence = 'notices';
  }

  async #checkpoint(
    patch: Parameters<typeof taskPatch>[0],
    committed?: () => Promise<void>,
  ): Promise<void> {
    const updated = taskPatch(patch);
    this.#acknowledgements.expect(this.#sequenceBytes, committed);
    this.#sequence = 'none';
    this.#sequenceBytes = 0;
    const state = updated === undefined ? {} : { state: { updated, mergePatch: true } };
    await this.#options.write({ is: 'checkpoint', ...state });
  }

  /** Whether the session ends here: on a stop, or when a stream failed and the others are done. */
  #isDone(): boolean {
    if (this.#sequence !== 'none') return false;
    if (this.#stopping) return true;
    if (this.#failed.size === 0) return false;
    const isTransient = [...this.#failed.values()].some(({ kind }) => kind === 'transient');
    return (
      isTransient ||
      this.#bindings.every((_, index) => this.#failed.has(index) || this.#caughtUp.has(index))
    );
  }

  /** Ends the last sequence if it can be ended. */
  async #finish(): Promise<void> {
    await this.#calls;
    if (this.#error !== undefined) throw this.#error.cause;
    if (this.#sequence === 'documents') throw new Error('the source ended without a checkpoint');
    if (this.#sequence === 'notices') await this.#checkpoint({});
    for (const failure of this.#failed.values()) throw failure;
  }
}
