import { formatPointer } from './pointer.ts';

/** Thrown for a value that has no faithful form in JSON. The message names the place, not the value. */
export class EncodeError extends Error {
  override readonly name = 'EncodeError';
  /** Why, as a phrase: `NaN is no JSON number`. */
  readonly reason: string;
  /** Where, as a JSON pointer into the value; empty for the value itself. */
  readonly path: string;

  constructor(reason: string, path: readonly (string | number)[] = [], options?: ErrorOptions) {
    const pointer = formatPointer(path);
    super(pointer === '' ? reason : `${reason}, at ${pointer}`, options);
    this.reason = reason;
    this.path = pointer;
  }
}
