import { Failure, type Json, type Log, startOf } from '@fairlead/sdk';
import { linesOfStream } from './lines-of-stream.ts';
import { startProgram, type Program } from './program.ts';
import { readNote } from './read-note.ts';

/**
 * The first message of a type that a command writes.
 * @throws {Failure} of the kind that the program's error has; transient when it says nothing.
 */
export async function ask(
  program: Program,
  verb: 'check' | 'discover',
  type: string,
  { log, signal }: { readonly log: Log; readonly signal: AbortSignal },
): Promise<Readonly<Record<string, Json>>> {
  await using running = await startProgram(program, verb);
  const kill = () => void running.child.kill('SIGKILL');
  signal.addEventListener('abort', kill, { once: true });
  try {
    running.child.stdin?.end();
    const { stdout } = running.child;
    if (stdout === null) throw new Error('a program has no pipe');
    for await (const lines of linesOfStream(stdout)) {
      for (let index = 0; index < lines.ends.length; index++) {
        const line = lines.bytes.subarray(startOf(lines, index), lines.ends[index]);
        const note = readNote(line);
        if (note?.is === 'error') throw programFailure(program, note);
        if (note?.is === 'log') log[note.level](note.message);
        const message = parse(line);
        if (message?.['type'] === type) return message;
      }
    }
    signal.throwIfAborted();
    const code = await running.ended;
    throw silence(program, `${verb} ended with ${code} and without an answer`, running.stderr());
  } finally {
    signal.removeEventListener('abort', kill);
  }
}

/** What a program's error is here. */
export function programFailure(
  { command }: Program,
  { message, failureType }: { readonly message: string; readonly failureType: string },
): Failure {
  const kind = failureType === 'config_error' ? 'config' : 'transient';
  return new Failure(kind, message, { where: command.at(-1) ?? '' });
}

/** A program that ended without saying why. */
export function silence({ command }: Program, what: string, stderr: string): Failure {
  const cause = stderr.trim() === '' ? {} : { cause: new Error(stderr.trim()) };
  return new Failure('transient', what, { where: command.at(-1) ?? '', ...cause });
}

function parse(line: Uint8Array): Readonly<Record<string, Json>> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(line).toString());
    // What JSON.parse answers is JSON.
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Readonly<Record<string, Json>>)
      : undefined;
  } catch {
    return undefined;
  }
}
