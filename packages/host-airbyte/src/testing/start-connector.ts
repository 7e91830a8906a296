import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** How a process ended, and what it wrote. */
export interface Ended {
  /** The exit code, or the signal that ended it. */
  readonly end: number | string;
  readonly stdout: string;
  readonly stderr: string;
}

/** Starts an executable in TypeScript. */
export function startConnector(
  script: URL,
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): ChildProcess {
  const path = fileURLToPath(script);
  const options = ['--import', 'tsx', '--conditions=source', path, ...args];
  return spawn(process.execPath, options, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...environment },
  });
}

/** Waits for the end of a process and gathers what it writes until then. */
export async function untilEnd(child: ChildProcess): Promise<Ended> {
  let stdout = '';
  let stderr = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const [code, signal] = await once(child, 'close');
  return { end: code ?? signal, stdout, stderr };
}
