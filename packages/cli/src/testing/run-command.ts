import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** How a call of the command ended. */
export interface Ended {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A call of the command, as a process of its own on the sources. Disposing it kills what is left. */
export interface Command extends AsyncDisposable {
  readonly process: ChildProcessWithoutNullStreams;
  readonly ended: Promise<Ended>;
  /** Resolves when standard error or standard output holds the text. */
  saw(text: string): Promise<void>;
}

export interface CommandOptions {
  readonly folder: string;
  readonly variables?: Readonly<Record<string, string>>;
  /** What it reads on standard input, to the end. */
  readonly input?: string;
}

const main = fileURLToPath(new URL('../main.ts', import.meta.url));
const tsx = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;

/** What calls `fairlead` on the sources; its words follow. */
export const fairlead: readonly string[] = [
  process.execPath,
  '--import',
  tsx,
  '--conditions=source',
  main,
];

/** Starts `fairlead` with these words. Its environment holds nothing of this one but the path. */
export function startCommand(words: readonly string[], options: CommandOptions): Command {
  const [file = '', ...args] = fairlead;
  const child = spawn(file, [...args, ...words], {
    cwd: options.folder,
    stdio: ['pipe', 'pipe', 'pipe'],
    env: {
      PATH: process.env['PATH'],
      FAIRLEAD_STATE: '.state',
      ...options.variables,
    },
  });
  // One that ends without having read everything is no concern of ours.
  child.stdin.on('error', () => {});
  child.stdin.end(options.input ?? '');
  const written = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => (written[name] += text));
  }
  const ended = once(child, 'close').then(([exitCode]): Ended => ({ exitCode, ...written }));
  return {
    process: child,
    ended,
    async saw(text) {
      while (!written.stderr.includes(text) && !written.stdout.includes(text)) {
        if (child.exitCode !== null) throw new Error(`ended without "${text}": ${written.stderr}`);
        await Promise.race([
          once(child.stderr, 'data'),
          once(child.stdout, 'data'),
          once(child, 'close'),
        ]);
      }
    },
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

/** Calls `fairlead` with these words and waits for its end. */
export async function runCommand(
  words: readonly string[],
  options: CommandOptions,
): Promise<Ended> {
  await using command = startCommand(words, options);
  return await command.ended;
}
