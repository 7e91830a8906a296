import {
  applyCheckpoint,
  emptyState,
  Op,
  silentLog,
  startOf,
  wholeRange,
  type KeyRange,
  type Log,
  type SourceEvent,
  type SourceState,
} from '@fairlead/sdk';
import { z } from 'zod';
import { captureFiles } from './capture.ts';
import { FileCursor } from './cursor.ts';
import { fileSettings, type FileSettings } from './settings.ts';
import type { FileStore } from './store.ts';

// What tests of whole captures share.

/** Settings as a user writes them, with all defaults. */
export function settings(written: z.input<typeof Settings> = {}): FileSettings {
  return Settings.parse(written);
}
const Settings = z.object(fileSettings);

export interface RunOptions {
  readonly state?: SourceState;
  readonly settings?: z.input<typeof Settings>;
  readonly range?: KeyRange;
  readonly log?: Log;
  /** Ends the run after so many checkpoints. */
  readonly checkpoints?: number;
}

export interface Run {
  readonly events: readonly SourceEvent[];
  /** After the last checkpoint, as a host keeps it. */
  readonly state: SourceState;
}

/** Everything that a capture of one stream, `s`, says until it has caught up. */
export async function run(store: FileStore, options: RunOptions = {}): Promise<Run> {
  const { range = wholeRange, log = silentLog, checkpoints = Number.POSITIVE_INFINITY } = options;
  let { state = emptyState } = options;
  const events: SourceEvent[] = [];
  let count = 0;
  const parsed = Object.entries(state.bindings).map(
    ([key, value]) => [key, FileCursor.parse(value)] as const,
  );
  const capture = captureFiles({
    bindings: [{ stream: 's', stateKey: 's', store, settings: settings(options.settings) }],
    state: { bindings: Object.fromEntries(parsed) },
    until: 'caught-up',
    range,
    signal: new AbortController().signal,
    log,
    intervalMs: 0,
  });
  for await (const event of capture) {
    events.push(event);
    if (event.is !== 'checkpoint') continue;
    // As a host does: through JSON, and only what the patch says.
    state = applyCheckpoint(state, JSON.parse(JSON.stringify(event.patch)));
    if (++count === checkpoints) break;
  }
  return { events, state };
}

/** The documents of a run that belong to a checkpoint, parsed, each with the name of its op. */
export function documentsOf(events: readonly SourceEvent[]): { op: string; document: unknown }[] {
  const found: { op: string; document: unknown }[] = [];
  let committed = 0;
  for (const event of events) {
    if (event.is === 'checkpoint') committed = found.length;
    if (event.is !== 'documents') continue;
    const { documents } = event;
    for (let index = 0; index < documents.ends.length; index++) {
      const line = documents.bytes.subarray(startOf(documents, index), documents.ends[index]);
      const op = documents.ops?.[index] ?? Op.upsert;
      found.push({ op: opNames[op] ?? '?', document: JSON.parse(Buffer.from(line).toString()) });
    }
  }
  return found.slice(0, committed);
}

const opNames = Object.entries(Op).reduce<string[]>((names, [name, op]) => {
  names[op] = name;
  return names;
}, []);

/** The failure of the stream; throws when there is none. */
export function failureOf({ events }: Run) {
  const last = events.at(-1);
  if (last?.is !== 'failed') throw new Error(`the run ended with ${String(last?.is)}`);
  const { kind, message, where, hint } = last.failure;
  return { kind, message, where, hint };
}

/** Rows as a destination with a key has them after these documents: by file and offset. */
export function applyDocuments(
  rows: Map<string, unknown>,
  documents: readonly { op: string; document: unknown }[],
): Map<string, unknown> {
  for (const { op, document } of documents) {
    const { _meta, ...values } = document as { _meta: { file: string; offset: number } };
    const key = `${_meta.file}#${_meta.offset}`;
    if (op === 'insert' && rows.has(key)) throw new Error(`${key} was inserted twice`);
    if (op === 'delete') rows.delete(key);
    else rows.set(key, values);
  }
  return rows;
}

/** The bytes of chunks, each of `size`. */
export async function* inChunks(bytes: Uint8Array | string, size: number) {
  const all = typeof bytes === 'string' ? Buffer.from(bytes) : bytes;
  for (let at = 0; at < all.length; at += size) yield all.subarray(at, at + size);
}

/** All bytes of some chunks, copied as they come. */
export async function collect(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const copies: Uint8Array[] = [];
  for await (const chunk of chunks) copies.push(Buffer.from(chunk));
  return Buffer.concat(copies);
}

/** JSON lines with `n` from `from` up to `to`, each about 64 KiB long, so that few make a batch. */
export function longLines(from: number, to: number, text = 'x'): string {
  const numbers = Array.from({ length: to - from }, (_, index) => from + index);
  return numbers.map((n) => `{"n":${n},"pad":"${text.repeat(65_000)}"}\n`).join('');
}

/** JSON lines with these for `n`. */
export function shortLines(...numbers: number[]): string {
  return numbers.map((n) => `{"n":${n}}\n`).join('');
}

/** What kinds of events there are, in order. */
export function kindsOf(events: readonly SourceEvent[]): string[] {
  return events.map(({ is }) => is);
}
