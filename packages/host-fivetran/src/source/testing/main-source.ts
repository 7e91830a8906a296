// A source as the program that Fivetran starts: of all types, or so many batches of rows, each of
// which it tells on the standard error.
import { setImmediate as turn } from 'node:timers/promises';
import { backfill, changes, checkpoint, documents, memorySource, waits } from '@fairlead/testkit';
import { runFivetranSource } from '../serve-source.ts';
import { typedStream } from './typed-stream.ts';

const batches = Number(process.env['TEST_BATCHES'] ?? 0);
const wait = waits(async () => {
  process.stderr.write('batch\n');
  for (let turns = 0; turns < 20; turns++) await turn();
});
// Every tenth row is taken back two batches later.
const script = Array.from({ length: batches }, (_, id) => [
  documents([{ id, text: 'x'.repeat(300) }]),
  wait,
  ...(id >= 2 && id % 10 === 2 ? [changes(['delete', { id: id - 2 }])] : []),
  checkpoint,
]).flat();
const rows = { name: 'rows', script: batches === 0 ? [] : [...backfill(), ...script] };
const source = memorySource({ streams: batches === 0 ? [typedStream] : [rows] });
process.exitCode = await runFivetranSource(source, process.argv.slice(2), {
  pace: { everyMs: 5 },
});
