/** What a function answers, always as JSON. */
export interface FunctionAnswer {
  /** Of HTTP, where there is such a thing. */
  readonly status: number;
  /** UTF-8. */
  readonly body: Uint8Array;
}

/** Header fields of every answer over HTTP. */
export const answerHeaders = { 'content-type': 'application/json' } as const;
