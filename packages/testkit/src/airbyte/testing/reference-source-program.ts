import { referenceSource, type SourceDefect } from './reference-source.ts';

// A test names what it wants wrong, and the types of the list are checked there.
const defect = process.env['DEFECT'] as SourceDefect | undefined;
process.exitCode = await referenceSource(
  {
    args: process.argv.slice(2),
    say: (text) => void process.stdout.write(text),
    complain: (text) => void process.stderr.write(text),
  },
  defect,
);
