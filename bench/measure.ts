import { spawn } from 'node:child_process';
import { processTree, residentBytes } from '@fairlead/testkit';

/** What one process did. */
export interface Measurement {
  readonly seconds: number;
  /** Peak resident memory of the process tree: the sum of each process's own peak. */
  readonly peakMiB: number;
  readonly stdout: string;
}

/** Runs Node with `args` to its end, watching its memory. */
export async function measure(args: readonly string[]): Promise<Measurement> {
  const started = process.hrtime.bigint();
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const peaks = new Map<number, number>();
  const watch = setInterval(() => {
    for (const pid of processTree(child.pid ?? 0)) {
      const bytes = residentBytes(pid, 'peak');
      if (bytes > 0) peaks.set(pid, bytes);
    }
  }, 20);
  const outputs = Promise.all([textOf(child.stdout), textOf(child.stderr)]);
  const code = await new Promise((resolve) => child.once('exit', resolve));
  const seconds = Number(process.hrtime.bigint() - started) / 1e9;
  clearInterval(watch);
  const [stdout, stderr] = await outputs;
  if (code !== 0) throw new Error(`${args.join(' ')} ended with ${String(code)}: ${stderr}`);
  const peakMiB = [...peaks.values()].reduce((sum, bytes) => sum + bytes, 0) / 2 ** 20;
  return { seconds, peakMiB, stdout };
}

async function textOf(stream: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}
