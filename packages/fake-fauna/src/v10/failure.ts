/** A query of FQL v10 that cannot be answered. */
export class V10Failure extends Error {
  override readonly name = 'V10Failure';
  readonly code: string;
  readonly status: number;
  /** What more is told of it, beside code and message. */
  readonly more: Readonly<Record<string, unknown>>;

  constructor(
    code: string,
    message: string,
    { status = 400, ...more }: { readonly status?: number; readonly [key: string]: unknown } = {},
  ) {
    super(message);
    this.code = code;
    this.status = status;
    this.more = more;
  }
}

/** A value that does not go where it is. */
export function invalidType(expected: string, place: string): V10Failure {
  return new V10Failure('type_mismatch', `Expected type: ${expected}, ${place}.`);
}

export function invalidArgument(name: string, reason: string): V10Failure {
  return new V10Failure('invalid_argument', `invalid argument \`${name}\`: ${reason}`);
}
