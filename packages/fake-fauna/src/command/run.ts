import { readFile } from 'node:fs/promises';
import { startFakeFauna, type FakeFauna } from '../fake-fauna.ts';
import { parseArguments, type Arguments } from './arguments.ts';
import { CommandError } from './command-error.ts';
import { help } from './help.ts';
import { makeCollection, plantSeed } from './seed.ts';

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
  for (const shape of wanted.shapes) {
    filled.push(`${plural(synthesise(fake, shape), 'synthetic document')} in ${shape.collection}`);
  }
  out(greeting(fake, filled));
  if (!stop.aborted) {
    await new Promise<void>((resolve) => {
      stop.addEventListener('abort', () => resolve(), { once: true });
    });
  }
  const { requests, reads, writes } = fake.counters;
  out(
    `\nEnded after ${plural(requests, 'request')}, ${plural(reads, 'read')} and ${plural(writes, 'write')}.\n`,
  );
}

async function start({
  port,
  secret,
  historyDays,
  documentsPerSecond,
}: Arguments): Promise<FakeFauna> {
  try {
    const settings = { defaultHistoryDays: historyDays, documentsPerSecond };
    return await startFakeFauna({ port, secret, settings });
  } catch (error) {
    if (!isSystemError(error) || error.code !== 'EADDRINUSE') throw error;
    throw new CommandError(
      `port ${port} is taken by another program. Choose another by --port, or --port 0 for any.`,
    );
  }
}

async function seed({ store }: FakeFauna, file: string): Promise<number> {
  try {
    return plantSeed(await readFile(file, 'utf8'), store);
  } catch (error) {
    if (error instanceof CommandError || isSystemError(error)) {
      const isMissing = isSystemError(error) && error.code === 'ENOENT';
      const reason = isMissing ? 'there is no such file.' : error.message;
      throw new CommandError(`${file} cannot be used as a seed: ${reason}`);
    }
    throw error;
  }
}

function synthesise({ store }: FakeFauna, shape: Arguments['shapes'][number]): number {
  try {
    makeCollection(shape.collection, store);
    return store.synthesise(shape).count;
  } catch (error) {
    throw error instanceof RangeError ? new CommandError(error.message) : error;
  }
}

function greeting({ address, secret, port }: FakeFauna, filled: readonly string[]): string {
  const contents =
    filled.length === 0
      ? 'It is empty: write to it with any Fauna client, or start it with --seed or --synthesise.'
      : `It holds ${new Intl.ListFormat('en').format(filled)}.`;
  return `A fake Fauna listens on ${address}, secret ${secret}.
${contents}
All of it is in memory, and gone when it ends: press Ctrl-C.

To point a client at it: domain 127.0.0.1, port ${port}, scheme http.
`;
}

function plural(count: number, noun: string): string {
  return `${count.toLocaleString('en')} ${noun}${count === 1 ? '' : 's'}`;
}

function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'code' in error && 'syscall' in error;
}
