import { isFailure } from '@fairlead/sdk';
import type { Session } from './session.ts';

/** What makes a load take much memory. */
export interface Load {
  /** Which of the writer's tables. */
  readonly table: number;
  /** The bytes of the longest row. */
  readonly longest: number;
  readonly columnCount: number;
}

/**
 * How much memory and how many threads DuckDB may take at a time.
 *
 * Memory is more for very long rows, very wide tables and very many tables in one transaction, for
 * which DuckDB needs what it cannot spill to disk. Segments are loaded by one thread: rows of two, which
 * fill no row group each, are copied once more, for 40 % more work in all.
 */
export class Limits {
  readonly #session: Pick<Session, 'run'>;
  readonly #memoryBytes: number;
  readonly #mostThreads: number;
  #threads: number;
  /** How many columns of each table the transaction has appended to. */
  readonly #columns = new Map<number, number>();
  /** The most that a single load has asked for. */
  #loadBytes = 0;
  #extraBytes = 0;
  #mayVacuum = false;

  constructor(session: Pick<Session, 'run'>, memoryBytes: number, threads: number) {
    this.#session = session;
    this.#memoryBytes = memoryBytes;
    this.#mostThreads = threads;
    this.#threads = threads;
  }

  /**
   * To be called before a load, or what reads a segment. When that needs other limits, waits until others have
   * `settled`, and sets them. Answers the statement to run right before it: that DuckDB gives the memory back to the
   * system that it has freed, which it hardly ever does else (glibc kept 50 MiB of it).
   */
  async beforeLoad(load: Load, settled: () => Promise<void>): Promise<string> {
    this.#columns.set(load.table, load.columnCount);
    this.#loadBytes = Math.max(this.#loadBytes, bytesOfLoad(load));
    const extra = this.#loadBytes + Math.max(0, this.#columnCount - fewColumns) * heldBytes;
    if (extra > this.#extraBytes || this.#threads !== 1) {
      await settled();
      await this.#setMemory(Math.max(extra, this.#extraBytes));
      await this.#setThreads(1);
    }
    return memoryLimit(this.#memoryBytes + this.#extraBytes);
  }

  /** To be called before rows are deleted, whose room is to be used again. */
  async beforeDelete(): Promise<void> {
    if (this.#mayVacuum) return;
    await this.#session.run(`SET max_vacuum_tasks = ${vacuumTasks}`);
    this.#mayVacuum = true;
  }

  /** To be called before much is done in the database itself. */
  async beforeFold(): Promise<void> {
    // Each thread needs as much for itself.
    await this.#setThreads(this.#loadBytes > 0 ? 1 : this.#mostThreads);
  }

  /** To be called after a transaction. */
  async giveBack(): Promise<void> {
    const isMuch = this.#columnCount > fewColumns;
    this.#columns.clear();
    try {
      // What was appended stays in memory until it is written to the file.
      if (isMuch) await this.#session.run('CHECKPOINT');
      if (this.#extraBytes > 0) await this.#setMemory(0);
      this.#loadBytes = 0;
    } catch (error) {
      // Others are at work in the database, or too much is in use: after the next transaction, then.
      if (!isFailure(error)) throw error;
    }
  }

  get #columnCount(): number {
    return [...this.#columns.values()].reduce((sum, count) => sum + count, 0);
  }

  async #setMemory(extraBytes: number): Promise<void> {
    if (extraBytes === this.#extraBytes) return;
    await this.#session.run(memoryLimit(this.#memoryBytes + extraBytes));
    this.#extraBytes = extraBytes;
  }

  async #setThreads(threads: number): Promise<void> {
    if (threads === this.#threads) return;
    await this.#session.run(`SET threads = ${threads}`);
    this.#threads = threads;
  }
}

function memoryLimit(bytes: number): string {
  return `SET memory_limit = '${Math.ceil(bytes / 1024)}KiB'`;
}

/** What a load needs beyond what any limit has room for. */
function bytesOfLoad({ longest, columnCount }: Load): number {
  const long = longest <= longRow ? 0 : longest * copies;
  return long + Math.max(0, columnCount - manyColumns) * loadedBytes;
}

/** How many row groups a checkpoint may join to others: DuckDB's own preset. */
const vacuumTasks = 100;

const longRow = 1 << 20;

/**
 * Its page, in a buffer of up to twice its size, the value, and what is made of it on its way into the
 * file: measured, four times its length and 48 MiB suffice for rows of 5 to 100 MiB, each in a row group of its own.
 */
const copies = 6;

const manyColumns = 50;

/** Two blocks of 256 KiB are pinned for a column to which is appended, and one more is on its way. */
const loadedBytes = 800 * 1024;

const fewColumns = 200;

/** The first blocks of a column: of the table, and in the temporary table of a fold. */
const heldBytes = 160 * 1024;
