// `npm run bench`: builds, runs every bench, and writes bench/RESULTS.md anew; with words behind `--` only those
// whose title holds one.
import { build, install, run } from './install.mjs';

install();
build();
process.exit(
  run(['--import', 'tsx', '--conditions=source', 'bench/main.ts', ...process.argv.slice(2)]),
);
