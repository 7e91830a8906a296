// `npm test`: installs what is needed, builds the command, then runs every test. Works from a fresh
// clone.
import { build, install, run } from './install.mjs';

install();
build();
console.log('Running every test (vitest).');
process.exit(run(['node_modules/vitest/vitest.mjs', 'run', ...process.argv.slice(2)]));
