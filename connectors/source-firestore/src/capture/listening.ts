import { Failure, type Log } from '@fairlead/sdk';
import type { Firestore } from '../client/firestore.ts';
import { causeOf, reactionTo, type Reaction } from '../client/reaction.ts';
import type { Position } from '../state/cursor.ts';
import { findDeleted } from './deleted-names.ts';
import type { Lane } from './lane.ts';
import { ListenStream } from './listen-stream.ts';
import type { Doubt, Part } from './part.ts';
import { halvesOf, whole } from './reshape.ts';

export interface ListeningSetup {
  readonly firestore: Firestore;
  readonly signal: AbortSignal;
  readonly log: Log;
  /** After how much silence a stream of changes counts as lost. */
  readonly silenceMs: number;
  /** Resolves once there is room for more changes. */
  readonly room: () => Promise<void>;
  readonly partOf: (lane: Lane, position: Position, to: Part['to']) => Part;
  /** Documents were handed out, or points have moved. */
  readonly advanced: () => void;
  /** Lanes have other parts, or parts that may be read on. */
  readonly changed: () => void;
  /** What has changed since the points of a lane is not told any more. */
  readonly readAnew: (lane: Lane, failure: Failure) => Promise<void>;
  readonly failed: (error: unknown) => void;
}

/** So many targets share a call of Listen. */
const targetsPerStream = 30;
/** What may wait for a point that covers it. */
const mostWaitingBytes = 32 * 1024 * 1024;
/** A lane is not split further. */
const mostParts = 64;

/** Listens to lanes over a few calls, and finds out what it is not told. */
export class Listening {
  readonly #setup: ListeningSetup;
  readonly #streams = new Set<ListenStream>();
  /** What runs beside the streams. */
  readonly #tasks = new Set<Promise<void>>();

  constructor(setup: ListeningSetup) {
    this.#setup = setup;
  }

  /** Listens to the lanes from their points on. */
  begin(lanes: readonly Lane[]): void {
    const alone: Part[] = [];
    for (const { parts } of lanes) {
      // One that is in pieces could not catch up as a whole: each catches up by itself.
      if (parts.length === 1) alone.push(...parts);
      else for (const part of parts) this.#listen([part]);
    }
    for (let i = 0; i < alone.length; i += targetsPerStream) {
      this.#listen(alone.slice(i, i + targetsPerStream));
    }
  }

  has(lane: Lane): boolean {
    return this.#streamsOf(lane).length > 0;
  }

  /** Listens to the parts of a lane no longer. */
  leave({ parts }: Lane): void {
    for (const stream of this.#streams) for (const part of parts) stream.remove(part);
  }

  /** Done when all has ended, after an abort. It never rejects. */
  async ended(): Promise<void> {
    await Promise.all([...[...this.#streams].map(({ done }) => done), ...this.#tasks]);
  }

  #listen(parts: readonly Part[]): void {
    const { firestore, log, signal, silenceMs, readAnew, failed } = this.#setup;
    const stream: ListenStream = new ListenStream(
      {
        firestore,
        log,
        signal,
        silenceMs,
        room: () => this.#roomForChanges(stream.parts),
        events: {
          reached: (told) => this.#reached(told),
          behind: (part, reaction) => this.#spawn(this.#split(part, reaction)),
          lost: (part, failure) => this.#spawn(readAnew(part.lane, failure)),
          failed,
        },
      },
      parts,
    );
    this.#streams.add(stream);
    void stream.done.then(() => this.#streams.delete(stream));
  }

  /** Hands out early what cannot be kept until a point covers it. */
  async #roomForChanges(parts: readonly Part[]): Promise<void> {
    for (const part of parts) {
      if (part.handover.heldBytes < mostWaitingBytes || part.isOver) continue;
      this.#setup.log.warn('more has changed than can be kept: some of it may come twice', {
        collection: part.lane.extent.key,
      });
      part.lane.changed(part.handover.spill());
      this.#setup.advanced();
    }
    await this.#setup.room();
  }

  /** The server has told everything of these parts up to an instant. */
  #reached(parts: readonly Part[]): void {
    for (const part of parts) {
      if (part.isOver || part.isInquiring) continue;
      const { doubt, expected } = part;
      if (doubt === undefined || (doubt.count !== undefined && doubt.count === expected)) {
        part.doubt = undefined;
        part.reach(part.told, expected);
      } else this.#spawn(this.#inquire(part, doubt));
    }
    for (const lane of new Set(parts.map((part) => part.lane))) this.#join(lane);
    this.#setup.advanced();
    this.#setup.changed();
  }

