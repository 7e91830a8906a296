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
 * The memory that DuckDB may take. It is more for very long rows, very wide tables and very many
 * tables in one transaction, for which DuckDB needs memory that it cannot spill to disk.
 */
export class Memory {
  readonly #session: Session;
  readonly #limitBytes: number;
  /** How many columns of each table the transaction has appended to. */
  readonly #columns = new Map<number, number>();
  /** The most that a single load has asked for. */
  #loadBytes = 0;
  #extraBytes = 0;

  constructor(session: Session, limitBytes: number) {
    this.#session = session;
    this.#limitBytes = limitBytes;
  }

  /** Makes room for a load, until it is given back. */
  async makeRoom(load: Load): Promise<void> {
    this.#columns.set(load.table, load.columnCount);
    this.#loadBytes = Math.max(this.#loadBytes, bytesOfLoad(load));
    const extra = this.#loadBytes + Math.max(0, this.#columnCount - fewColumns) * heldBytes;
    if (extra <= this.#extraBytes) return;
    await this.#setLimit(extra);
    // Each thread needs as much for itself.
    if (this.#loadBytes > 0) await this.#session.run('SET threads = 1');
  }

  /** The limits are what the settings say again. To be called after a transaction. */
  async giveBack(): Promise<void> {
    const isMuch = this.#columnCount > fewColumns;
    this.#columns.clear();
    try {
      // What was appended stays in memory until it is written to the file.
      if (isMuch) await this.#session.run('CHECKPOINT');
      if (this.#extraBytes === 0) return;
      await this.#setLimit(0);
      if (this.#loadBytes > 0) await this.#session.run('RESET threads');
      this.#loadBytes = 0;
    } catch (error) {
      // Others are at work in the database, or too much is in use: after the next transaction, then.
      if (!isFailure(error)) throw error;
    }
  }

  get #columnCount(): number {
    return [...this.#columns.values()].reduce((sum, count) => sum + count, 0);
  }

  async #setLimit(extraBytes: number): Promise<void> {
    const limit = Math.ceil((this.#limitBytes + extraBytes) / 1024);
    await this.#session.run(`SET memory_limit = '${limit}KiB'`);
    this.#extraBytes = extraBytes;
  }
}

/** What a load needs beyond what any limit has room for. */
function bytesOfLoad({ longest, columnCount }: Load): number {
  const long = longest <= longRow ? 0 : longest * copies;
  return long + Math.max(0, columnCount - manyColumns) * loadedBytes;
}

const longRow = 1 << 20;

/** A buffer of twice its size, the value, and what is made of it on its way into the file. */
const copies = 6;

const manyColumns = 50;

/** Two blocks of 256 KiB are pinned for a column to which is appended, and one more is on its way. */
const loadedBytes = 800 * 1024;

const fewColumns = 200;

/** The first blocks of a column: of the table, and in the temporary tables of a fold. */
const heldBytes = 160 * 1024;
