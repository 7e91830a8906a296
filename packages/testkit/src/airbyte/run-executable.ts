import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { Writable } from 'node:stream';
import type { Run } from './program.ts';
import { transcriptOf, type Transcript } from './transcript.ts';

interface Executable {
  readonly command: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs an executable to its end. */
export async function runExecutable(
  { command, env }: Executable,
  args: readonly string[],
  { input = [], onLine, kill, terminate = false }: Run,
): Promise<Transcript> {
  const [file = '', ...own] = command;
  const child = spawn(file, [...own, ...args], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  });
  const killNow = () => void child.kill('SIGKILL');
  kill?.addEventListener('abort', killNow, { once: true });
  try {
    const ended = once(child, 'close');
    // One that ends before it has read everything says so by its exit code.
    child.stdin.on('error', () => {});
    const stdout = gather(child.stdout, (line) => {
      if (terminate) child.kill('SIGTERM');
      onLine?.(line);
    });
    const stderr = gather(child.stderr);
    await Promise.all([ended, feed(child, input)]);
    return transcriptOf(child.exitCode ?? child.signalCode ?? 1, stdout(), stderr());
  } finally {
    kill?.removeEventListener('abort', killNow);
    if (child.exitCode === null) child.kill('SIGKILL');
  }
}

function gather(stream: NodeJS.ReadableStream, onLine?: (line: string) => void): () => string {
  let text = '';
  let seen = 0;
  stream.setEncoding('utf8').on('data', (more: string) => {
    text += more;
    if (onLine === undefined) return;
    for (let end = text.indexOf('\n', seen); end >= 0; end = text.indexOf('\n', seen)) {
      onLine(text.slice(seen, end));
      seen = end + 1;
    }
  });
  return () => text;
}

async function feed(child: ChildProcess, input: NonNullable<Run['input']>): Promise<void> {
  const { stdin } = child;
  if (stdin === null) return;
  for await (const line of input) {
    if (stdin.destroyed || child.exitCode !== null) break;
    if (!stdin.write(`${line}\n`) && !stdin.destroyed) await drained(stdin);
  }
  stdin.end();
}

/** Resolves when a stream takes more, or never will. */
async function drained(stream: Writable): Promise<void> {
  await new Promise<void>((resolve) => {
    const done = () => {
      stream.off('drain', done);
      stream.off('close', done);
      resolve();
    };
    stream.on('drain', done);
    stream.on('close', done);
  });
}
