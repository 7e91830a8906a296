import { spawn } from 'node:child_process';
import { addAbortListener, once } from 'node:events';
import { createInterface } from 'node:readline';
import { Failure } from '@fairlead/sdk';
import type { Command } from '../plan/command.ts';

export interface RunOptions {
  /** Where it is run, absolute. */
  readonly folder: string;
  readonly variables: Readonly<Record<string, string | undefined>>;
  /** Interrupts the command as Ctrl-C does; it is waited for all the same. */
  readonly signal: AbortSignal;
  /** Told of each line of its standard error, as it comes. */
  readonly onLine?: (line: string) => void;
}

/** How a command has ended. */
export interface Ended {
  /** Null when a signal ended it. */
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs a command, which no shell sees, and which can ask nobody anything.
 * @throws {Failure} config, when there is no such program.
 */
export async function runCommand(command: Command, options: RunOptions): Promise<Ended> {
  const { folder, variables, signal, onLine } = options;
  signal.throwIfAborted();
  const child = spawn(command.program, command.words, {
    cwd: folder,
    env: variables,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  using _abort = addAbortListener(signal, () => child.kill('SIGINT'));
  const stdout: Buffer[] = [];
  const stderr: string[] = [];
  child.stdout.on('data', (bytes: Buffer) => stdout.push(bytes));
  const lines = createInterface({ input: child.stderr });
  lines.on('line', (line) => {
    stderr.push(line);
    onLine?.(line);
  });
  const [exitCode] = await once(child, 'close').catch((error: unknown) => {
    throw isMissing(error) ? missing(command.program, error) : error;
  });
  signal.throwIfAborted();
  return {
    exitCode: typeof exitCode === 'number' ? exitCode : null,
    stdout: Buffer.concat(stdout).toString('utf8'),
    stderr: stderr.join('\n'),
  };
}

/** Whether a failure says that a program is not installed, so that no other command of it helps. */
export function isProgramMissing(failure: Failure): boolean {
  return isMissing(failure.cause);
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}

function missing(program: string, cause: unknown): Failure {
  const [title, url] = programs[program] ?? [program, undefined];
  return new Failure('config', `${program} is not installed`, {
    hint:
      url === undefined
        ? `Install ${title}, so that it is on the path.`
        : `Install ${title} (${url}), or print the commands with --dry-run.`,
    cause,
  });
}

const programs: Readonly<Record<string, readonly [title: string, url: string]>> = {
  gcloud: ['the Google Cloud CLI', 'https://cloud.google.com/sdk/docs/install'],
  aws: ['the AWS CLI', 'https://aws.amazon.com/cli'],
  az: ['the Azure CLI', 'https://learn.microsoft.com/cli/azure/install-azure-cli'],
};
