/**
 * Thrown where bytes that should be JSON are not. The message names the place and never repeats
 * the document.
 */
export class JsonSyntaxError extends Error {
  override readonly name = 'JsonSyntaxError';
  /** What is wrong, as a phrase: `unterminated string`. */
  readonly reason: string;
  /** Where, as an index into the bytes that were read. */
  readonly offset: number;

  constructor(reason: string, offset: number) {
    super(`${reason} at byte ${offset}`);
    this.reason = reason;
    this.offset = offset;
  }
}
