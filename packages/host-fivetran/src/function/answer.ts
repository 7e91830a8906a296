/** What a function answers, always as JSON. */
export interface FunctionAnswer {
  /** Of HTTP, where there is such a thing. */
  readonly status: number;
  /** UTF-8. */
  readonly body: Uint8Array;
}

/** An answer in pieces, so that its rows are not copied once more. */
export interface PiecedAnswer {
  readonly status: number;
  /** UTF-8, one after the other. */
  readonly body: readonly Uint8Array[];
  /** To be called once the pieces are not needed any more; nobody may look at them afterwards. */
  readonly release?: () => void;
}

/** Header fields of every answer over HTTP. */
export const answerHeaders = { 'content-type': 'application/json' } as const;

/** Bytes of pieces together. */
export function sizeOf(pieces: readonly Uint8Array[]): number {
  return pieces.reduce((sum, { length }) => sum + length, 0);
}
