import type { Messages } from '@fairlead/grpc';
import type { Log } from '@fairlead/sdk';
import type { Firestore } from '../client/firestore.ts';
import { reactionTo } from '../client/reaction.ts';
import type { Retries } from '../client/retries.ts';
import { knownUpTo, type KeyRange } from '../handover/key-ranges.ts';
import { DocumentHeader } from '../wire/document-header.ts';
import { sharedKernel } from '../wire/kernel.ts';
import { QueryResponse } from '../wire/query-response.ts';
import { microsOf, timeOfMicros } from '../wire/time.ts';
import { queryOf } from './extent.ts';
import type { Lane } from './lane.ts';
import { middleName } from './middle.ts';
import type { Chunk, Part } from './part.ts';
import type { Wakeup } from './wakeup.ts';
import { Watchdog } from './watchdog.ts';

export interface ScanSetup {
  readonly firestore: Firestore;
  readonly signal: AbortSignal;
  readonly log: Log;
  /** The most queries at a time. */
  readonly parallelism: number;
  /** What is to be read, as it is now. */
  readonly lanes: () => readonly Lane[];
  /** Resolves once the host has taken enough for more to be read. */
  readonly room: () => Promise<void>;
  /** Some documents were handed out, or a range has ended. */
  readonly advanced: () => void;
  /** Whether somebody listens to a lane, and so its points move. */
  readonly isHeard: (lane: Lane) => boolean;
  /** Something may have changed of what can be read. */
  readonly changes: Wakeup;
  readonly sizes: ScanSizes;
  /** After how much silence a query counts as lost. */
  readonly silenceMs: number;
}

export interface ScanSizes {
  /** A chunk is to have so many documents at least. */
  readonly fewestDocuments: number;
  /** And so many at most. */
  readonly mostDocuments: number;
  /** Ranges are not split for the last so many documents. */
  readonly notWorthSplitting: number;
}

/** What is good for a server that is billed by the document. */
export const usualSizes: ScanSizes = {
  fewestDocuments: 500,
  mostDocuments: 50_000,
  notWorthSplitting: 2000,
};

/** A chunk is to hold so many bytes, so that it is read in seconds. */
const chunkBytes = 8 * 1024 * 1024;
/** What may be held back of changes in front of the chunks of a part. */
const mostHeldBytes = 8 * 1024 * 1024;
/** How many queries there are at first, and how long it takes until there is one more. */
const firstQueries = 4;
const anotherQueryMs = 1000;
/** How often a split may have led to nothing before there are no more of the lane. */
const mostVain = 6;

/** Reads the ranges of all lanes, several at a time, each in chunks. */
export class Scans {
  readonly #setup: ScanSetup;
  readonly #response = new QueryResponse();
  readonly #header = new DocumentHeader();
  readonly #kernel = sharedKernel();
  readonly #vain = new WeakMap<Lane, number>();
  /** Ranges that were split off, until it is known whether there is something in them. */
  readonly #untried = new WeakSet<KeyRange>();
  readonly #retries = new WeakMap<Lane, Retries>();
  readonly #documentBytes = new WeakMap<Lane, number>();
  /** Documents that running queries may still be billed for. */
  #outstanding = 0;
  #running = 0;
  #allowed: number;
  #grownAtMs = performance.now();

  constructor(setup: ScanSetup) {
    this.#setup = setup;
    this.#allowed = Math.min(firstQueries, setup.parallelism);
  }

  /** Whether nothing more may be read, and nothing is being read. */
  get isSpent(): boolean {
    return this.#running === 0 && this.#budget() <= 0;
  }

  /** Reads whatever there is to be read, until an abort. @throws {Failure} when something cannot be read. */
  async run(): Promise<void> {
    const workers = Array.from({ length: this.#setup.parallelism }, () => this.#work());
    await Promise.all(workers);
  }

  async #work(): Promise<void> {
    const { firestore, signal, changes, isHeard } = this.#setup;
    while (!signal.aborted) {
      const next = this.#running < this.#allowed ? this.#next() : undefined;
      if (next === undefined) {
        await changes.wait(signal);
        continue;
      }
      const [part, range] = next;
      try {
        await this.#read(part, range);
        this.#grow();
      } catch (error) {
        if (signal.aborted) return;
        if (part.isOver) continue;
        const { do: doing } = reactionTo(error, part.lane.name, firestore.principal);
        if (doing === 'slow-down') this.#allowed = Math.max(1, this.#allowed >> 1);
        if (doing === 'repin' && isHeard(part.lane)) part.unreadable = part.handover.point;
        else await this.#retriesOf(part.lane).after(error, signal);
      }
    }
  }

  /** Failures of one lane are counted together; a chunk that follows is read at a later instant. */
  #retriesOf(lane: Lane): Retries {
    const known = this.#retries.get(lane);
    if (known !== undefined) return known;
    const retries = this.#setup.firestore.retries({ where: lane.name, repins: true });
    this.#retries.set(lane, retries);
    return retries;
  }

  /** More queries, now and then, as long as the server does not mind. */
  #grow(): void {
    const { parallelism, changes } = this.#setup;
    const now = performance.now();
    if (this.#allowed >= parallelism || now - this.#grownAtMs < anotherQueryMs) return;
    this.#grownAtMs = now;
    this.#allowed++;
    changes.wake();
  }

