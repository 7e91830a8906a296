import { giveBlock, members, type ByteRange } from '@fairlead/json';
import {
  countOf,
  DocumentsBuilder,
  Failure,
  startOf,
  type CommitPattern,
  type Documents,
  type KeyRange,
  type Writer,
} from '@fairlead/sdk';
import type { LoadBatch, StoreBatch } from '../protocol/batches.ts';
import type { MaterializeRequest } from '../protocol/materialize-messages.ts';
import { statePatch, type Answers } from './answers.ts';
import type { BoundTable } from './bind-table.ts';
import { encodeCheckpoint } from './checkpoint-text.ts';
import { LoadKeys } from './load-keys.ts';
import type { Pace } from './pace.ts';
import { appliedPatch, pendingPatch, type Pending } from './pending.ts';
import { StoreBatches } from './store-batches.ts';

export interface TransactionParts {
  readonly writer: Writer;
  readonly commits: CommitPattern;
  readonly range: KeyRange;
  readonly tables: readonly BoundTable[];
  /** Staged transactions of an earlier session that are this session's to apply. */
  readonly pending: readonly Pending[];
  readonly answers: Answers;
  /** Holds acknowledgements back; absent when nothing does. */
  readonly pace?: Pace;
  /** Called with what went wrong while no request was waited for. */
  readonly fail: (error: unknown) => void;
}

/** Where a transaction is. What is acknowledged belongs to the one before. */
type Phase = 'waiting' | 'loading' | 'storing';

/** The transactions of one session: takes requests in order and answers them. */
export class Transactions {
  readonly #parts: TransactionParts;
  readonly #lanes: readonly Lane[];
  #phase: Phase = 'waiting';
  #pending: readonly Pending[];
  #hasLoads = false;
  /** The commit of the transaction before, when it goes on in the background. */
  #commit: Promise<unknown> = Promise.resolve();
  /** Its acknowledgement, which goes on while keys come. It never rejects. */
  #acknowledgement: Promise<void> = Promise.resolve();
  #failure: { readonly error: unknown } | undefined;
  /** How many stores the transaction has; undefined before the first one. */
  #stores: number | undefined;
  /** Lets no acknowledgement wait any more. */
  readonly #hurry = new AbortController();

