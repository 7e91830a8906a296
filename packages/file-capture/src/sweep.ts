import { giveBlock } from '@fairlead/json';
import {
  Failure,
  hash32,
  inRange,
  Op,
  type Documents,
  type KeyRange,
  type Log,
  type SourceEvent,
} from '@fairlead/sdk';
import type { CursorState } from './cursor.ts';
import type { DecodedBatch } from './decode-file.ts';
import { deleteTail } from './tail.ts';
import { filesToRead, handedOut, positionIn } from './position.ts';
import { openForReading, type FileBeingRead } from './read-file.ts';
import type { FileSettings } from './settings.ts';
import type { FileInfo, FileStore } from './store.ts';

export interface SweepRequest {
  /** Its index among the bindings that are pulled. */
  readonly binding: number;
  readonly stateKey: string;
  readonly store: FileStore;
  readonly settings: FileSettings;
  /** Advanced with each checkpoint. */
  readonly cursor: CursorState;
  /** Files belong to the part of the keys in which the hash of their path is. */
  readonly range: KeyRange;
  readonly signal: AbortSignal;
  readonly log: Log;
}

/**
 * One look at all files of a binding: each version that was not read yet is read, exactly once, and
 * what became of the others is told. There is a checkpoint after every batch, and the last event
 * is `caught-up`.
 *
 * A first version is handed out as inserts; a changed one as upserts, then deletes of the records
 * past its end. A file that was removed is kept, or deleted, as the settings say.
 * @throws {Failure} transient, for a file that changes while it is read: the next sweep reads it anew.
 */
export async function* sweep(request: SweepRequest): AsyncGenerator<SourceEvent, void, undefined> {
  const { binding, store, cursor, range, signal } = request;
  if (cursor.isNew) yield { is: 'backfill-begins', binding };
  const listed: FileInfo[] = [];
  for await (const file of store.list({ signal })) {
    if (inRange(range, hash32(file.path))) listed.push(file);
  }
  const there = new Set(listed.map(({ path }) => path));
  giveUpGone(request, there);
  const due = filesToRead(listed, cursor);
  const total = sumBytes(listed);
  let done = total - sumBytes(due);
  for (const file of due) {
    const progress = (bytes: number): SourceEvent => ({
      is: 'progress',
      binding,
      unit: 'bytes',
      done: done + Math.min(bytes, file.sizeBytes),
      total,
    });
    yield* readOne(request, file, progress);
    done += file.sizeBytes;
    signal.throwIfAborted();
  }
  yield* removeGone(request, there);
  if (cursor.backfilling) yield { is: 'backfill-ends', binding };
  cursor.endBackfill();
  const patch = cursor.takePatch(request.stateKey);
  if (patch.bindings !== undefined) yield { is: 'checkpoint', patch };
  yield { is: 'caught-up', binding };
}

function sumBytes(files: readonly FileInfo[]): number {
  return files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
}

async function* readOne(
  request: SweepRequest,
  listed: FileInfo,
  progress: (doneBytes: number) => SourceEvent,
): AsyncGenerator<SourceEvent, void, undefined> {
  const { binding, stateKey, store, settings, cursor, signal, log } = request;
  await using reading = await openForReading({
    store,
    file: listed,
    settings,
    signal,
    begin: (file, plan) => positionIn(file, plan.signature, cursor),
  });
  const { file, plan, position } = reading;
  const { path, version } = file;
  const checkpoint = (): SourceEvent => ({ is: 'checkpoint', patch: cursor.takePatch(stateKey) });
  log.debug('reading file', { file: path, sizeBytes: file.sizeBytes, ...described(plan) });
  if (plan.encodingGuessed) log.warn('encoding guessed', { file: path, encoding: plan.encoding });
  if (position.replaces !== undefined && position.offset === 0) {
    log.info('file changed', { file: path, oldRecordCount: position.replaces });
  }
  for await (const batch of reading.batches) {
    if (!(await store.unchanged(file, { signal }))) throw changed(path);
    if (batch.lines.ends.length > 0) {
      const documents = documentsOf(batch, position.replaces);
      yield { is: 'documents', binding, documents, release: () => giveBlock(documents.bytes) };
    }
    const at = { path, version, as: plan.signature, offset: batch.offset, records: batch.records };
    const { replaces } = position;
    cursor.read({
      ...at,
      ...(batch.inside === undefined ? {} : { inside: batch.inside }),
      ...(replaces === undefined ? {} : { replaces }),
    });
    yield progress(batch.ended ? listed.sizeBytes : reading.doneBytes());
    if (batch.ended) {
      for (const { documents, remaining } of tailOf(request, path, replaces, batch.records)) {
        yield { is: 'documents', binding, documents };
        cursor.read({ ...at, replaces: remaining });
        if (remaining > batch.records) yield checkpoint();
      }
      cursor.settle(path, [version, batch.records]);
      reportSkipped(reading, log);
    }
    yield checkpoint();
    signal.throwIfAborted();
  }
}

/** Deletes of the records of an older version that the new one, with `records`, does not have. */
function tailOf(
  { settings }: SweepRequest,
  path: string,
  replaces: number | undefined,
  records: number,
) {
  if (settings.metadata === false || replaces === undefined) return [];
  return deleteTail(settings.metadata, path, replaces, records);
}

function documentsOf({ lines }: DecodedBatch, replaces: number | undefined): Documents {
  if (replaces !== undefined) return lines;
  return { ...lines, ops: new Uint8Array(lines.ends.length).fill(Op.insert) };
}

/** Makes room for another file where the one that is half read is there no more. */
function giveUpGone({ cursor, range, log }: SweepRequest, there: ReadonlySet<string>): void {
  const half = cursor.reading;
  if (half === undefined || there.has(half.path) || !inRange(range, hash32(half.path))) return;
  log.warn('file went away before it was read to its end', { file: half.path });
  cursor.settle(half.path, ['', handedOut(half.path, cursor) ?? 0]);
}

/** What becomes of files that are there no more. */
async function* removeGone(
  { binding, stateKey, settings, cursor, range, log }: SweepRequest,
  there: ReadonlySet<string>,
): AsyncGenerator<SourceEvent, void, undefined> {
  if (settings.onRemoved === 'keep' || settings.metadata === false) return;
  for (const [path, [version, records]] of cursor.files) {
    if (there.has(path) || !inRange(range, hash32(path))) continue;
    if (version !== '') log.info('file removed', { file: path, recordCount: records });
    for (const { documents, remaining } of deleteTail(settings.metadata, path, records, 0)) {
      yield { is: 'documents', binding, documents };
      cursor.settle(path, ['', remaining]);
      yield { is: 'checkpoint', patch: cursor.takePatch(stateKey) };
    }
    if (version !== '') cursor.settle(path, ['', 0]);
  }
}

function described({ compression, encoding, format }: FileBeingRead['plan']) {
  return { format: format?.format, compression, encoding };
}

function reportSkipped(reading: FileBeingRead, log: Log): void {
  const skipped = reading.skipped();
  if (skipped === undefined || skipped.count === 0) return;
  log.warn('rows left out', {
    file: reading.file.path,
    rowCount: skipped.count,
    reasons: skipped.reasons.slice(0, 10),
  });
}

function changed(path: string): Failure {
  return new Failure('transient', 'the file changed while it was read', { where: path });
}
