import { isFailure } from '@fairlead/sdk';
import type { Session } from './session.ts';

/**
 * The memory that DuckDB may take. It is more while very long documents are on their way, as every
 * one of them is in memory several times.
 */
export class Memory {
  readonly #session: Session;
  readonly #limitBytes: number;
  #longest = longDocument;

  constructor(session: Session, limitBytes: number) {
    this.#session = session;
    this.#limitBytes = limitBytes;
  }

  /** Makes room for documents of up to so many bytes, until it is given back. */
  async makeRoom(longest: number): Promise<void> {
    if (longest <= this.#longest) return;
    this.#longest = longest;
    await this.#set(this.#limitBytes + longest * copies);
  }

  /** The limit is what the settings say again. */
  async giveBack(): Promise<void> {
    if (this.#longest === longDocument) return;
    try {
      await this.#set(this.#limitBytes);
      this.#longest = longDocument;
    } catch (error) {
      // It is only lowered when so much is free: after the next transaction, then.
      if (!isFailure(error)) throw error;
    }
  }

  async #set(bytes: number): Promise<void> {
    await this.#session.run(`SET memory_limit = '${Math.ceil(bytes / 1024)}KiB'`);
  }
}

/** Documents up to this size fit in any limit, in bytes. */
const longDocument = 1 << 20;

/** A buffer of twice its size for each of two threads, the value, its copy, and some room. */
const copies = 8;
