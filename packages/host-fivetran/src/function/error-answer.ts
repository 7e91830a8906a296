import { describeFailure, type FailureKind, isFailure } from '@fairlead/sdk';
import type { FunctionAnswer } from './answer.ts';
import type { Mask } from '@fairlead/host-io';

/**
 * What is answered when a call fails: its one line, its kind, and of a bug where it is, without
 * secrets. The status is 400 for what the user has to mend.
 */
export function errorAnswer(error: unknown, mask: Mask, status = statusOf(error)): FunctionAnswer {
  const content = {
    errorMessage: mask(messageOf(error)),
    errorType: isFailure(error) ? error.kind : 'bug',
    stackTrace: traceOf(error).map(mask),
  };
  return { status, body: Buffer.from(JSON.stringify(content)) };
}

const statuses: Readonly<Record<FailureKind, number>> = {
  config: 400,
  access: 400,
  transient: 500,
  data: 500,
  state: 400,
};

function statusOf(error: unknown): number {
  return isFailure(error) ? statuses[error.kind] : 500;
}

function messageOf(error: unknown): string {
  if (isFailure(error)) return describeFailure(error);
  const text = error instanceof Error ? error.message : String(error);
  return `something went wrong in the connector: ${text}`;
}

/** Where a bug is. What led to a failure is said by the lines of the log. */
function traceOf(error: unknown): readonly string[] {
  if (isFailure(error) || !(error instanceof Error)) return [];
  return (error.stack ?? '').split('\n').map((line) => line.trim());
}
