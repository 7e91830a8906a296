import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { type FivetranClient, fivetranClient } from '@fairlead/testkit';

/** A source that runs as a process of its own, and who calls it. */
export interface SourceProcess {
  readonly process: ChildProcess;
  readonly fivetran: FivetranClient;
  readonly port: number;
  /** The lines of its log. */
  readonly log: readonly string[];
  /** Calls once so many batches more were read. */
  afterBatches(count: number, call: () => void): void;
}

/** Starts a program, and waits until it says where it is. */
export async function startSource(
  path: string,
  env: Readonly<Record<string, string>> = {},
): Promise<SourceProcess> {
  const child = spawn(process.execPath, [path, '--port', '0', '--host', '127.0.0.1'], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const log: string[] = [];
  child.stdout.on('data', (chunk: Buffer) => log.push(...chunk.toString().trimEnd().split('\n')));
  let left = Infinity;
  let call = () => {};
  child.stderr.on('data', (chunk: Buffer) => {
    const wasLeft = left;
    left -= chunk.toString().split('\n').length - 1;
    if (wasLeft > 0 && left <= 0) call();
  });
  const ended = once(child, 'exit').then(() => {
    throw new Error('the program has ended before it listened');
  });
  await Promise.race([once(child.stdout, 'data'), ended]);
  ended.catch(() => {});
  const port = Number(/port=(\d+)/.exec(log.join('\n'))?.[1]);
  return {
    process: child,
    fivetran: fivetranClient({ host: '127.0.0.1', port }),
    port,
    log,
    afterBatches(count, then) {
      left = count;
      call = then;
    },
  };
}
