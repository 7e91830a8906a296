import { Failure } from '@fairlead/sdk';
import type { Command } from '../plan/command.ts';
import type { Step } from '../plan/plan.ts';
import { runCommand, type Ended, type RunOptions } from './run-command.ts';

export interface StepOptions extends RunOptions {
  /** Told of each command before it is run. */
  readonly onCommand?: (command: Command) => void;
}

/**
 * Does the steps of a deployment, one after the other, and none after one that failed.
 * @returns the URL that Fivetran calls, or another name of the function; undefined when it was not told.
 * @throws {Failure} access, with the last words of a command that failed.
 */
export async function runSteps(
  steps: readonly Step[],
  options: StepOptions,
): Promise<string | undefined> {
  let trigger: string | undefined;
  let answer: Step['when'];
  for (const step of steps) {
    if (step.when !== undefined && step.when !== answer) continue;
    options.onCommand?.(step.command);
    const ended = await runCommand(step.command, options);
    if (step.asks !== undefined) answer = answerOf(step, step.asks, ended);
    else if (ended.exitCode !== 0 && step.isDone?.test(ended.stderr) !== true) {
      throw refused(step, ended);
    }
    if (step.tellsTrigger === true) trigger = ended.stdout.trim() || undefined;
  }
  return trigger;
}

function answerOf(step: Step, absent: RegExp, ended: Ended): Step['when'] {
  if (ended.exitCode === 0) return 'there';
  if (absent.test(ended.stderr)) return 'not there';
  throw refused(step, ended);
}

function refused({ purpose, command }: Step, { exitCode, stderr }: Ended): Failure {
  const words = stderr.split('\n').filter((line) => line.trim() !== '');
  const said = words.findLast((line) => /\berror\b/i.test(line)) ?? words.at(-1);
  const how = exitCode === null ? 'was ended by a signal' : `failed with exit code ${exitCode}`;
  const last = said === undefined ? '' : `: ${said.trim().slice(0, 500)}`;
  return new Failure('access', `${command.program} could not ${purpose}: it ${how}${last}`);
}
