import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** An exported program that listens on the loopback interface. Disposing it kills what is left. */
export interface StartedProgram extends AsyncDisposable {
  readonly port: string;
  /** Asks it to end as Fivetran does, and answers its exit code and its log. */
  stop(): Promise<{ readonly exitCode: number | null; readonly log: string }>;
}

/** Starts `server.mjs` of a folder as Fivetran does, but on any port that is free. */
export async function startProgram(folder: string): Promise<StartedProgram> {
  const child = spawn(
    process.execPath,
    ['server.mjs', '--port', '0', '--host', '127.0.0.1'],
    // Nothing of this environment helps it to find anything.
    { cwd: folder, env: {}, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let log = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (log += text));
  }
  const closed = once(child, 'close');
  let port: string | undefined;
  while (port === undefined) {
    if (child.exitCode !== null) throw new Error(`the program has ended: ${log}`);
    await Promise.race([once(child.stdout, 'data'), closed]);
    port = /port=(\d+)/.exec(log)?.[1];
  }
  return {
    port,
    async stop() {
      child.kill('SIGTERM');
      await closed;
      return { exitCode: child.exitCode, log };
    },
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      await closed;
    },
  };
}
