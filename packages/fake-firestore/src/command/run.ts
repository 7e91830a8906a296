import { readFile } from 'node:fs/promises';
import { GrpcError } from '@fairlead/grpc';
import { startFakeFirestore, type FakeFirestore } from '../fake-firestore.ts';
import { parseArguments, type Arguments } from './arguments.ts';
import { CommandError } from './command-error.ts';
import { help } from './help.ts';
import { parseSeed } from './seed.ts';

/** Where a command writes, and what tells it to stop. */
export interface Surroundings {
  readonly out: (text: string) => void;
  readonly stop: AbortSignal;
}

/** Runs the command until it is told to stop. @throws {CommandError} */
export async function run(words: readonly string[], { out, stop }: Surroundings): Promise<void> {
  const wanted = parseArguments(words);
  if (wanted.help) {
    out(help);
    return;
  }
  await using fake = await start(wanted);
  const filled: string[] = [];
  for (const file of wanted.seeds) {
    filled.push(`${plural(await seed(fake, file), 'document')} from ${file}`);
  }
  for (const options of wanted.shapes) {
    const { collection, count } = refusing(() => fake.store.synthesise(options));
    filled.push(`${plural(count, 'synthetic document')} in ${collection}`);
  }
  out(greeting(fake, wanted.project, filled));
  if (!stop.aborted) {
    await new Promise<void>((resolve) => {
      stop.addEventListener('abort', () => resolve(), { once: true });
    });
  }
  const { calls, reads, writes, deletes } = fake.counters.total;
  out(
    `\nEnded after ${plural(calls, 'call')}. Google would have billed ${plural(reads, 'read')}, ` +
      `${plural(writes, 'write')} and ${plural(deletes, 'delete')}.\n`,
  );
}

async function start(wanted: Arguments): Promise<FakeFirestore> {
  try {
    const { documentsPerSecond, ...options } = wanted;
    const settings = documentsPerSecond === undefined ? {} : { documentsPerSecond };
    return await startFakeFirestore({ ...options, settings });
  } catch (error) {
    if (!isInUse(error)) throw error;
    throw new CommandError(
      `port ${wanted.port} is taken by another program. Choose another by --port, or --port 0 for any.`,
    );
  }
}

async function seed({ store }: FakeFirestore, file: string): Promise<number> {
  try {
    const writes = parseSeed(await readFile(file, 'utf8'), store.name);
    for (const write of writes) store.commit(write);
    return writes.length;
  } catch (error) {
    throw new CommandError(`${file} cannot be used as a seed: ${reasonOf(error)}`);
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof GrpcError) return error.details;
  if (isSystemError(error) && error.code === 'ENOENT') return 'there is no such file.';
  if (error instanceof CommandError || isSystemError(error)) return error.message;
  throw error;
}

function greeting({ address }: FakeFirestore, project: string, filled: readonly string[]): string {
  const contents =
    filled.length === 0
      ? 'It is empty: write to it with any Firestore client, or start it with --seed or --synthesise.'
      : `It holds ${new Intl.ListFormat('en').format(filled)}.`;
  return `A fake Firestore listens on ${address}, project ${project}.
${contents}
All of it is in memory, and gone when it ends: press Ctrl-C.

To try it, in another terminal:
  export FIRESTORE_EMULATOR_HOST=${address}
Every Firestore client that is started there speaks to it, in the project ${project}.
`;
}

function refusing<Result>(act: () => Result): Result {
  try {
    return act();
  } catch (error) {
    throw error instanceof GrpcError ? new CommandError(error.details) : error;
  }
}

function plural(count: number, noun: string): string {
  return `${count.toLocaleString('en')} ${noun}${count === 1 ? '' : 's'}`;
}

function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'code' in error && 'syscall' in error;
}

function isInUse(error: unknown): boolean {
  return isSystemError(error) && error.code === 'EADDRINUSE';
}
