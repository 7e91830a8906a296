import { schemaOf, type Shape } from '@fairlead/json';
import {
  applyCheckpoint,
  countOf,
  Op,
  wholeRange,
  type Destination,
  type Documents,
  type DocumentsEvent,
  type Json,
  type Log,
  type SourceEvent,
  type SourceState,
  type StatePatch,
  type Table,
  type Writer,
} from '@fairlead/sdk';
import {
  afterCommit,
  decodeCheckpoint,
  encodeCheckpoint,
  type RunCheckpoint,
  type StreamMemory,
} from './checkpoint.ts';
import { Gate } from './gate.ts';
import type { Pipeline } from './pipeline.ts';
import { quarantineName, quarantineRows, quarantineTable } from './quarantine.ts';
import type { CheckpointStore } from './saved-checkpoint.ts';
import { knownShape, tableOf, type SelectedStream } from './select.ts';
import type { RunStatus, StreamStatus } from './status.ts';

interface Parts {
  readonly destination: Destination;
  readonly store: CheckpointStore;
  readonly streams: readonly SelectedStream[];
  readonly log: Log;
  readonly status: RunStatus;
}

/** One stream on its way to its table. */
interface Lane {
  readonly stream: SelectedStream;
  readonly status: StreamStatus;
  gate: Gate;
  rewound: boolean;
}

/** The transactions of one attempt: takes the source's events in order and commits them. */
export class Session implements AsyncDisposable {
  readonly #pipeline: Pipeline;
  readonly #parts: Parts;
  readonly #writer: Writer;
  readonly #lanes: readonly Lane[];
  readonly #quarantine: number | undefined;
  #checkpoint: RunCheckpoint;
  /** Of the transaction that is open. */
  #state: SourceState;
  #bytes = 0;
  #committedAtMs = Date.now();
  #committed: (() => Promise<void>)[] = [];
  #dirty = false;
  #atCheckpoint = true;
  #healthy = true;

  private constructor(pipeline: Pipeline, parts: Parts, writer: Writer, checkpoint: RunCheckpoint) {
    this.#pipeline = pipeline;
    this.#parts = parts;
    this.#writer = writer;
    this.#checkpoint = checkpoint;
    this.#state = checkpoint.state;
    this.#lanes = lanesOf(parts, checkpoint);
    const quarantines = parts.streams.some(({ rule }) => rule.contract === 'quarantine');
    this.#quarantine = quarantines ? this.#lanes.length : undefined;
  }

