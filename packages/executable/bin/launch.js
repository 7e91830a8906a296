// Plain JavaScript that every Node since 14.8 understands: it has to say what is missing.
import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import { setFlagsFromString } from 'node:v8';

/** Runs a program, of a connector or the command: the module at `main`, a URL, which is there once it is built. */
export async function launch(main) {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 19)) {
    refuse(`Node ${process.versions.node} is too old. Install Node 20.19 or newer.`);
  } else if (!existsSync(main)) {
    refuse('this copy is not built. Run: npm run build.');
  } else {
    // Documents are bytes: few objects are made. V8 need not grow the room for new ones, which takes 25 MiB, nor let
    // those that are left add up to a multiple before it looks for them, which takes 20 MiB in a long run.
    setFlagsFromString('--semi-space-growth-factor=1');
    setFlagsFromString('--heap-growing-percent=15');
    await import(main.href);
  }
}

function refuse(message) {
  const name = basename(process.argv[1], '.js');
  process.stderr.write(`${name}: ${message}\n`);
  process.exitCode = 2;
}
