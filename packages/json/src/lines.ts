import type { Shape } from './shape.ts';

/** Consecutive JSON documents as bytes: what flows through every hot path. */
export interface Lines {
  /** UTF-8 JSON, each document on one line and followed by `\n`. Nothing else is in it. */
  readonly bytes: Uint8Array;
  /** Where each line ends in `bytes`, exclusive, its `\n` included. As long as there are documents. */
  readonly ends: Uint32Array;
}

/** Lines of which it is known what they hold. */
export interface BoundedLines extends Lines {
  /**
   * Bounds of what the lines hold, each an object: none has a member, a class of value or more digits
   * that this has not, nor a member twice. What members hold in turn is not said. Absent when it is
   * not known.
   */
  readonly shape?: Shape;
}
