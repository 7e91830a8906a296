import type { Json, StatePatch } from '@fairlead/sdk';
import { z } from 'zod';

/** The state of one binding: which version of which file has been read, and how far. */
export const FileCursor = z.object({
  /**
   * For each file that has been read: its version, and how many records it gave. The version is
   * empty when the file is gone, or its reading was given up.
   */
  files: z.record(z.string(), z.tuple([z.string(), z.int().min(0)])),
  /** The file that is being read. */
  reading: z
    .object({
      path: z.string(),
      version: z.string(),
      /** How it is read; another way starts it anew. */
      as: z.string(),
      /** Position after the last record that was handed out, in bytes of text. */
      offset: z.int().min(0),
      /** Records up to there. */
      records: z.int().min(0),
      /** What a decoder must be told to go on there. */
      inside: z.string().optional(),
      /** Records of this file that were handed out before, in other versions, and not deleted. */
      replaces: z.int().min(0).optional(),
    })
    .optional(),
  /** Present until every file of the first sweep has been read. */
  backfill: z.literal(true).optional(),
});
export type FileCursor = z.infer<typeof FileCursor>;
export type Reading = NonNullable<FileCursor['reading']>;

/**
 * The state of one binding while it is read. Each change is followed by a patch with what changed
 * since the last one.
 */
export class CursorState {
  readonly #stateKey: string;
  readonly #files: Map<string, readonly [string, number]>;
  #reading: Reading | undefined;
  #backfill: boolean;
  #saved: { readonly reading: Reading | undefined; readonly backfill: boolean };
  readonly #changed: Map<string, readonly [string, number] | null>;
  #isNew: boolean;

  constructor(stateKey: string, saved: FileCursor | undefined) {
    this.#stateKey = stateKey;
    this.#files = new Map(Object.entries(saved?.files ?? {}));
    this.#reading = saved?.reading;
    this.#backfill = saved === undefined || saved.backfill === true;
    this.#saved = { reading: saved?.reading, backfill: saved?.backfill === true };
    this.#changed = new Map();
    this.#isNew = saved === undefined;
  }
}
export type { Json, StatePatch };
