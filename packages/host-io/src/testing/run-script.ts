import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

/** Starts Node with a script in TypeScript that can import this package as `io`. */
export function startScript(script: string): ChildProcess {
  const io = new URL('../index.ts', import.meta.url).href;
  const code = `import * as io from ${JSON.stringify(io)};\n${script}`;
  const options = ['--import', 'tsx', '--conditions=source', '--input-type=module', '-e', code];
  return spawn(process.execPath, options, { stdio: ['pipe', 'pipe', 'inherit'] });
}

/** The exit code of a process, or the signal that ended it. */
export async function exitOf(child: ChildProcess): Promise<unknown> {
  const [code, signal] = await once(child, 'exit');
  return code ?? signal;
}
