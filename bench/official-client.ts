import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { residentBytes } from '@fairlead/testkit';

/** What one way took, in a process of its own. */
interface Taken {
  /** Documents a second, in thousands. */
  readonly rate: number;
  /** Of all its threads, in microseconds a document. */
  readonly cpu: number;
  readonly peakMiB: number;
}

/** What the ways took, by their names: the limit first, then ours, then the official client. */
export type TakenByWay = ReadonlyMap<string, readonly Taken[]>;

/** The name of our way in every bench. */
export const ours = 'this source';

/** Starts a bench anew as another process, with other words. */
export function startBench(bench: string, ...words: readonly string[]): ChildProcess {
  const options = ['--conditions=source', '--import', 'tsx', fileURLToPath(bench), ...words];
  return spawn(process.execPath, options, { stdio: ['ignore', 'pipe', 'inherit'] });
}

/** The first line that a process prints. */
export async function firstLine({ stdout }: ChildProcess): Promise<string> {
  if (stdout === null) throw new Error('the process has no output');
  for await (const line of createInterface(stdout)) return line;
  throw new Error('the process said nothing');
}

/** Goes each way so often, in turns. Each process that `start` gives has to print what {@link measureWay} does. */
export async function inTurns(
  names: readonly string[],
  rounds: number,
  start: (name: string) => ChildProcess,
): Promise<TakenByWay> {
  const taken = new Map(names.map((name) => [name, [] as Taken[]]));
  for (let round = 0; round < rounds; round++) {
    for (const [name, runs] of taken) {
      runs.push(JSON.parse(await firstLine(start(name))) as Taken);
    }
  }
  return taken;
}

/** Goes a way, prints what that took, and ends the process. `read` gives how many documents came. */
export async function measureWay(read: () => Promise<number>): Promise<void> {
  const cpuBefore = process.cpuUsage();
  const began = performance.now();
  const count = await read();
  const ms = performance.now() - began;
  const { user, system } = process.cpuUsage(cpuBefore);
  const peakMiB = residentBytes(process.pid, 'peak') / 2 ** 20;
  const taken: Taken = { rate: count / ms, cpu: (user + system) / count, peakMiB };
  console.log(JSON.stringify(taken));
  process.exit();
}

/** Prints the medians of each way; `least` is how many times as fast as the official client ours has to be. */
export function report(taken: TakenByWay, least?: number): void {
  const middle = (runs: readonly Taken[] = [], of: keyof Taken) =>
    runs.map((run) => run[of]).toSorted((a, b) => a - b)[runs.length >> 1] ?? Number.NaN;
  const all = [...taken.values()];
  const [limit, official] = [all.at(0), all.at(-1)];
  for (const [name, runs] of taken) {
    const rate = middle(runs, 'rate');
    const cpu = middle(runs, 'cpu');
    const faster = rate / middle(official, 'rate');
    const cheaper = middle(official, 'cpu') / cpu;
    const target = least !== undefined && name === ours ? ` (≥ ${least})` : '';
    console.log(
      [
        name.padEnd(21),
        `${rate.toFixed(1).padStart(6)} k/s`,
        `of the limit ${(rate / middle(limit, 'rate')).toFixed(2)}`,
        `official × ${faster.toFixed(1).padStart(5)}${target.padEnd(7)}`,
        `cpu ${cpu.toFixed(2).padStart(6)} µs a document, official / ${cheaper.toFixed(1).padStart(5)}`,
        `peak ${middle(runs, 'peakMiB').toFixed(0).padStart(3)} MiB`,
      ].join('  '),
    );
  }
}
