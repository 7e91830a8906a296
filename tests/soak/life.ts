import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** A program, as it is started again and again. */
export interface Program {
  readonly words: readonly string[];
  readonly folder: string;
  /** Added to the environment. */
  readonly variables: Readonly<Record<string, string>>;
}

/**
 * Runs a program for at most so long, then kills it with SIGKILL, and all that it has started. Tells `started`
 * its process id. @returns whether it was killed. @throws {Error} when it fails by itself.
 */
export async function live(
  { words: [command = '', ...words], folder, variables }: Program,
  ms: number,
  started: (pid: number) => void,
): Promise<boolean> {
  const child = spawn(command, words, {
    cwd: folder,
    env: { ...process.env, ...variables },
    stdio: ['ignore', 'ignore', 'pipe'],
    // A group of its own, to be killed as a whole.
    detached: true,
  });
  let said = '';
  child.stderr.on('data', (bytes: Buffer) => {
    said = `${said}${bytes.toString()}`.slice(-4096);
  });
  const kill = () => {
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
  };
  const timer = setTimeout(kill, ms);
  const ended = () => {
    if (child.exitCode === null && child.signalCode === null) kill();
  };
  process.once('exit', ended);
  try {
    if (child.pid !== undefined) started(child.pid);
    // Rejects when it cannot be started at all.
    const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
    if (signal === 'SIGKILL') return true;
    if (code === 0) return false;
    throw new Error(`ended with ${signal ?? `exit code ${String(code)}`}; it said:\n${said}`);
  } finally {
    clearTimeout(timer);
    process.off('exit', ended);
  }
}
