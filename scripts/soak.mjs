// `npm run soak`: installs what is needed, builds the command, then loads many documents while it is
// killed again and again, from Firestore or, with `--source fauna`, from Fauna. `npm run soak -- --help` tells the options.
import { build, install, run } from './install.mjs';

install();
build();
const words = process.argv.slice(2);
process.exit(run(['--import', 'tsx', '--conditions=source', 'tests/soak/main.ts', ...words]));
