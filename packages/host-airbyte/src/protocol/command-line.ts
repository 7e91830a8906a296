/** A command of the protocol with the files that it names. */
export interface CommandLine {
  readonly command: Command;
  readonly config?: string;
  readonly catalog?: string;
  readonly state?: string;
  /** Whether lines of the level `debug` are wanted. */
  readonly debug: boolean;
}

type Command = 'spec' | 'check' | 'discover' | 'read' | 'write';

/**
 * Reads the arguments after the name of the program. Flags that are not known are passed over, with
 * their values.
 * @throws {UsageError}
 */
export function parseCommandLine(args: readonly string[]): CommandLine {
  const [command, ...rest] = args;
  if (!isCommand(command)) {
    throw new UsageError(command === undefined ? 'no command' : `no command "${command}"`);
  }
  const values = new Map<string, string>();
  for (let index = 0; index < rest.length; index++) {
    const [, name, inline] = /^--([^=]+)(?:=(.*))?$/s.exec(rest[index] ?? '') ?? [];
    if (name === undefined || !flags.has(name)) continue;
    const value = inline ?? rest[++index];
    if (value === undefined) throw new UsageError(`--${name} needs the name of a file`);
    values.set(name, value);
  }
  for (const name of needed[command]) {
    if (!values.has(name)) throw new UsageError(`${command} needs --${name}`);
  }
  return { command, ...Object.fromEntries(values), debug: rest.includes('--debug') };
}

/** Thrown for arguments that are no command. Its message says how to write one. */
export class UsageError extends Error {
  override readonly name = 'UsageError';

  constructor(problem: string) {
    super(`${problem}\n${usage}`);
  }
}

/** What the process exits with after a {@link UsageError}. */
export const usageExitCode = 2;

const usage = `usage:
  spec
  check --config FILE
  discover --config FILE
  read --config FILE --catalog FILE [--state FILE]
  write --config FILE --catalog FILE
`;

const flags: ReadonlySet<string> = new Set(['config', 'catalog', 'state']);

const needed: Readonly<Record<Command, readonly string[]>> = {
  spec: [],
  check: ['config'],
  discover: ['config'],
  read: ['config', 'catalog'],
  write: ['config', 'catalog'],
};

function isCommand(word: string | undefined): word is Command {
  return word !== undefined && Object.hasOwn(needed, word);
}
