import { describeFailure, type FailureKind, isFailure } from '@fairlead/sdk';
import { type Mask, noMask } from '@fairlead/host-io';

/** Whom an error concerns: the user, nobody, or whoever made the connector. */
type FailureType = 'config_error' | 'transient_error' | 'system_error';

/** The `error` of a TRACE message, but for the stream. */
export interface TraceError {
  readonly message: string;
  readonly internal_message: string;
  readonly failure_type: FailureType;
  readonly stack_trace?: string;
}

/** An error as a platform is told of it, masked. Of one that is no failure, the stack as well. */
export function traceError(error: unknown, mask: Mask = noMask): TraceError {
  if (isFailure(error)) {
    return {
      message: sentence(mask(describeFailure(error))),
      internal_message: mask(`${error.kind}: ${error.message}${causes(error)}`),
      failure_type: failureTypes[error.kind],
    };
  }
  const stack = error instanceof Error ? error.stack : undefined;
  return {
    message: 'Something went wrong in the connector. Please report it with the log.',
    internal_message: mask(`${String(error)}${causes(error)}`),
    failure_type: 'system_error',
    ...(stack === undefined ? {} : { stack_trace: mask(stack) }),
  };
}

const failureTypes: Readonly<Record<FailureKind, FailureType>> = {
  config: 'config_error',
  access: 'config_error',
  transient: 'transient_error',
  data: 'system_error',
  // Only the user can refresh a stream.
  state: 'config_error',
};

function causes(error: unknown): string {
  if (!(error instanceof Error) || error.cause === undefined) return '';
  return `, caused by ${String(error.cause)}${causes(error.cause)}`;
}

function sentence(text: string): string {
  const begun = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.?!]$/.test(begun) ? begun : `${begun}.`;
}