  /** Looks for documents of a part that are gone without a word, and goes on then. */
  async #inquire(part: Part, doubt: Doubt): Promise<void> {
    const { firestore, log } = this.#setup;
    const { lane, told: until, from, to, round, handover } = part;
    const names = part.takeSince();
    part.doubt = undefined;
    part.isInquiring = true;
    try {
      if (names === undefined) {
        const why = 'too much has changed to find out what is gone';
        return await this.#setup.readAnew(
          lane,
          new Failure('transient', why, { where: lane.name }),
        );
      }
      const search = { ...names, since: handover.point, until, names: doubt.names };
      const { gone, count } = await findDeleted(
        firestore,
        { ...search, extent: lane.extent, slice: { from, to } },
        this.#setup.signal,
      );
      if (part.isOver) return;
      if (part.round === round) {
        const known = gone.filter((name) => handover.ranges.isHandedOut(name));
        const documents = known.length;
        if (documents > 0) {
          const collection = lane.extent.key;
          log.info('documents are gone that Firestore did not report', { collection, documents });
        }
        part.missed(known, until);
        part.count = count;
      } else {
        // The stream has begun again meanwhile, and so does this.
        part.doubt ??= {};
      }
    } catch (error) {
      this.#setup.signal.throwIfAborted();
      const { do: doing, failure } = reactionTo(causeOf(error), lane.name, firestore.principal);
      if (doing === 'repin') return await this.#setup.readAnew(lane, failure);
      if (doing !== 'unsupported') throw error;
      log.warn('documents cannot be counted: deletes that Firestore does not report stay unseen');
      part.count = undefined;
    } finally {
      part.isInquiring = false;
    }
    if (part.isCurrent) this.#reached([part]);
  }

  /** Gives each half of a part a target of its own, as one for all cannot catch up. */
  async #split(part: Part, { failure }: Reaction): Promise<void> {
    const { firestore, log } = this.#setup;
    const { lane } = part;
    const name =
      lane.takesBounds && lane.parts.length < mostParts
        ? await halvesOf(firestore, part, this.#setup.signal)
        : undefined;
    if (part.isOver) return;
    if (name === undefined) return await this.#setup.readAnew(lane, failure);
    log.info('too much has changed to be told at once: it is asked for in halves', {
      collection: lane.extent.key,
      parts: lane.parts.length + 1,
    });
    part.leave();
    const [lower, upper] = part.cut(name);
    const halves = [
      this.#setup.partOf(lane, lower, name),
      this.#setup.partOf(lane, upper, part.to),
    ];
    lane.parts = lane.parts.flatMap((one) => (one === part ? halves : [one]));
    lane.isDirty = true;
    for (const half of halves) this.#listen([half]);
    this.#setup.changed();
  }

  /** Makes one part of several that have caught up: first with one call of Listen, then with one target. */
  #join(lane: Lane): void {
    const { parts } = lane;
    const [first] = parts;
    if (parts.length < 2 || first === undefined) return;
    if (parts.some(({ isCurrent, isInquiring, doubt }) => !isCurrent || isInquiring || doubt))
      return;
    const streams = this.#streamsOf(lane);
    const [stream] = streams;
    if (stream === undefined) return;
    if (streams.length > 1) {
      for (const one of streams) for (const part of parts) one.remove(part);
      return this.#listen(parts);
    }
    if (parts.some(({ handover }) => handover.point !== first.handover.point)) return;
    for (const part of parts) part.leave();
    const joined = this.#setup.partOf(lane, whole(parts), undefined);
    lane.parts = [joined];
    lane.isDirty = true;
    stream.add(joined);
    for (const part of parts) stream.remove(part);
    this.#setup.changed();
  }

  #streamsOf(lane: Lane): readonly ListenStream[] {
    return [...this.#streams].filter(({ parts }) => parts.some((part) => part.lane === lane));
  }

  #spawn(task: Promise<void>): void {
    const done = task.catch(this.#setup.failed).finally(() => this.#tasks.delete(done));
    this.#tasks.add(done);
  }
}
