import type { Output } from '@fairlead/host-io';
import type { CommitPattern, Documents, Writer } from '@fairlead/sdk';
import { encodeMemories, type TableMemories, type TableMemory } from './table-memory.ts';

/** When a transaction is committed. */
export interface CommitPace {
  readonly bytes: number;
  readonly everyMs: number;
}

/** What was written since the last commit, and the states that wait for the next. */
export class Transaction {
  readonly writer: Writer;
  readonly #commits: CommitPattern;
  readonly #output: Output;
  readonly #pace: CommitPace;
  readonly #now: () => number;
  #memories: TableMemories;
  #echoes: Uint8Array[] = [];
  #dirty = false;
  #bytes = 0;
  #sinceMs = 0;

  constructor(
    writer: Writer,
    parts: {
      readonly commits: CommitPattern;
      readonly output: Output;
      readonly pace: CommitPace;
      readonly now: () => number;
      readonly memories: TableMemories;
    },
  ) {
    this.writer = writer;
    this.#commits = parts.commits;
    this.#output = parts.output;
    this.#pace = parts.pace;
    this.#now = parts.now;
    this.#memories = parts.memories;
  }

  /** What will be known of a stream's table after the commit. */
  memoryOf(stream: string): TableMemory {
    return this.#memories[stream] ?? {};
  }

  remember(stream: string, memory: TableMemory): void {
    this.#memories = { ...this.#memories, [stream]: memory };
  }

  async store(table: number, documents: Documents): Promise<void> {
    this.#touch();
    this.#bytes += documents.bytes.length;
    await this.writer.store(table, documents);
  }

  async truncate(table: number): Promise<void> {
    this.#touch();
    await this.writer.truncate(table);
  }

  /** Puts the rows of one table in place of those of another. The writer can do that. */
  async replace(table: number, by: number): Promise<void> {
    this.#touch();
    await this.writer.replace?.(table, by);
  }

  /** Takes the line of a state, to be echoed once everything before it is durable. */
  echo(line: Uint8Array): void {
    this.#echoes.push(line);
    if (!this.#dirty && this.#echoes.length === 1) this.#sinceMs = this.#now();
  }

  /** Whether there is something to commit or to echo. */
  get isOpen(): boolean {
    return this.#dirty || this.#echoes.length > 0;
  }

  /** Whether it has lasted, or grown, as much as it shall. */
  get isDue(): boolean {
    if (!this.isOpen) return false;
    const { bytes, everyMs } = this.#pace;
    return this.#bytes >= bytes || this.#now() - this.#sinceMs >= everyMs;
  }

  /** Makes what was stored durable, and then echoes the states that came before. */
  async commit(): Promise<void> {
    if (this.#dirty) {
      const staged = await this.writer.commit(encodeMemories(this.#memories));
      if (this.#commits === 'staged') await this.writer.acknowledge?.(staged);
    }
    this.#dirty = false;
    this.#bytes = 0;
    const echoes = this.#echoes;
    this.#echoes = [];
    for (const line of echoes) await this.#output.write(line);
    if (echoes.length > 0) await this.#output.flush();
  }

  #touch(): void {
    if (!this.isOpen) this.#sinceMs = this.#now();
    this.#dirty = true;
  }
}
