/**
 * Where files are: a folder, a bucket, a web server. A file source is a store and settings; the
 * rest is the same for all.
 */
export interface FileStore {
  /**
   * The files there are now, in byte order of their paths, each once.
   * @throws {Failure} when the list is not complete: a file that is missing from it counts as removed.
   */
  list(options: { readonly signal: AbortSignal }): AsyncIterable<FileInfo>;
  /**
   * The bytes of a file as it is now, from `offset` on where the store can seek.
   * @throws {Failure} that names the file.
   */
  open(file: FileInfo, options: OpenOptions): Promise<OpenFile>;
  /** Whether the file still has this version. False when it is gone. */
  unchanged(file: FileInfo, options: { readonly signal: AbortSignal }): Promise<boolean>;
}

/** One version of a file. */
export interface FileInfo {
  /** Names the file in documents and in the state, with `/` between folders. */
  readonly path: string;
  readonly sizeBytes: number;
  readonly modifiedMs?: number;
  readonly etag?: string;
  /**
   * Differs whenever the content differs, as far as the store can tell. It is part of the saved
   * state, and never empty.
   */
  readonly version: string;
}

export interface OpenOptions {
  /** In bytes of the file. */
  readonly offset: number;
  readonly signal: AbortSignal;
}

/** A file that is open for reading, until it is disposed of. */
export interface OpenFile extends AsyncDisposable {
  /** The version that is being read, which may be newer than the one that was listed. */
  readonly file: FileInfo;
  /** Where the first chunk begins: at the offset asked for, or at 0 when the store cannot seek. */
  readonly offset: number;
  /**
   * Read once, when asked for. A chunk is only good until the one after the next is asked for, so
   * that a store may use two buffers in turn.
   */
  readonly chunks: AsyncIterable<Uint8Array>;
}
