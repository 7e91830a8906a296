/** Consecutive JSON documents as bytes: what flows through every hot path. */
export interface Lines {
  /** UTF-8 JSON, each document on one line and followed by `\n`. Nothing else is in it. */
  readonly bytes: Uint8Array;
  /** Where each line ends in `bytes`, exclusive, its `\n` included. As long as there are documents. */
  readonly ends: Uint32Array;
}
