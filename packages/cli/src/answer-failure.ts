import { CommanderError } from 'commander';
import type { Interruption } from './interruption.ts';
import { OutputClosed } from './output.ts';
import { printable } from './printable.ts';
import type { Terminal } from './terminal.ts';
import { usageProblem } from './usage-problem.ts';

export interface AnswerOptions {
  readonly terminal: Terminal;
  readonly interruption: Interruption;
  /** The verb that was called, as far as there is one. */
  readonly verb: string;
  readonly json: boolean;
}

/** Says on standard error what went wrong, in one line unless it is a bug. @returns the exit code. */
export async function answerFailure(
  error: unknown,
  { terminal, interruption, verb, json }: AnswerOptions,
): Promise<number> {
  if (error instanceof OutputClosed) return 0;
  if (interruption.now.aborted) {
    terminal.line('fairlead: interrupted; what was not committed will be read again');
    return interruption.exitCode;
  }
  // Loaded late, as help needs none of it.
  const { describeFailure, exitCode, isFailure, Failure } = await import('@fairlead/sdk');
  const failure =
    error instanceof CommanderError ? new Failure('config', ...usage(error, verb)) : error;
  if (isFailure(failure)) {
    const { kind, message, where, hint } = failure;
    terminal.line(
      json
        ? JSON.stringify({ failure: { kind, message, where, hint } })
        : `fairlead: ${printable(describeFailure(failure))}`,
    );
    return exitCode(failure);
  }
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  terminal.line(
    json
      ? JSON.stringify({ failure: { kind: 'bug', message: messageOf(error), stack } })
      : `fairlead: this is a bug, please report it with the lines below\n${stack}`,
  );
  return 1;
}

function usage(error: CommanderError, verb: string): [message: string, { hint?: string }] {
  const { message, hint } = usageProblem(error.code, error.message, verb);
  return [message, hint === undefined ? {} : { hint }];
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
