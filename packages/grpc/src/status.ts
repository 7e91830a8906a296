/** The status codes of gRPC (https://grpc.github.io/grpc/core/md_doc_statuscodes.html). */
export const Status = {
  OK: 0,
  CANCELLED: 1,
  UNKNOWN: 2,
  INVALID_ARGUMENT: 3,
  DEADLINE_EXCEEDED: 4,
  NOT_FOUND: 5,
  ALREADY_EXISTS: 6,
  PERMISSION_DENIED: 7,
  RESOURCE_EXHAUSTED: 8,
  FAILED_PRECONDITION: 9,
  ABORTED: 10,
  OUT_OF_RANGE: 11,
  UNIMPLEMENTED: 12,
  INTERNAL: 13,
  UNAVAILABLE: 14,
  DATA_LOSS: 15,
  UNAUTHENTICATED: 16,
} as const;

export type Status = (typeof Status)[keyof typeof Status];

const byNumber = new Map<number, { readonly name: string; readonly code: Status }>(
  Object.entries(Status).map(([name, code]) => [code, { name, code }]),
);

/** The name of a code, as in `NOT_FOUND`. */
export function statusName(code: Status): string {
  return byNumber.get(code)?.name ?? 'UNKNOWN';
}

/** The code that `grpc-status` names. What is no known code is `UNKNOWN`, as the protocol has it. */
export function parseStatus(text: string): Status {
  return /^\d{1,3}$/.test(text)
    ? (byNumber.get(Number(text))?.code ?? Status.UNKNOWN)
    : Status.UNKNOWN;
}
