import type { Json, StatePatch } from '@fairlead/sdk';
import { z } from 'zod';

/** The state of one binding: which version of which file has been read, and how far. */
export const FileCursor = z.object({
  /**
   * For each file that has been read: its version, and how many of its records were handed out. The
   * version is empty when the file was deleted, or went away before it was read to its end.
   */
  files: z.record(z.string(), z.tuple([z.string(), z.int().min(0)])),
  /** The file that is being read. */
  reading: z
    .object({
      path: z.string(),
      version: z.string(),
      /** How it is read. When that changes, the file is read anew. */
      as: z.string(),
      /** Behind the last record that was handed out, in bytes of text. */
      offset: z.int().min(0),
      /** Records up to there. */
      records: z.int().min(0),
      /** What a decoder must be told to go on there. */
      inside: z.string().optional(),
      /** Records of earlier versions that were handed out and not deleted; absent when none ever were. */
      replaces: z.int().min(0).optional(),
    })
    .optional(),
  /** Present until every file of the first sweep has been read. */
  backfill: z.literal(true).optional(),
});
export type FileCursor = z.infer<typeof FileCursor>;

/** A file that has been read: its version and number of records. */
export type ReadFile = FileCursor['files'][string];

/** A file that is being read. */
export type Reading = NonNullable<FileCursor['reading']>;

/** A {@link FileCursor} while it is used. It knows what changed since it was last saved. */
export class CursorState {
  readonly #files: Map<string, ReadFile>;
  readonly #changed = new Map<string, ReadFile>();
  #reading: Reading | undefined;
  #backfill: boolean;
  #saved: Omit<FileCursor, 'files'> | undefined;

  /** What was saved, or the beginning of a backfill. */
  constructor(saved: FileCursor | undefined) {
    this.#files = new Map(Object.entries(saved?.files ?? {}));
    this.#reading = saved?.reading;
    this.#backfill = saved === undefined || saved.backfill === true;
    this.#saved = saved;
  }

  /** Whether nothing was ever saved. */
  get isNew(): boolean {
    return this.#saved === undefined;
  }

  get backfilling(): boolean {
    return this.#backfill;
  }

  get reading(): Reading | undefined {
    return this.#reading;
  }

  get files(): ReadonlyMap<string, ReadFile> {
    return this.#files;
  }

  /** A file has been read so far. */
  read(reading: Reading): void {
    this.#reading = reading;
  }

  /** A file needs no more reading. */
  settle(path: string, file: ReadFile): void {
    this.#files.set(path, file);
    this.#changed.set(path, file);
    if (this.#reading?.path === path) this.#reading = undefined;
  }

  endBackfill(): void {
    this.#backfill = false;
  }

  /** What changed since the last patch, for the binding with this key. Empty when nothing did. */
  takePatch(stateKey: string): StatePatch {
    const patch: Record<string, Json> = {};
    if (this.#saved === undefined || this.#changed.size > 0) {
      patch['files'] = Object.fromEntries(this.#changed);
    }
    const reading = difference(this.#saved?.reading, this.#reading);
    if (reading !== undefined) patch['reading'] = reading;
    const saidBackfill = this.#saved?.backfill === true;
    if (this.#backfill !== saidBackfill) patch['backfill'] = this.#backfill ? true : null;
    this.#changed.clear();
    this.#saved = {
      reading: this.#reading,
      ...(this.#backfill ? { backfill: true } : {}),
    };
    return Object.keys(patch).length === 0 ? {} : { bindings: { [stateKey]: patch } };
  }
}

/** The merge patch from one to the other; undefined when they are the same. */
function difference(before: Reading | undefined, after: Reading | undefined): Json | undefined {
  if (after === undefined) return before === undefined ? undefined : null;
  const old = new Map<string, Json | undefined>(Object.entries(before ?? {}));
  const patch: Record<string, Json> = {};
  for (const [name, value] of Object.entries(after)) {
    if (value !== undefined && value !== old.get(name)) patch[name] = value;
    if (value !== undefined) old.delete(name);
  }
  for (const [name, value] of old) if (value !== undefined) patch[name] = null;
  return Object.keys(patch).length === 0 ? undefined : patch;
}
