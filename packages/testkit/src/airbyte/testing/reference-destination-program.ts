import { createInterface } from 'node:readline';
import { referenceDestination, type DestinationDefect } from './reference-destination.ts';

// A test names what it wants wrong, and the types of the list are checked there.
const defect = process.env['DEFECT'] as DestinationDefect | undefined;
process.exitCode = await referenceDestination(
  {
    args: process.argv.slice(2),
    input: lines(),
    say: (text) => void process.stdout.write(text),
    complain: (text) => void process.stderr.write(text),
  },
  defect,
);

/** Nothing is read before somebody asks, as lines that come earlier would be lost. */
async function* lines(): AsyncGenerator<string, void, undefined> {
  yield* createInterface({ input: process.stdin });
}