  constructor(parts: TransactionParts) {
    this.#parts = parts;
    this.#pending = parts.pending;
    // Where documents may come twice, a key that was new to the runtime may not be new any more.
    const trusts = parts.commits !== 'at-least-once';
    this.#lanes = parts.tables.map((bound) => ({
      bound,
      keys: new LoadKeys(),
      stores: new StoreBatches(bound, trusts),
    }));
  }

  /** @throws {Failure} data, for a request out of order. */
  async take(request: MaterializeRequest): Promise<void> {
    switch (request.is) {
      case 'load':
        return this.#load(request);
      case 'store':
        return await this.#store(request);
      case 'acknowledge':
        this.#expect('waiting', request.is);
        this.#phase = 'loading';
        this.#acknowledgement = this.#acknowledge().catch((error: unknown) => {
          this.#failure ??= { error };
          this.#parts.fail(error);
        });
        return;
      case 'flush':
        this.#expect('loading', request.is);
        return await this.#flush();
      case 'startCommit':
        this.#expect('storing', request.is);
        return await this.#startCommit(request.runtimeCheckpoint ?? new Uint8Array());
      default:
        throw outOfOrder(request.is);
    }
  }

  /**
   * Ends after the last request: what was committed is, and was said to be.
   * @throws {Failure} data, when a transaction has begun.
   */
  async finish(): Promise<void> {
    this.#hurry.abort();
    if (this.#phase === 'storing' || this.#hasLoads) {
      throw new Failure('data', 'the input ended in the middle of a transaction');
    }
    await this.#acknowledged();
    await this.#commit;
  }

  /** Resolves when nothing goes on in the background, however that ended. Nothing may be taken afterwards. */
  async settle(): Promise<void> {
    this.#hurry.abort();
    await this.#acknowledgement;
    // Whoever waits for the commit is told how it ended.
    await this.#commit.catch(() => {});
  }

  #load(batch: LoadBatch): void {
    this.#expect('loading', batch.is);
    const { bound, keys } = this.#lane(batch.binding);
    if (this.#parts.writer.load === undefined || bound.table.write === 'append') {
      throw new Failure('config', 'documents cannot be loaded from this table', {
        where: `table ${bound.name}`,
        hint: 'Set delta_updates for the binding.',
      });
    }
    keys.add(batch);
    this.#hasLoads = true;
  }

  async #flush(): Promise<void> {
    await this.#acknowledged();
    for (const [binding, { bound, keys }] of this.#lanes.entries()) {
      for (const batch of keys.take()) await this.#answerLoads(binding, bound, batch);
    }
    this.#hasLoads = false;
    this.#phase = 'storing';
    await this.#parts.answers.write({ is: 'flushed' });
    await this.#parts.answers.flush();
  }

  async #answerLoads(binding: number, bound: BoundTable, keys: Documents): Promise<void> {
    const { writer, answers } = this.#parts;
    for await (const found of writer.load?.(binding, keys) ?? []) {
      const documents = bound.form === 'document' ? found : inRows(found, bound);
      if (countOf(documents) > 0) await answers.write({ is: 'loaded', binding, documents });
    }
  }

  async #store(batch: StoreBatch): Promise<void> {
    this.#expect('storing', batch.is);
    const { stores } = this.#lane(batch.binding);
    this.#stores = (this.#stores ?? 0) + batch.flags.length;
    for (let next = 0; next < batch.flags.length;) {
      next = stores.add(batch, next);
      if (stores.isFull) await this.#write(batch.binding, stores);
    }
  }

  /** Stores what was gathered for a table. */
  async #write(binding: number, stores: StoreBatches): Promise<void> {
    const documents = stores.take();
    await this.#parts.writer.store(binding, documents);
    giveBlock(documents.bytes);
  }

  async #startCommit(checkpoint: Uint8Array): Promise<void> {
    const { writer, commits, range, answers } = this.#parts;
    for (const [binding, { stores }] of this.#lanes.entries()) {
      if (!stores.isEmpty) await this.#write(binding, stores);
    }
    this.#stores ??= 0;
    this.#parts.pace?.committing(this.#stores);
    const commit = writer.commit(encodeCheckpoint(checkpoint));
    this.#commit = commit;
    this.#phase = 'waiting';
    if (commits === 'in-destination') {
      // The destination is the truth, so the runtime may already save its own checkpoint.
      commit.catch((error: unknown) => this.#parts.fail(error));
      await answers.write({ is: 'startedCommit' });
    } else {
      const staged = await commit;
      if (commits === 'staged') this.#pending = staged === null ? [] : [{ range, staged }];
      const state = this.#pending.map((pending) => statePatch(pendingPatch(pending)))[0];
      await answers.write({ is: 'startedCommit', ...(state === undefined ? {} : { state }) });
    }
    await answers.flush();
  }

  async #acknowledge(): Promise<void> {
    const { writer, answers, pace } = this.#parts;
    // What an earlier session has left is not held back.
    const isHeld = this.#stores !== undefined;
    this.#stores = isHeld ? 0 : undefined;
    await this.#commit;
    if (isHeld) await pace?.wait(this.#hurry.signal);
    const applied = this.#pending;
    this.#pending = [];
    for (const { staged } of applied) await writer.acknowledge?.(staged);
    const state = applied.length === 0 ? {} : { state: statePatch(appliedPatch(applied)) };
    await answers.write({ is: 'acknowledged', ...state });
    await answers.flush();
  }

  async #acknowledged(): Promise<void> {
    await this.#acknowledgement;
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  #lane(binding: number): Lane {
    const lane = this.#lanes[binding];
    if (lane !== undefined) return lane;
    throw new Failure('data', `a request names binding ${binding}, which was not opened`);
  }

  #expect(phase: Phase, request: MaterializeRequest['is']): void {
    if (this.#phase !== phase) throw outOfOrder(request);
  }
}

/** One binding. */
interface Lane {
  readonly bound: BoundTable;
  readonly keys: LoadKeys;
  readonly stores: StoreBatches;
}

/** A request that must not come now. */
export function outOfOrder(request: string): Failure {
  return new Failure('data', `the request ${request} is out of order`);
}

/** The documents that rows hold in one of their columns. */
function inRows(rows: Documents, { document, name }: BoundTable): Documents {
  const builder = new DocumentsBuilder();
  const line = Buffer.of(0x0a);
  for (const [index, end] of rows.ends.entries()) {
    let place: ByteRange | undefined;
    // A destination that has a member for each column has those in the document first.
    for (const member of members(rows.bytes, startOf(rows, index), end)) {
      if (member.name === document) place = member;
    }
    if (place === undefined || rows.bytes[place.start] !== 0x7b) {
      throw new Failure('state', 'a row does not have its document', {
        where: `table ${name}, column ${document}`,
        hint: 'Backfill the binding.',
      });
    }
    builder.addLine(Buffer.concat([rows.bytes.subarray(place.start, place.end), line]));
  }
  return builder.take();
}
