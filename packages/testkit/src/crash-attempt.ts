import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';

/** One process of a crash loop, from its start to its end. */
export interface Attempt {
  /** Whether it was killed before it ended by itself. */
  readonly killed: boolean;
  /** Null after a signal. */
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly ms: number;
  /** How many lines of output said that something happens. */
  readonly progressLines: number;
  /** The last 4 KiB that it printed there. */
  readonly stderr: string;
}

export interface Program {
  readonly command: string;
  readonly args?: readonly string[];
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly progress?: RegExp;
  /** Told its process id once it runs. */
  readonly started?: (pid: number) => void;
}

/** When a process is killed. */
export interface Sentence {
  /** How long it lives at most. */
  readonly afterMs: number;
  /** How long to wait before it is started. */
  readonly startMs?: number;
  /** The number of the line of progress after which it is killed. */
  readonly onLine?: number;
  /** How long after that line. */
  readonly lateMs?: number;
}

/** Runs a program in a process group of its own, until it ends or is killed with all its children. */
export async function runOnce(program: Program, sentence: Sentence): Promise<Attempt> {
  const { afterMs, startMs = 0, onLine = Infinity, lateMs = 0 } = sentence;
  if (startMs > 0) await new Promise((resolve) => setTimeout(resolve, startMs));
  const begin = performance.now();
  const child = spawn(program.command, program.args ?? [], {
    cwd: program.cwd,
    env: { ...process.env, ...program.env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  let killed = false;
  const kill = () => {
    killed = true;
    killGroup(child.pid);
  };
  process.once('exit', kill);
  if (child.pid !== undefined) program.started?.(child.pid);
  let timer = setTimeout(kill, afterMs);
  let progressLines = 0;
  const { progress } = program;
  const seen = (line: string) => {
    if (progress?.test(line) !== true || ++progressLines !== onLine) return;
    clearTimeout(timer);
    timer = setTimeout(kill, lateMs);
  };
  let stderr = '';
  eachLine(child.stdout, seen);
  eachLine(child.stderr, (line) => {
    stderr = `${stderr}${line}\n`.slice(-4096);
    seen(line);
  });
  try {
    // A child that outlives it would keep its output open.
    child.once('exit', () => killGroup(child.pid));
    // Fails when the program cannot be started at all.
    const [exitCode, signal]: (number | string | null)[] = await once(child, 'close');
    return {
      killed: killed && signal === 'SIGKILL',
      exitCode: typeof exitCode === 'number' ? exitCode : null,
      signal: typeof signal === 'string' ? signal : null,
      ms: Math.round(performance.now() - begin),
      progressLines,
      stderr,
    };
  } finally {
    clearTimeout(timer);
    process.off('exit', kill);
  }
}

/** Kills all processes of a group, if there still are any. */
function killGroup(group: number | undefined): void {
  if (group === undefined) return;
  try {
    process.kill(-group, 'SIGKILL');
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}

function eachLine(stream: Readable, take: (line: string) => void): void {
  let rest = '';
  stream.setEncoding('utf8');
  stream.on('data', (chunk: string) => {
    const lines = `${rest}${chunk}`.split('\n');
    rest = lines.pop() ?? '';
    lines.forEach(take);
  });
  stream.on('end', () => {
    if (rest !== '') take(rest);
  });
}
