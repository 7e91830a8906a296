import { randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync, rmdirSync, rmSync } from 'node:fs';
import { open, unlink, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { hash32 } from '@fairlead/sdk';

/**
 * The folder of files that live no longer than a run. Their names begin with a hash of the
 * database's path, so that databases may share a folder.
 */
export class StagingFolder {
  /** Where DuckDB puts what does not fit into memory. */
  readonly spill: string;
  readonly #path: string;
  readonly #prefix: string;

  constructor(path: string, database: string) {
    this.#path = path;
    this.#prefix = `fairlead-${hash32(database).toString(16).padStart(8, '0')}`;
    this.spill = join(path, `${this.#prefix}-spill`);
  }

  /** Makes the folder when it is not there. */
  create(): void {
    mkdirSync(this.#path, { recursive: true });
  }

  /** A new segment, whose file is not there yet. */
  segment(): Segment {
    return new Segment(join(this.#path, `${this.#prefix}-${randomUUID()}.jsonl`));
  }

  /** Removes what runs that were killed have left. */
  sweep(): void {
    for (const name of namesIn(this.#path)) {
      if (name.startsWith(`${this.#prefix}-`)) {
        rmSync(join(this.#path, name), { recursive: true, force: true });
      }
    }
  }

  /** Removes everything of this database, and the folder when it is empty then. */
  remove(): void {
    this.sweep();
    this.removeIfEmpty();
  }

  removeIfEmpty(): void {
    try {
      if (readdirSync(this.#path).length === 0) rmdirSync(this.#path);
    } catch (error) {
      if (!isMissing(error)) throw error;
    }
  }
}

/** Rows in a file, on their way into a table. */
export class Segment {
  readonly file: string;
  #rowCount = 0;
  #sizeBytes = 0;
  #longest = 0;
  #handle: FileHandle | undefined;

  constructor(file: string) {
    this.file = file;
  }

  get rowCount(): number {
    return this.#rowCount;
  }

  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  /** The bytes of its longest row. */
  get longest(): number {
    return this.#longest;
  }

  /** Appends rows, of which the longest has `longest` bytes. They are in the file afterwards. */
  async append(rows: Uint8Array, rowCount: number, longest: number): Promise<void> {
    this.#handle ??= await open(this.file, 'ax');
    await this.#handle.writeFile(rows);
    this.#rowCount += rowCount;
    this.#sizeBytes += rows.length;
    this.#longest = Math.max(this.#longest, longest);
  }

  /** Closes the file, to be read. */
  async close(): Promise<void> {
    await this.#handle?.close();
    this.#handle = undefined;
  }

  async remove(): Promise<void> {
    await this.close();
    await unlink(this.file).catch((error: unknown) => {
      if (!isMissing(error)) throw error;
    });
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
