import { Op, patchBetween, type Json } from '@fairlead/sdk';
import { compare } from '../handover/key-ranges.ts';
import { save } from '../state/cursor.ts';
import { DocumentHeader } from '../wire/document-header.ts';
import { fieldMask, type FieldMask } from '../wire/field-mask.ts';
import type { Lines } from '../wire/kernel.ts';
import type { NameMatcher } from '../wire/path-pattern.ts';
import type { Extent } from './extent.ts';
import type { Output } from './output.ts';
import type { DocumentChange, Part } from './part.ts';
import type { StartBinding } from './start.ts';

/** A binding, as a lane sees it. */
export interface LaneBinding extends Omit<StartBinding, 'resource' | 'cursor'> {
  readonly matches: NameMatcher;
}

const change = { isSnapshot: false, op: Op.upsert };

/** Bindings that are read by the same queries from the same position. */
export class Lane {
  readonly extent: Extent;
  /** The fields to read; all when undefined. */
  readonly select: readonly string[] | undefined;
  readonly bindings: readonly LaneBinding[];
  /** The same for documents that come with all their fields. */
  readonly mask: FieldMask | undefined;
  /** They follow one another and have all names of the extent; mostly there is one. */
  parts: readonly Part[] = [];
  /** Whether the next checkpoint has to say where the lane stands. */
  isDirty = false;
  /** Whether its point has moved, with nothing to hand out. */
  hasMoved = false;
  /** When all of it was last read anew, in milliseconds of the process. */
  reloadedAtMs = -Infinity;
  /** Whether the server takes bounds of names in what it is asked to listen to, as far as is known. */
  takesBounds = true;
  readonly #output: Output;
  readonly #root: string;
  readonly #header = new DocumentHeader();
  #saved: Json | undefined;

  constructor(setup: {
    readonly extent: Extent;
    readonly select: readonly string[] | undefined;
    readonly bindings: readonly LaneBinding[];
    readonly output: Output;
    readonly root: string;
    /** What is saved of its bindings. */
    readonly saved: Json | undefined;
  }) {
    this.extent = setup.extent;
    this.select = setup.select;
    this.mask = setup.select === undefined ? undefined : fieldMask(setup.select);
    this.bindings = setup.bindings;
    this.#output = setup.output;
    this.#root = setup.root;
    this.#saved = setup.saved;
  }

  /** What users call it in messages. */
  get name(): string {
    return this.bindings.map(({ stream }) => stream).join(', ');
  }

  /** How long to wait until all may be read anew. */
  get reloadsInMs(): number {
    const minMs = Math.max(...this.bindings.map(({ minBackfillMs }) => minBackfillMs));
    return Math.max(0, this.reloadedAtMs + minMs - performance.now());
  }

  /** Whether a name may be one of the extent's. Only where bounds cannot be asked for it may be none. */
  covers(name: Uint8Array): boolean {
    const { first, after } = this.extent;
    if (this.takesBounds || first === undefined || after === undefined) return true;
    return compare(name, Buffer.from(first)) >= 0 && compare(name, Buffer.from(after)) < 0;
  }

  /** Whether all that was there has been read. */
  get isRead(): boolean {
    return this.parts.every(({ handover }) => handover.ranges.isDone);
  }

  /** Whether all changes up to an instant were handed out. */
  isAt(micros: number): boolean {
    return this.parts.every(({ handover }) => handover.point >= micros);
  }

  /**
   * Hands out a document that was read, to the bindings whose path it has.
   * @param isNew whether no version of it can have been handed out since all was last begun anew.
   */
  read(bytes: Uint8Array, header: DocumentHeader, isNew: boolean): void {
    this.isDirty = true;
    const how = { isSnapshot: true, op: isNew ? Op.insert : Op.upsert };
    const { isGroup } = this.extent;
    for (const { index, matches } of this.bindings) {
      // Of a single collection nothing else was asked for.
      if (isGroup && !matches(bytes, header.nameStart, header.nameEnd)) continue;
      this.#output.document(index, bytes, header, how);
    }
  }

  /** The same for new documents with their lines; their names are in `bytes`. */
  readAll(bytes: Uint8Array, lines: Lines): void {
    this.isDirty = true;
    const { count, table } = lines;
    for (const { index, matches } of this.bindings) {
      if (!this.extent.isGroup) {
        this.#output.lines(index, lines, 0, count);
        continue;
      }
      let from = 0;
      for (let i = 0; i < count; i++) {
        if (matches(bytes, table[3 * i] ?? 0, table[3 * i + 1] ?? 0)) continue;
        this.#output.lines(index, lines, from, i);
        from = i + 1;
      }
      this.#output.lines(index, lines, from, count);
    }
  }

  /** Hands out that documents are gone since `micros`, as was found out without a word of the server. */
  deleted(names: readonly Uint8Array[], micros: number): void {
    if (names.length > 0) this.isDirty = true;
    for (const name of names) this.#tombstone(name, micros);
  }

  /** Hands out changes, in their order. */
  changed(changes: readonly DocumentChange[]): void {
    if (changes.length > 0) this.isDirty = true;
    for (const { name, micros, document } of changes) {
      if (document === undefined) {
        this.#tombstone(name, micros);
        continue;
      }
      this.#header.read(document, 0, document.length);
      for (const { index, matches } of this.bindings) {
        if (matches(name, 0, name.length)) {
          this.#output.document(index, document, this.#header, change);
        }
      }
    }
  }

  #tombstone(name: Uint8Array, micros: number): void {
    for (const { index, matches } of this.bindings) {
      if (matches(name, 0, name.length)) this.#output.tombstone(index, name, micros);
    }
  }

  /** The change of what is saved of each of its bindings; undefined when there is none. */
  patch(): Json | undefined {
    this.isDirty = false;
    this.hasMoved = false;
    const saved = save(
      this.parts.map((part) => part.position),
      this.#root,
    );
    const patch = patchBetween(this.#saved, saved);
    this.#saved = saved;
    return patch;
  }
}
