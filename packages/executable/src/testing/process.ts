import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { folderOf } from './connectors.ts';

/** How a process ended, and what it wrote. */
export interface Ended {
  /** The exit code, or the signal that ended it. */
  readonly end: number | string;
  readonly stdout: Buffer;
  readonly stderr: string;
}

export interface StartOptions {
  /** All that the process has of an environment, the path apart. */
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

/** Starts a program with nothing of this process's environment but the path. */
export function start(
  command: readonly string[],
  { env = {}, cwd }: StartOptions = {},
): ChildProcessWithoutNullStreams {
  const [program = '', ...args] = command;
  return spawn(program === 'node' ? process.execPath : program, args, {
    env: { PATH: process.env['PATH'], ...env },
    ...(cwd === undefined ? {} : { cwd }),
  });
}

/** The command that runs a program in TypeScript. */
export function fromSource(main: URL): readonly string[] {
  return ['node', '--import', tsx, '--conditions=source', fileURLToPath(main)];
}

/** The command that runs the executable of a connector from its source. */
export function connectorCommand(name: string): readonly string[] {
  return fromSource(pathToFileURL(`${folderOf(name)}/src/main.ts`));
}

/** Runs a program on an input until it ends. */
export async function run(
  command: readonly string[],
  options: StartOptions & { readonly input?: string | Uint8Array } = {},
): Promise<Ended> {
  const child = start(command, options);
  // A program that does not read its input has ended before it got it all.
  child.stdin.on('error', () => {});
  child.stdin.end(options.input ?? '');
  return await untilEnd(child);
}

/** Waits for the end of a process and gathers what it writes until then. */
export async function untilEnd(child: ChildProcessWithoutNullStreams): Promise<Ended> {
  const stdout: Buffer[] = [];
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const [code, signal] = await once(child, 'close');
  return { end: code ?? signal, stdout: Buffer.concat(stdout), stderr };
}

/** The messages on the lines of an output. */
export function messagesIn(stdout: Buffer) {
  return stdout
    .toString()
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
}

const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
