import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';

/** A server that runs as a process of its own. Disposing it kills it. */
export interface ServerProcess extends AsyncDisposable {
  readonly process: ChildProcessByStdio<null, Readable, Readable>;
  /** Where it listens, as it says itself. */
  readonly place: string;
  /** All that it has printed to its standard output. */
  readonly printed: () => string;
}

export interface ServerOptions {
  /** What its environment has besides that of this process. */
  readonly env?: Readonly<Record<string, string>>;
}

/**
 * Starts a program, and waits until its standard output says where it is: by the first group of a
 * pattern.
 * @throws when it ends before that, with what it has printed.
 */
export async function startServer(
  [program = '', ...args]: readonly string[],
  place: RegExp,
  { env = {} }: ServerOptions = {},
): Promise<ServerProcess> {
  const child = spawn(program, args, {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let printed = '';
  let complaint = '';
  child.stderr.on('data', (chunk: Buffer) => (complaint += chunk.toString()));
  const ended = once(child, 'close');
  const found = await new Promise<string>((resolve, reject) => {
    child.stdout.on('data', (chunk: Buffer) => {
      printed += chunk.toString();
      const [, where] = place.exec(printed) ?? [];
      if (where !== undefined) resolve(where);
    });
    const tell = () => reject(new Error(`it ended before it listened: ${printed}${complaint}`));
    ended.then(tell, reject);
  });
  return {
    process: child,
    place: found,
    printed: () => printed,
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}
