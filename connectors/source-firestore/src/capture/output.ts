import { giveBlock } from '@fairlead/json';
import type { Op, SourceEvent, StatePatch } from '@fairlead/sdk';
import type { DocumentHeader } from '../wire/document-header.ts';
import { timeOfMicros } from '../wire/time.ts';
import type { Lines } from '../wire/kernel.ts';
import { blockBytes, DocumentWriter, lineEnd } from '../wire/transcode.ts';
import { Wakeup } from './wakeup.ts';

/** When the documents of a binding are handed on. */
const batchBytes = 1024 * 1024;
/** How many bindings may have documents that are not handed on: each takes a block of memory. */
const mostWriting = 8;
/** What may wait for the host, and one batch more. */
const mostWaitingBytes = 2 * batchBytes;

/** What goes to the host: documents as they are written, gathered for each binding, and what else there is to say. */
export class Output {
  readonly #writers: readonly DocumentWriter[];
  readonly #writing = new Set<number>();
  readonly #queue: SourceEvent[] = [];
  readonly #filled = new Wakeup();
  readonly #emptied = new Wakeup();
  #waitingBytes = 0;
  #ended = false;
  /** Bytes of documents that no checkpoint follows yet. */
  uncommittedBytes = 0;
  /** When the first of them was written, in milliseconds of the process. */
  uncommittedSinceMs = 0;

  constructor(bindings: number) {
    this.#writers = Array.from({ length: bindings }, () => new DocumentWriter());
  }

  /** @throws {Failure} data, when the document has no faithful JSON. */
  document(
    binding: number,
    bytes: Uint8Array,
    header: DocumentHeader,
    { isSnapshot, op }: { readonly isSnapshot: boolean; readonly op: Op },
  ): void {
    const writer = this.#writer(binding);
    const before = writer.sizeBytes;
    writer.document(bytes, header, isSnapshot, op);
    this.#wrote(binding, writer, writer.sizeBytes - before);
  }

  /** Lines of documents that were read for the first time, from `from` to `to`. */
  lines(binding: number, lines: Lines, from: number, to: number): void {
    if (from === to) return;
    const writer = this.#writer(binding);
    const sizeBytes = lineEnd(lines.table, to - 1) - lineEnd(lines.table, from - 1);
    if (writer.sizeBytes + sizeBytes > blockBytes) this.#flush(binding);
    writer.lines(lines, from, to);
    this.#writing.add(binding);
    this.#wrote(binding, writer, sizeBytes);
  }

  /** The document with this full name is gone since `micros`. */
  tombstone(binding: number, name: Uint8Array, micros: number): void {
    const writer = this.#writer(binding);
    const before = writer.sizeBytes;
    writer.tombstone(name, 0, name.length, timeOfMicros(micros));
    this.#wrote(binding, writer, writer.sizeBytes - before);
  }

  say(event: Exclude<SourceEvent, { readonly is: 'documents' | 'checkpoint' }>): void {
    this.#queue.push(event);
    this.#filled.wake();
  }

  /** Hands on all that was written, and then the checkpoint. */
  checkpoint(patch: StatePatch): void {
    for (const binding of this.#writing) this.#flush(binding);
    this.#queue.push({ is: 'checkpoint', patch });
    this.uncommittedBytes = 0;
    this.#filled.wake();
  }

  /** Resolves once the host has taken enough for more to be written, or with an abort. */
  async room(signal: AbortSignal): Promise<void> {
    while (this.#waitingBytes > mostWaitingBytes && !signal.aborted) {
      await this.#emptied.wait(signal);
    }
  }

  /** No more comes. */
  end(): void {
    this.#ended = true;
    this.#filled.wake();
  }

  /** What was said, in order, until the end. */
  async *events(): AsyncGenerator<SourceEvent, void, undefined> {
    const never = new AbortController().signal;
    for (;;) {
      const event = this.#queue.shift();
      if (event !== undefined) {
        if (event.is === 'documents') this.#waitingBytes -= event.documents.bytes.length;
        this.#emptied.wake();
        yield event;
      } else if (this.#ended) return;
      else await this.#filled.wait(never);
    }
  }

  #writer(binding: number): DocumentWriter {
    const writer = this.#writers[binding];
    if (writer === undefined) throw new Error(`there is no binding ${binding}`);
    if (!this.#writing.has(binding)) {
      if (this.#writing.size >= mostWriting) for (const other of this.#writing) this.#flush(other);
      this.#writing.add(binding);
    }
    return writer;
  }

  #wrote(binding: number, writer: DocumentWriter, bytes: number): void {
    if (this.uncommittedBytes === 0) this.uncommittedSinceMs = performance.now();
    this.uncommittedBytes += bytes;
    if (writer.sizeBytes >= batchBytes) this.#flush(binding);
  }

  #flush(binding: number): void {
    this.#writing.delete(binding);
    const documents = this.#writers[binding]?.take();
    if (documents === undefined || documents.ends.length === 0) return;
    this.#waitingBytes += documents.bytes.length;
    const release = () => giveBlock(documents.bytes);
    this.#queue.push({ is: 'documents', binding, documents, release });
    this.#filled.wake();
  }
}
