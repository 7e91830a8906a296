import { type Attempt, runOnce } from './crash-attempt.ts';
import { type Random, randomFrom } from './random.ts';

export interface CrashLoopOptions {
  /** The program; with its arguments it has to do the same job each time, and go on where it was. */
  readonly command: string;
  readonly args?: readonly string[];
  readonly cwd?: string;
  /** Added to the environment of this process. */
  readonly env?: Readonly<Record<string, string>>;
  /** How many processes are to be killed before one is left to finish. */
  readonly kills: number;
  /** Decides when they are killed. */
  readonly seed: number;
  /** How long a process lives at least and at most before it is killed; short lives are likelier. */
  readonly minMs: number;
  readonly maxMs: number;
  /** A line of output that says that something happens. Half of the kills come right after one. */
  readonly progress?: RegExp;
  /** How far the job has come, asked while no process runs. It must never become less. */
  readonly measure?: () => Promise<number>;
  /** How many processes do the job at the same time, as when an old one was not stopped; 1 unless given. */
  readonly atOnce?: number;
  /** Exit codes of a process that was not killed which are no error; 0 unless given. */
  readonly exits?: readonly number[];
  /** How long the last process may take; five minutes unless given. */
  readonly finishMs?: number;
}

export interface CrashReport {
  /** All processes, in the order in which they ended. The last one has finished the job. */
  readonly attempts: readonly Attempt[];
  readonly kills: number;
  /** How many processes ended before they could be killed. */
  readonly finished: number;
  /** What `measure` answered after each round. */
  readonly measures: readonly number[];
}

/**
 * Starts a program, kills it with its whole process group at a random moment, and starts it again,
 * until it was killed often enough; then lets it finish.
 *
 * @throws {Error} with the end of what it printed on stderr, when it exits by itself with a code
 *   that it must not have, or does not finish; when it loses what it had; when it is never left
 *   alive long enough to come further; when it always ends before it can be killed.
 */
export async function crashLoop(options: CrashLoopOptions): Promise<CrashReport> {
  const random = randomFrom(options.seed);
  const attempts: Attempt[] = [];
  const measures: number[] = [];
  const pace = newPace();
  let kills = 0;
  while (kills < options.kills) {
    const round = await runRound(options, random, pace.factor);
    for (const attempt of round) attempts.push(expectExit(options, attempt));
    const killed = round.filter((attempt) => attempt.killed).length;
    kills += killed;
    const further = await measure(options, measures);
    const lines = round.some(({ progressLines }) => progressLines > 0);
    pace.after(killed > 0, further ?? (options.progress === undefined || lines));
  }
  const { finishMs = 300_000 } = options;
  const last = await runOnce(options, { afterMs: finishMs });
  attempts.push(last);
  if (last.killed) throw failed(last, `did not finish within ${finishMs} ms`);
  if (last.exitCode !== 0) throw failed(last, `ended with ${ending(last)}`);
  await measure(options, measures);
  return {
    attempts,
    kills,
    finished: attempts.filter(({ killed }) => !killed).length - 1,
    measures,
  };
}

async function runRound(
  options: CrashLoopOptions,
  random: Random,
  factor: number,
): Promise<Attempt[]> {
  const { atOnce = 1, minMs, maxMs, progress } = options;
  const running = Array.from({ length: atOnce }, (_, index) => {
    const spread = (maxMs / minMs) ** random.fraction();
    const afterMs = Math.round(minMs * spread * factor);
    const startMs = index === 0 ? 0 : random.integer(0, minMs);
    const onLine = random.fraction() < 0.5 ? random.integer(1, 4) : 0;
    const lateMs = random.integer(0, 15);
    if (progress === undefined || onLine === 0) return runOnce(options, { afterMs, startMs });
    return runOnce(options, { afterMs: maxMs * factor, startMs, onLine, lateMs });
  });
  return await Promise.all(running);
}

function expectExit({ exits = [0] }: CrashLoopOptions, attempt: Attempt): Attempt {
  if (attempt.killed || (attempt.exitCode !== null && exits.includes(attempt.exitCode))) {
    return attempt;
  }
  throw failed(attempt, `ended by itself with ${ending(attempt)}`);
}

/** Whether the job has come further; undefined when nobody can say. */
async function measure(
  options: CrashLoopOptions,
  measures: number[],
): Promise<boolean | undefined> {
  if (options.measure === undefined) return undefined;
  const before = measures.at(-1) ?? 0;
  const now = await options.measure();
  measures.push(now);
  if (now < before) throw new Error(`lost what it had: it was at ${before} and is at ${now}`);
  return now > before;
}

/** Gives processes longer lives while nothing comes of them, and shorter ones while they finish. */
function newPace() {
  let factor = 1;
  let barren = 0;
  let unkilled = 0;
  return {
    get factor() {
      return factor;
    },
    after(killed: boolean, further: boolean) {
      unkilled = killed ? 0 : unkilled + 1;
      barren = further || !killed ? 0 : barren + 1;
      if (unkilled > 0) factor = Math.max(1 / 64, factor / 2);
      if (barren > 0 && barren % 5 === 0) factor *= 2;
      if (unkilled >= 12)
        throw new Error('always ends before it can be killed: give it more to do');
      if (barren >= 40) throw new Error(`never comes further when it is killed ${barren} times`);
    },
  };
}

function failed(attempt: Attempt, what: string): Error {
  const tail = attempt.stderr.trim();
  return new Error(`${what} after ${attempt.ms} ms${tail === '' ? '' : `; it said:\n${tail}`}`);
}

function ending({ exitCode, signal }: Attempt): string {
  return exitCode === null ? `signal ${signal}` : `exit code ${exitCode}`;
}
