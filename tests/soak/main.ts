// `npm run soak`: many documents from a fake server into DuckDB, by a process that is killed every now and then. Says
// how it goes, then what came of it. Exit code 1 when something does not hold. `--help` tells the options.
import { parseArgs } from 'node:util';
import { soakChecks } from './checks.ts';
import { servers, soak } from './soak.ts';

const { values } = parseArgs({
  options: {
    source: { type: 'string', default: 'firestore' },
    documents: { type: 'string' },
    bytes: { type: 'string', default: '300' },
    // About what Firestore sends to one client.
    'documents-per-second': { type: 'string', default: '10_000' },
    'kill-every': { type: 'string', default: '30' },
    'commit-every': { type: 'string', default: '100' },
    help: { type: 'boolean', default: false },
  },
});

type Source = keyof typeof servers;

/** How many documents are loaded unless told. */
const usual: Readonly<Record<Source, string>> = { firestore: '50_000_000', fauna: '10_000_000' };

if (values.help) {
  say(`Usage: npm run soak -- [options]

  --source NAME             firestore, or fauna (firestore)
  --documents N             how many are loaded (50_000_000; of fauna 10_000_000)
  --bytes N                 of each, encoded (300)
  --documents-per-second N  what the server sends at most; 0 for no limit (10_000)
  --kill-every SECONDS      how long a process lives (30)
  --commit-every MS         the time between commits (100)`);
} else await run();

async function run(): Promise<void> {
  const source = sourceOf(values.source);
  const documents = numberOf(values.documents ?? usual[source]);
  let saidAt = 0;
  const report = await soak({
    source,
    documents,
    documentBytes: numberOf(values.bytes),
    documentsPerSecond: numberOf(values['documents-per-second']) || Infinity,
    killEveryMs: numberOf(values['kill-every']) * 1000,
    commitEveryMs: numberOf(values['commit-every']),
    progress({ seconds, reads, kills, residentMiB }) {
      if (seconds < saidAt + 10) return;
      saidAt = seconds;
      const rate = Math.round(reads / seconds);
      say(
        `${seconds.toFixed(0)} s: ${whole(reads)} reads, ${whole(rate)} a second, ${kills} kills, ${residentMiB.toFixed(0)} MiB`,
      );
    },
  });
  const { seconds, kills, reads } = report;
  const lost = kills === 0 ? 0 : (reads - documents) / kills;
  const checks = soakChecks(report);
  say('');
  say(`${kills} kills, ${whole(lost)} reads lost by each, ${whole(seconds)} s`);
  for (const { what, found, limit, holds } of checks) {
    say(`${holds ? 'holds' : 'FAILS'}  ${what.padEnd(28)} ${found.padEnd(18)} ${limit}`);
  }
  process.exitCode = checks.every(({ holds }) => holds) ? 0 : 1;
}

function sourceOf(text: string): Source {
  if (text === 'firestore' || text === 'fauna') return text;
  throw new Error(`${text} is no source: write ${Object.keys(servers).join(' or ')}`);
}

function numberOf(text: string): number {
  const number = Number(text.replaceAll('_', ''));
  if (Number.isFinite(number) && number >= 0) return number;
  throw new Error(`${text} is no number`);
}

function whole(number: number): string {
  return Math.round(number).toLocaleString('en');
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
