// `npm test`: installs what is needed, then runs every test. Works from a fresh clone.
import { install, run } from './install.mjs';

install();
console.log('Running every test (vitest).');
process.exit(run(['node_modules/vitest/vitest.mjs', 'run', ...process.argv.slice(2)]));