  /** How many documents may still be asked for. */
  #budget(): number {
    const { limit = Infinity, used } = this.#setup.firestore.reads;
    return limit - used - this.#outstanding;
  }

  /** A range to be read now, or what is left of its first half when others have nothing to do. */
  #next(): readonly [Part, KeyRange] | undefined {
    if (this.#budget() <= 0) return undefined;
    let found: readonly [Part, KeyRange] | undefined;
    for (const { parts } of this.#setup.lanes()) {
      for (const part of parts) {
        const { heldBytes, ranges } = part.handover;
        if (part.isOver || ranges.isDone || heldBytes > mostHeldBytes) continue;
        if (part.handover.point <= part.unreadable) continue;
        for (const range of ranges.all) {
          if (!part.handover.mayBegin(range)) continue;
          // There is another one for whoever else has nothing to do.
          if (found !== undefined) return found;
          found = [part, range];
        }
      }
    }
    if (found !== undefined && this.#allowed - this.#running > 1) this.#split(...found);
    return found;
  }

  /** Splits what is left of a range in the middle, if it is worth it. */
  #split(part: Part, range: KeyRange): void {
    const { lane, handover } = part;
    const { cursor, to } = range;
    if (cursor === undefined || (this.#vain.get(lane) ?? 0) >= mostVain) return;
    if (part.count !== undefined && part.count - part.read < this.#setup.sizes.notWorthSplitting) {
      return;
    }
    const { root } = this.#setup.firestore;
    const name = middleName(root, cursor, to ?? Buffer.from(lane.extent.top));
    if (name === undefined) return;
    this.#untried.add(handover.split(range, name));
    lane.isDirty = true;
    this.#setup.changes.wake();
  }

  /** Reads a chunk of a range. */
  async #read(part: Part, range: KeyRange): Promise<void> {
    const { firestore, signal, room, advanced, changes, silenceMs } = this.#setup;
    const { lane, handover } = part;
    const retries = this.#retriesOf(lane);
    const pin = handover.begin(range);
    const chunk: Chunk = { last: undefined, stop: new AbortController() };
    part.chunks.set(range, chunk);
    const limit = Math.min(this.#documentsOf(part, range), this.#budget());
    let left = limit;
    this.#outstanding += limit;
    this.#running++;
    let isWhole = false;
    const slice = { from: range.from, to: range.to, past: range.cursor };
    const call = firestore.query(
      {
        parent: lane.extent.parent,
        query: queryOf(lane.extent, slice, { select: lane.select, limit }),
        readTime: timeOfMicros(pin),
      },
      AbortSignal.any([signal, chunk.stop.signal]),
    );
    const watchdog = new Watchdog(call, silenceMs);
    try {
      let isStopped = false;
      for await (const messages of call) {
        watchdog.refresh();
        if (part.isOver) return;
        retries.progress();
        const documents = this.#take(messages, part, range, chunk);
        left -= documents;
        this.#outstanding -= documents;
        advanced();
        isStopped = handover.heldBytes > mostHeldBytes;
        if (isStopped) break;
        await room();
        watchdog.refresh();
        if (part.isOver) return;
      }
      isWhole = !isStopped && left > 0;
      if (left === 0) this.#vain.set(lane, 0);
    } catch (error) {
      throw watchdog.explain(error, 'a query', lane.name);
    } finally {
      watchdog.stop();
      this.#running--;
      this.#outstanding -= left;
      if (!part.isOver) {
        if (this.#untried.delete(range) && left === limit) {
          this.#vain.set(lane, (this.#vain.get(lane) ?? 0) + 1);
        }
        if (chunk.last !== undefined) lane.changed(handover.settle(range, chunk.last));
        lane.changed(handover.end(range, isWhole));
        part.chunks.delete(range);
        lane.isDirty = true;
        advanced();
      }
      changes.wake();
    }
  }

  /** Hands out the documents of some answers. @returns how many there are. */
  #take(messages: Messages, part: Part, range: KeyRange, chunk: Chunk): number {
    const { lane } = part;
    const { bytes, bounds, count } = messages;
    const response = this.#response;
    const header = this.#header;
    const hasKnown = range.known.length > 0;
    let first = 0;
    let documents = 0;
    let last = -1;
    let lastEnd = -1;
    if (!hasKnown) {
      const lines = this.#kernel.answers(messages, true);
      first = lines.answers;
      documents = lines.count;
      if (documents > 0) {
        last = lines.table[3 * documents - 3] ?? 0;
        lastEnd = lines.table[3 * documents - 2] ?? 0;
        lane.readAll(bytes, lines);
      }
    }
    for (let i = 2 * first; i < 2 * count; i += 2) {
      response.read(bytes, bounds[i] ?? 0, bounds[i + 1] ?? 0);
      if (!response.hasDocument) continue;
      header.read(bytes, response.documentStart, response.documentEnd);
      const { nameStart, nameEnd } = header;
      documents++;
      last = nameStart;
      lastEnd = nameEnd;
      if (hasKnown) {
        const name = bytes.subarray(nameStart, nameEnd);
        if (microsOf(header.updateTime) <= knownUpTo(range, name)) continue;
        if (part.handover.isGone(range, name)) continue;
      }
      lane.read(bytes, header, !hasKnown);
    }
    if (documents > 0) {
      chunk.last = bytes.slice(last, lastEnd);
      part.read += documents;
      lane.isDirty = true;
      this.#documentBytes.set(lane, bytes.length / count);
    }
    return documents;
  }

  /** How many documents to ask for: fewer towards the end, so that all are done at the same time. */
  #documentsOf({ lane, count, read }: Part, { cursor }: KeyRange): number {
    const { fewestDocuments, mostDocuments } = this.#setup.sizes;
    if (count === undefined && cursor === undefined) return fewestDocuments;
    const each = this.#documentBytes.get(lane) ?? 1024;
    const share = count === undefined ? Infinity : (count - read) / (2 * this.#allowed);
    const wanted = Math.min(mostDocuments, chunkBytes / each, share);
    return Math.max(fewestDocuments, Math.round(wanted));
  }
}
