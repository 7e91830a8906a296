import type { CodecName } from '@fairlead/host-flow';
import type { Json } from '@fairlead/sdk';
import type { FlowCaptureSubject } from './flow-start.ts';

/** What the conformance suite has to know of a capture: what it is, and what it reads. */
export type FlowCaptureSuite = FlowCaptureSubject & FlowCaptureFacts;

export interface FlowCaptureFacts {
  /**
   * Puts something to read in place, always the same, and says with which settings it is read.
   * Called often; what it made is disposed afterwards. A few dozen documents are enough.
   */
  prepare(): Promise<FlowCaptureFixture>;
  /** Settings that cannot work. */
  readonly wrong?: readonly { readonly what: string; readonly settings: unknown }[];
  /** Whether some documents may come again after a stop. Nothing may be missing in any case. */
  readonly repeats?: boolean;
  /** What differs from reading to reading is taken out of a document's text by this. */
  readonly stable?: (line: string) => string;
  /** Both unless given. */
  readonly codecs?: readonly CodecName[];
  /** How many stops are tried at most in each check; 40 unless given. */
  readonly maxStops?: number;
  /** How long one session may take; 20 seconds unless given. */
  readonly patienceMs?: number;
  /** How long nothing may come after the last document until it was the last one; 40 ms unless given. */
  readonly quietMs?: number;
}

export interface FlowCaptureFixture extends Partial<AsyncDisposable> {
  readonly settings: Json;
  /** Recommended names of the bindings to read; all unless given. */
  readonly streams?: readonly string[];
  /** How many documents a whole reading has. */
  readonly documents: number;
  /** Pieces of text that documents have, as they are: `12345678901234567890`. */
  readonly contains?: readonly string[];
}