  /** Takes the task over from any older run of it, and makes its tables what they must be. */
  static async open(pipeline: Pipeline, parts: Parts): Promise<Session> {
    const { destination, store, streams } = parts;
    const source = pipeline.source.source.name;
    const before = decodeCheckpoint(await store.read(destination), source);
    const writer = await destination.open({
      task: pipeline.name,
      range: wholeRange,
      tables: lanesOf(parts, before).map(({ stream, gate }) => tableOf(stream, gate.shape)),
      state: store.staged,
    });
    try {
      await store.recover(writer);
      // An older run may have committed between the look and the fence.
      const checkpoint =
        writer.checkpoint === null ? before : decodeCheckpoint(writer.checkpoint, source);
      const session = new Session(pipeline, parts, writer, checkpoint);
      if (streams.length > 0) await session.#alter();
      return session;
    } catch (error) {
      await writer[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** What was last committed. */
  get checkpoint(): RunCheckpoint {
    return this.#checkpoint;
  }

  /** Whether everything that was taken may be committed now. */
  get atCheckpoint(): boolean {
    return this.#atCheckpoint;
  }

  /** Whether something was taken since the last commit. */
  get isDirty(): boolean {
    return this.#dirty;
  }

  /** Whether the destination has done all that it was asked to. */
  get isHealthy(): boolean {
    return this.#healthy;
  }

  /** Whether the open transaction is large enough, or the last commit long enough ago. */
  get isDue(): boolean {
    if (!this.#dirty) return false;
    const { bytes, everyMs } = this.#pipeline.commit;
    return this.#bytes >= bytes || Date.now() - this.#committedAtMs >= everyMs;
  }

  /** Takes one event. After an error the session can only be disposed. */
  async take(event: SourceEvent): Promise<void> {
    switch (event.is) {
      case 'documents':
        return await this.#healthily(() => this.#store(event));
      case 'backfill-begins':
        this.#lane(event.binding).rewound = false;
        this.#dirty = true;
        return await this.#healthily(() => this.#writer.truncate(event.binding));
      case 'checkpoint':
        this.#state = applyCheckpoint(this.#state, event.patch);
        if (event.committed !== undefined) this.#committed.push(event.committed);
        if (hasMembers(event.patch)) this.#dirty = true;
        this.#atCheckpoint = true;
        return;
      case 'caught-up':
        this.#lane(event.binding).status.phase = 'caught up';
        if (this.#dirty && this.#atCheckpoint && this.#isQuiet()) await this.commit();
        return;
      case 'progress': {
        const { unit, done, total } = event;
        this.#lane(event.binding).status.progress = { unit, done, total };
        return;
      }
      case 'failed':
      case 'schema':
      case 'backfill-ends':
        return;
    }
  }

  /** Makes everything that was taken durable, with the position after it. */
  async commit(): Promise<void> {
    const { status, store, log } = this.#parts;
    status.activity = 'committing';
    this.#committedAtMs = Date.now();
    const streams: Record<string, StreamMemory> = { ...this.#checkpoint.streams };
    for (const { stream, gate, rewound } of this.#lanes) {
      streams[stream.binding.stateKey] = {
        schema: schemaOf(gate.shape) as Json,
        ...(rewound ? { rewound } : {}),
      };
    }
    const next = afterCommit(this.#checkpoint, this.#state, streams, new Date());
    await this.#healthily(() => store.commit(this.#writer, encodeCheckpoint(next)));
    this.#checkpoint = next;
    this.#bytes = 0;
    this.#dirty = false;
    status.commits++;
    status.activity = 'reading';
    for (const lane of this.#lanes) lane.status.committed = lane.status.stored;
    log.debug('committed', { commit: next.commits });
    for (const committed of this.#committed.splice(0)) await committed();
  }

  /** Commits the rest after the source's last event. */
  async finish(): Promise<void> {
    if (!this.#atCheckpoint) throw new Error('the source ended without a checkpoint');
    if (this.#dirty) await this.commit();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#writer[Symbol.asyncDispose]();
  }

  async #store({ binding, documents, release }: DocumentsEvent): Promise<void> {
    const lane = this.#lane(binding);
    const { status, stream } = lane;
    this.#dirty = true;
    this.#atCheckpoint = false;
    if (status.phase !== 'reading') status.phase = 'reading';
    const admission = lane.gate.admit(documents);
    if (admission.grown !== undefined) await this.#alter(lane);
    const fitting = trustedOps(admission.documents, lane);
    if (countOf(fitting) > 0) await this.#writer.store(binding, fitting);
    if (admission.quarantined.length > 0 && this.#quarantine !== undefined) {
      const { name } = stream.info;
      const rows = quarantineRows(name, documents, admission.quarantined, new Date());
      await this.#writer.store(this.#quarantine, rows);
    }
    status.stored = {
      documents: status.stored.documents + countOf(fitting),
      bytes: status.stored.bytes + documents.bytes.length,
      quarantined: status.stored.quarantined + admission.quarantined.length,
    };
    this.#bytes += documents.bytes.length;
    release?.();
  }

  /** Makes the tables fit the gates' shapes, and tells of what was done. */
  async #alter(lane?: Lane): Promise<void> {
    const { changes } = await this.#writer.alter(this.#tables());
    for (const { description } of changes) {
      const stream = lane === undefined ? {} : { stream: lane.stream.info.name };
      this.#parts.log.info('schema changed', { change: description, ...stream });
    }
    if (changes.length > 0) this.#dirty = true;
  }

  #tables(): readonly Table[] {
    const tables = this.#lanes.map(({ stream, gate }) => tableOf(stream, gate.shape));
    if (this.#quarantine === undefined) return tables;
    const { destination } = this.#pipeline;
    const offered = destination.materialization.resourceFor(quarantineName);
    const resource = destination.parseResource(offered, quarantineName);
    return [...tables, quarantineTable(resource)];
  }

  /** Whether no stream is in the middle of something. */
  #isQuiet(): boolean {
    return this.#lanes.every(({ status }) => status.phase !== 'reading');
  }

  #lane(binding: number): Lane {
    const lane = this.#lanes[binding];
    if (lane === undefined)
      throw new Error(`the source speaks of binding ${binding}, which it was not given`);
    return lane;
  }

  async #healthily<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      this.#healthy = false;
      throw error;
    }
  }
}

function lanesOf({ streams, status }: Parts, checkpoint: RunCheckpoint): readonly Lane[] {
  return streams.map((stream) => {
    const memory = checkpoint.streams[stream.binding.stateKey];
    const shape: Shape = knownShape(stream.info, memory?.schema);
    const own = status.streams.find((candidate) => candidate.stream === stream.info.name);
    if (own === undefined) throw new Error('a stream has no status');
    return {
      stream,
      status: own,
      gate: new Gate(stream, shape, memory === undefined),
      rewound: memory?.rewound ?? false,
    };
  });
}

/**
 * The documents with the ops that hold for this table: a source's promise that a document is new
 * is about its own key, and ends when its position was set back.
 */
function trustedOps(documents: Documents, { stream, rewound }: Lane): Documents {
  if (documents.ops === undefined) return documents;
  if (!rewound && stream.rule.key === undefined) return documents;
  return {
    ...documents,
    ops: documents.ops.map((op) => (op === Op.insert ? Op.upsert : op)),
  };
}

function hasMembers(patch: StatePatch): boolean {
  return patch.shared !== undefined || Object.keys(patch.bindings ?? {}).length > 0;
}
