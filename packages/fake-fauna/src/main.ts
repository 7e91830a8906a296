import { CommandError } from './command/command-error.ts';
import { run } from './command/run.ts';

// Nobody may read what it says; it serves nevertheless.
process.stdout.on('error', () => {});

const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());

try {
  const out = (text: string) => void process.stdout.write(text);
  await run(process.argv.slice(2), { out, stop: stop.signal });
} catch (error) {
  if (!(error instanceof CommandError)) throw error;
  process.stderr.write(`fairlead-fake-fauna: ${error.message}\nSee --help.\n`);
  process.exitCode = 2;
}
