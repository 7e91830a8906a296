import { randomUUID } from 'node:crypto';
import { mkdirSync, readdirSync, rmdirSync, rmSync } from 'node:fs';
import { open, unlink, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { magic, type ParquetWriter } from '@fairlead/parquet';
import { hash32 } from '@fairlead/sdk';
import type { AddedRows } from './row-writer.ts';

/**
 * The folder of files that live no longer than a run. Their names begin with a hash of the
 * database's path, so that databases may share a folder.
 */
export class StagingFolder {
  /** Where DuckDB puts what does not fit into memory, also while it opens the database; of this run alone. */
  readonly spill: string;
  readonly #path: string;
  readonly #prefix: string;
  readonly #open = new Set<Segment>();

  constructor(path: string, database: string) {
    this.#path = path;
    this.#prefix = `fairlead-${hash32(database).toString(16).padStart(8, '0')}`;
    this.spill = join(path, `${this.#prefix}-spill-${randomUUID()}`);
  }

  /** Makes the folder when it is not there. */
  create(): void {
    mkdirSync(this.#path, { recursive: true });
  }

  /** A new segment of the rows that are gathered in `rows`. Its file is not there yet. */
  segment(rows: ParquetWriter): Segment {
    const file = join(this.#path, `${this.#prefix}-${randomUUID()}.parquet`);
    return new Segment(file, rows, this.#open);
  }

  /** Removes what runs that were killed have left. */
  sweep(): void {
    this.#removeAllBut(this.spill);
  }

  /** Removes everything of this database, and the folder when it is empty then. */
  remove(): void {
    this.#removeAllBut(undefined);
    this.removeIfEmpty();
  }

  #removeAllBut(kept: string | undefined): void {
    for (const name of namesIn(this.#path)) {
      const path = join(this.#path, name);
      const isOurs = name.startsWith(`${this.#prefix}-`);
      if (isOurs && path !== kept) rmSync(path, { recursive: true, force: true });
    }
  }

  removeIfEmpty(): void {
    try {
      if (readdirSync(this.#path).length === 0) rmdirSync(this.#path);
    } catch (error) {
      if (!isMissing(error)) throw error;
    }
  }
}

/** Rows in a Parquet file, on their way into a table. */
export class Segment {
  readonly file: string;
  readonly #rows: ParquetWriter;
  readonly #open: Set<Segment>;
  #rowCount = 0;
  #writtenBytes = 0;
  #longest = 0;
  #handle: FileHandle | undefined;

  /** @param rows where its rows are gathered; nothing else is. */
  constructor(file: string, rows: ParquetWriter, openSegments: Set<Segment>) {
    this.file = file;
    this.#rows = rows;
    this.#open = openSegments;
    openSegments.add(this);
  }

  get rowCount(): number {
    return this.#rowCount;
  }

  get sizeBytes(): number {
    return this.#writtenBytes + this.#rows.sizeBytes;
  }

  /** The bytes of the longest document that became a row of it. */
  get longest(): number {
    return this.#longest;
  }

  /** Takes note of rows that were gathered, and writes them to the file once they are many. */
  async added({ rowCount, longest }: AddedRows): Promise<void> {
    this.#rowCount += rowCount;
    this.#longest = Math.max(this.#longest, longest);
    if (this.#rows.sizeBytes >= rowGroupBytes(this.#open.size)) await this.#writeRowGroup();
  }

  /** Writes the rest and closes the file, to be read. Rows of another segment may be gathered then. */
  async close(): Promise<void> {
    await this.#writeRowGroup();
    await this.#write([this.#rows.endFile()]);
    await this.#letGo();
  }

  /** Removes the file, whether it was closed or not. */
  async remove(): Promise<void> {
    if (this.#open.has(this)) this.#rows.clear();
    await this.#letGo();
    await unlink(this.file).catch((error: unknown) => {
      if (!isMissing(error)) throw error;
    });
  }

  async #writeRowGroup(): Promise<void> {
    await this.#write(this.#rows.endRowGroup());
  }

  async #write(parts: readonly Uint8Array[]): Promise<void> {
    if (this.#handle === undefined) {
      this.#handle = await open(this.file, 'ax');
      await this.#write([magic]);
    }
    const size = parts.reduce((sum, { length }) => sum + length, 0);
    this.#writtenBytes += size;
    if (size === 0) return;
    const { bytesWritten } = await this.#handle.writev(parts);
    // A disk that is almost full takes a part, and refuses the next byte.
    if (bytesWritten < size)
      await this.#handle.writeFile(Buffer.concat(parts).subarray(bytesWritten));
  }

  async #letGo(): Promise<void> {
    this.#open.delete(this);
    const handle = this.#handle;
    this.#handle = undefined;
    await handle?.close();
  }
}

/** How much is gathered for each of so many files at a time. */
function rowGroupBytes(segmentCount: number): number {
  return Math.max(64 * 1024, Math.min(1024 * 1024, (8 * 1024 * 1024) / segmentCount));
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
