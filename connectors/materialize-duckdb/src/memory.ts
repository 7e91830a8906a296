import { isFailure } from '@fairlead/sdk';
import type { Session } from './session.ts';

/** What makes a load take much memory. */
export interface Load {
  /** The bytes of the longest row. */
  readonly longest: number;
  readonly columnCount: number;
}

/**
 * The memory that DuckDB may take. It is more while very long rows or very wide tables are loaded, and
 * its threads are one then, as each needs as much.
 */
export class Memory {
  readonly #session: Session;
  readonly #limitBytes: number;
  #extraBytes = 0;

  constructor(session: Session, limitBytes: number) {
    this.#session = session;
    this.#limitBytes = limitBytes;
  }

  /** Makes room for a load, until it is given back. */
  async makeRoom(load: Load): Promise<void> {
    const extra = extraBytes(load);
    if (extra <= this.#extraBytes) return;
    await this.#setLimit(this.#limitBytes + extra);
    await this.#session.run('SET threads = 1');
    this.#extraBytes = extra;
  }

  /** The limits are what the settings say again. */
  async giveBack(): Promise<void> {
    if (this.#extraBytes === 0) return;
    try {
      await this.#setLimit(this.#limitBytes);
      await this.#session.run('RESET threads');
      this.#extraBytes = 0;
    } catch (error) {
      // It is only lowered when so much is free: after the next transaction, then.
      if (!isFailure(error)) throw error;
    }
  }

  async #setLimit(bytes: number): Promise<void> {
    await this.#session.run(`SET memory_limit = '${Math.ceil(bytes / 1024)}KiB'`);
  }
}

/** What a load needs beyond what any limit has room for. */
export function extraBytes({ longest, columnCount }: Load): number {
  const long = longest <= longRow ? 0 : longest * copies;
  return long + Math.max(0, columnCount - manyColumns) * columnBytes;
}

const longRow = 1 << 20;

/** A buffer of twice its size, the value, and what is made of it on its way into the file. */
const copies = 6;

const manyColumns = 50;

/** Two blocks of 256 KiB are pinned for a column to which is appended, and one more is on its way. */
const columnBytes = 800 * 1024;
