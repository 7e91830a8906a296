import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** A server that runs as a process of its own. Disposing it kills it. */
export interface ServerProcess extends AsyncDisposable {
  readonly process: ChildProcess;
  /** Where it listens, as it says itself. */
  readonly place: string;
  /** All that it has printed. */
  readonly printed: () => string;
}

/**
 * Starts a program, and waits until its standard output says where it is: by the first group of a
 * pattern.
 * @throws when it ends before that.
 */
export async function startServer(
  [program = '', ...args]: readonly string[],
  place: RegExp,
): Promise<ServerProcess> {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
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

/** What runs a source of a compiled module as a function, with answers that are as small as can be, or by gRPC. */
export function serveCommand(module: URL, host: 'function' | 'grpc'): readonly string[] {
  const program = new URL('../../dist/fivetran/serve-program.js', import.meta.url);
  return [process.execPath, fileURLToPath(program), module.href, host];
}
