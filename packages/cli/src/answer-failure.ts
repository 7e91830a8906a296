import { CommanderError } from 'commander';
import type { Interruption } from './interruption.ts';
import { OutputClosed } from './output.ts';
import { printable } from './printable.ts';
import type { Terminal } from './terminal.ts';
import { usageProblem } from './usage-problem.ts';

export interface AnswerOptions {
  readonly terminal: Terminal;
  /** Absent where nothing is interrupted by this program. */
  readonly interruption?: Interruption;
  /** The verb that was called, as far as there is one. */
  readonly verb: string;
  readonly json: boolean;
}

/** Says on standard error what went wrong, in one line unless it is a bug. @returns the exit code. */
export async function answerFailure(error: unknown, options: AnswerOptions): Promise<number> {
  const { terminal, interruption, verb, json } = options;
  if (error instanceof OutputClosed) return 0;
  const say = (failure: object, text: string) =>
    terminal.line(json ? JSON.stringify({ failure }) : `fairlead: ${text}`);
  if (interruption?.now.aborted === true) {
    const rest = interruption.isGentle ? '; what was not committed will be read again' : '';
    const message = `interrupted${rest}`;
    say({ kind: 'interrupted', message }, message);
    return interruption.exitCode;
  }
  // Loaded late, as help needs none of it.
  const { describeFailure, exitCode, Failure, isFailure } = await import('@fairlead/sdk');
  const { systemFailure } = await import('./system-failure.ts');
  const failure =
    error instanceof CommanderError
      ? new Failure('config', ...usage(error, verb))
      : (systemFailure(error) ?? error);
  if (isFailure(failure)) {
    const { kind, message, where, hint } = failure;
    say({ kind, message, where, hint }, printable(describeFailure(failure)));
    return exitCode(failure);
  }
  const message = error instanceof Error ? error.message : String(error);
  const stack = error instanceof Error ? (error.stack ?? message) : message;
  say(
    { kind: 'bug', message, stack },
    `this is a bug, please report it with the lines below\n${stack}`,
  );
  return 1;
}

function usage(error: CommanderError, verb: string): [message: string, { hint?: string }] {
  const { message, hint } = usageProblem(error.code, error.message, verb);
  return [message, hint === undefined ? {} : { hint }];
}
