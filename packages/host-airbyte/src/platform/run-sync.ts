import { type Json, type Log, silentLog, startOf } from '@fairlead/sdk';
import { linesOfStream } from './lines-of-stream.ts';
import { give, startProgram, type Program, type Running } from './program.ts';
import { SavedState } from './saved-state.ts';
import { isNoteworthy, readNote } from './read-note.ts';

export interface SyncOptions {
  readonly source: Program;
  readonly destination: Program;
  /** A configured catalog. */
  readonly catalog: Json;
  /** The content of the state file: what an earlier sync came to. Empty for none. */
  readonly state?: string;
  readonly log?: Log;
  /** Ends both programs, at once. */
  readonly signal?: AbortSignal;
  /** Called with each state that the destination has confirmed, for a caller who saves it right away. */
  readonly onState?: (state: string) => void;
  /** Called with how many bytes of the source's output are with the destination. */
  readonly onBytes?: (count: number) => void;
}

/** What a sync came to. */
export interface SyncOutcome {
  /** The content of a state file for the next sync, whether this one succeeded or not. */
  readonly state: string;
  /** Whether both programs said that they did their job. */
  readonly succeeded: boolean;
  /** The first error that each of them told of, as a user should read it. */
  readonly errors: readonly string[];
  readonly exits: {
    readonly source: number | NodeJS.Signals;
    readonly destination: number | NodeJS.Signals;
  };
}

/**
 * Runs a source into a destination, as a platform does: lines go from one to the other, and the states
 * that come back are what the next sync begins with.
 * @throws {Failure} config, when one of them cannot be started.
 */
export async function runSync(options: SyncOptions): Promise<SyncOutcome> {
  const { log = silentLog, signal } = options;
  const catalog = JSON.stringify(options.catalog);
  const saved = new SavedState(options.state);
  await using destination = await startProgram(options.destination, 'write', { catalog });
  const files = { catalog, state: saved.text };
  await using source = await startProgram(options.source, 'read', files);
  source.child.stdin?.end();
  const kill = () => {
    for (const { child } of [source, destination]) child.kill('SIGKILL');
  };
  signal?.addEventListener('abort', kill, { once: true });
  try {
    const errors: string[] = [];
    const confirmed = readConfirmations(destination, saved, { ...options, log, errors });
    await forward(source, destination, { ...options, log, errors });
    // Without its end the destination would complete what the source has not.
    destination.child.stdin?.end();
    await confirmed;
    const exits = { source: await source.ended, destination: await destination.ended };
    const succeeded = exits.source === 0 && exits.destination === 0;
    return { state: saved.text, succeeded, errors, exits };
  } finally {
    signal?.removeEventListener('abort', kill);
  }
}

interface Listener {
  readonly log: Log;
  readonly errors: string[];
}

async function forward(
  source: Running,
  destination: Running,
  { onBytes, ...listener }: Listener & Pick<SyncOptions, 'onBytes'>,
): Promise<void> {
  let count = 0;
  const { stdout } = source.child;
  if (stdout === null) throw new Error('a program has no pipe');
  for await (const lines of linesOfStream(stdout)) {
    if (isNoteworthy(lines.bytes)) {
      for (let index = 0; index < lines.ends.length; index++) {
        listen(lines.bytes.subarray(startOf(lines, index), lines.ends[index]), listener);
      }
    }
    count += lines.bytes.length;
    if (await give(destination, lines.bytes)) {
      onBytes?.(count);
      continue;
    }
    // Whoever has nobody to write to shall not wait for ever.
    source.child.kill('SIGKILL');
    return;
  }
}

async function readConfirmations(
  destination: Running,
  saved: SavedState,
  { onState, ...listener }: Listener & Pick<SyncOptions, 'onState'>,
): Promise<void> {
  const { stdout } = destination.child;
  if (stdout === null) return;
  for await (const lines of linesOfStream(stdout)) {
    for (let index = 0; index < lines.ends.length; index++) {
      const line = lines.bytes.subarray(startOf(lines, index), lines.ends[index]);
      if (saved.add(line)) onState?.(saved.text);
      else listen(line, listener);
    }
  }
}

function listen(line: Uint8Array, { log, errors }: Listener): void {
  const note = readNote(line);
  if (note?.is === 'error') errors.push(note.message);
  else if (note?.is === 'log') log[note.level](note.message);
}
