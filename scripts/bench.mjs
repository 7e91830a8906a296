// `npm run bench`: builds, runs every bench, and writes bench/RESULTS.md anew.
import { build, install, run } from './install.mjs';

install();
build();
process.exit(run(['--import', 'tsx', '--conditions=source', 'bench/main.ts']));
