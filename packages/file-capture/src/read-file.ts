import { countChunks, skipBytes } from './chunks.ts';
import { decodeFile, maxRecordBytes, type DecodedBatch } from './decode-file.ts';
import { noLines, type Decoder } from './decoder.ts';
import { fileMember } from './member.ts';
import { planFile, type FilePlan, type PlanSettings } from './plan-file.ts';
import type { Position } from './position.ts';
import type { FileInfo, FileStore, OpenFile } from './store.ts';

export interface ReadRequest {
  readonly store: FileStore;
  /** As listed. What is read is the file as it is when it is opened. */
  readonly file: FileInfo;
  readonly settings: PlanSettings;
  readonly signal: AbortSignal;
  /** Where to begin, now that it is known which version is read, and how. */
  begin(file: FileInfo, plan: FilePlan): Position;
}

/** A file that is open for reading, until it is disposed of. */
export interface FileBeingRead extends AsyncDisposable {
  readonly file: FileInfo;
  readonly plan: FilePlan;
  readonly position: Position;
  /** Its documents from the position on. The last batch says where the file ends. */
  readonly batches: AsyncIterable<DecodedBatch>;
  /** How many bytes of the file, compressed as it is, have been read. */
  doneBytes(): number;
  /** Records that were left out so far. */
  skipped(): Decoder['skipped'];
}

/**
 * Opens a file, finds out how to read it, and goes to the position to begin at: by seeking where
 * the store can and the bytes are the text, else by passing over text.
 * @throws {Failure} that names the file.
 */
export async function openForReading(request: ReadRequest): Promise<FileBeingRead> {
  const { store, settings, signal } = request;
  const opened = await store.open(request.file, { offset: 0, signal });
  try {
    const { file } = opened;
    const counted = countChunks(opened.chunks);
    const planned = await planFile(counted.chunks, file.path, settings);
    const { plan } = planned;
    const position = request.begin(file, plan);
    if (position.offset > 0 && plan.seekable) {
      await close(opened, planned.text);
      return openAt(request, file, plan, position);
    }
    const text = skipBytes(planned.text, position.offset, file.path);
    return {
      ...reading(file, plan, position, text, settings),
      doneBytes: () => counted.doneBytes(),
      [Symbol.asyncDispose]: () => close(opened, planned.text),
    };
  } catch (error) {
    await opened[Symbol.asyncDispose]();
    throw error;
  }
}

async function openAt(
  { store, settings, signal }: ReadRequest,
  file: FileInfo,
  plan: FilePlan,
  position: Position,
): Promise<FileBeingRead> {
  const opened = await store.open(file, { offset: position.offset, signal });
  const counted = countChunks(opened.chunks, opened.offset);
  const text = skipBytes(counted.chunks, position.offset - opened.offset, file.path);
  return {
    ...reading(file, plan, position, text, settings),
    doneBytes: () => counted.doneBytes(),
    [Symbol.asyncDispose]: () => close(opened, counted.chunks),
  };
}

function reading(
  file: FileInfo,
  plan: FilePlan,
  position: Position,
  text: AsyncIterable<Uint8Array>,
  { metadata }: PlanSettings,
) {
  const { path } = file;
  const { offset, records, inside } = position;
  const decoder = plan.format?.createDecoder({
    member: metadata === false ? undefined : fileMember(metadata, path, records),
    begins: offset === 0 ? 'file' : 'middle',
    inside,
    maxRecordBytes,
  });
  const batches =
    decoder === undefined
      ? nothing()
      : decodeFile({ chunks: text, decoder, offset, records, path });
  return { file, plan, position, batches, skipped: () => decoder?.skipped };
}

async function* nothing(): AsyncGenerator<DecodedBatch, void, undefined> {
  yield { lines: noLines, offset: 0, records: 0, inside: undefined, ended: true };
}

async function close(opened: OpenFile, text: AsyncIterator<Uint8Array>): Promise<void> {
  await text.return?.();
  await opened[Symbol.asyncDispose]();
}
