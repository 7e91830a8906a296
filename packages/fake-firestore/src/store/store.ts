import { documentPlace } from '../names/resource-name.ts';
import type { Value } from '../protocol/document.gen.ts';
import type { Write } from '../protocol/write.gen.ts';
import { GrpcError, Status } from '@fairlead/grpc';
import { invalid } from '../invalid.ts';
import { createShape, type Shape, type ShapeOptions } from '../synthetic/shape.ts';
import type { Clock } from '../time/clock.ts';
import type { Micros } from '../time/micros.ts';
import { applyWrite, pathIn } from './apply-write.ts';
import { Database } from './database.ts';
import type { StoredDocument } from './stored-document.ts';

/** How long old versions are kept. */
export interface Retention {
  /** Any microsecond this far back can be read: an hour at Firestore. */
  readonly retentionMs: number;
  /** Whole minutes can be read seven days back. */
  readonly pointInTimeRecovery: boolean;
}

/** What one write of a commit answers. */
export interface WriteOutcome {
  readonly updatedAt: Micros | undefined;
  readonly transformResults: readonly Value[];
}

/** What a commit answers, write by write. */
export interface CommitOutcome {
  readonly at: Micros;
  readonly writes: readonly WriteOutcome[];
}

const minute = 60e6;
const week = 7 * 24 * 60 * minute;

/** All databases of the server, and the one order of their times. */
export class Store {
  readonly clock: Clock;
  retention: Retention;
  readonly #databases = new Map<string, Database>();
  readonly #known: ReadonlySet<string> | undefined;
  #latest: Micros = 0;

  /** With `known`, other databases than these do not exist; without, each exists once it is named. */
  constructor(clock: Clock, retention: Retention, known?: readonly string[]) {
    this.clock = clock;
    this.retention = retention;
    this.#known = known && new Set(known);
  }

  /** A database by its full name. @throws {GrpcError} not found */
  database(name: string): Database {
    const database = this.#databases.get(name);
    if (database !== undefined) return database;
    if (this.#known !== undefined && !this.#known.has(name)) {
      const id = name.slice(name.lastIndexOf('/') + 1);
      throw new GrpcError(Status.NOT_FOUND, `The database ${id} does not exist for this project.`);
    }
    const made = new Database(name, this.readNow());
    this.#databases.set(name, made);
    return made;
  }

  /** An instant at which to read the present: all that is committed is before or at it, all that will be is after it. */
  readNow(): Micros {
    this.#latest = Math.max(this.#latest, this.clock.now());
    return this.#latest;
  }

  /** The oldest instant of which any microsecond can be read. */
  horizon(): Micros {
    return this.readNow() - this.retention.retentionMs * 1000;
  }

  /** Nothing, when an instant can be read. @throws {GrpcError} failed precondition, invalid argument */
  checkReadTime(at: Micros): void {
    const now = this.readNow();
    if (at > now) throw invalid('read_time lies in the future.');
    if (at >= this.horizon()) return;
    if (this.retention.pointInTimeRecovery && at >= now - week) {
      if (at % minute === 0) return;
      throw invalid('read_time is older than an hour and must be a whole minute.');
    }
    throw new GrpcError(
      Status.FAILED_PRECONDITION,
      'The requested snapshot version is too old: read_time lies before the retention period.',
    );
  }

  /** Commits all writes at one instant or none. @throws {GrpcError} the first reason not to */
  commit(name: string, writes: readonly Write[]): CommitOutcome {
    const database = this.database(name);
    const at = this.readNow() + 1;
    const next = new Map<string, StoredDocument | undefined>();
    const outcomes = writes.map((write): WriteOutcome => {
      const path = pathIn(name, write);
      const current = next.has(path) ? next.get(path) : database.read(path, at);
      const { document, transformResults } = applyWrite(write, path, current, at);
      next.set(path, document);
      return { updatedAt: document?.updatedAt, transformResults };
    });
    this.#latest = at;
    database.append(at, next, this.#oldestKept());
    return { at, writes: outcomes };
  }

  /** Declares a synthetic collection, there from now on. */
  synthesise(name: string, options: ShapeOptions): Shape {
    const database = this.database(name);
    if (database.shapes.some(({ collection }) => collection === options.collection)) {
      throw invalid(`"${options.collection}" is a synthetic collection already.`);
    }
    const at = this.readNow() + 1;
    const shape = createShape(name, options, at, parentsOf(database, options.collection));
    this.#latest = at;
    database.addShape(shape);
    return shape;
  }

  /** The document of a full name as it was at an instant, or is now. */
  read(fullName: string, at: Micros = this.readNow()): StoredDocument | undefined {
    const { database, path } = documentPlace(fullName);
    return this.database(database).read(path, at);
  }

  #oldestKept(): Micros {
    const kept = this.retention.pointInTimeRecovery ? week : this.retention.retentionMs * 1000;
    return this.readNow() - kept;
  }
}

/** The synthetic documents that a collection with a star in its path lies below. @throws {GrpcError} invalid argument */
function parentsOf(database: Database, collection: string): Shape | undefined {
  const star = collection.lastIndexOf('/*/');
  if (star < 0) return undefined;
  const above = collection.slice(0, star);
  const parents = database.shapes.find((shape) => shape.collection === above);
  if (parents !== undefined) return parents;
  throw invalid(`"${collection}" lies below ${above}, which is no synthetic collection yet.`);
}
