import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { type Channel, openChannel } from '@fairlead/grpc';

/** A destination in a process of its own. */
export interface DestinationProgram extends AsyncDisposable {
  readonly process: ChildProcess;
  readonly port: number;
  readonly channel: Channel;
  /** The lines that it has written to its standard output. */
  readonly lines: readonly string[];
  /** Ends it in the way of a crash. */
  kill(): Promise<void>;
}

/** Starts a program, and waits until it listens. */
export async function startDestination(path: string): Promise<DestinationProgram> {
  const child = spawn(process.execPath, [path, '--port', '0', '--host', '127.0.0.1'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  const lines: string[] = [];
  const port = await new Promise<number>((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      lines.push(line);
      const found = /port=(\d+)/.exec(line)?.[1];
      if (found !== undefined) resolve(Number(found));
    });
    child.on('exit', (code) => reject(new Error(`the program has ended with ${code}`)));
  });
  const channel = openChannel({ host: '127.0.0.1', port, tls: false });
  const kill = async () => {
    child.kill('SIGKILL');
    await exited;
    await channel.close();
  };
  return { process: child, port, channel, lines, kill, [Symbol.asyncDispose]: kill };
}
