// A function as a program, which says where it is served, and then a line for each batch that it reads.
import { setImmediate as turn } from 'node:timers/promises';
import { changes, checkpoint, documents, memorySource, waits } from '@fairlead/testkit';
import { serveFunction } from '../serve-function.ts';

const batches = Number(process.env['TEST_BATCHES'] ?? 3);
const wait = waits(async () => {
  process.stdout.write('batch\n');
  for (let turns = 0; turns < 20; turns++) await turn();
});
// Every tenth row is taken back two batches later.
const script = Array.from({ length: batches }, (_, id) => [
  documents([{ id, text: 'x'.repeat(300) }]),
  wait,
  ...(id >= 2 && id % 10 === 2 ? [changes(['delete', { id: id - 2 }])] : []),
  checkpoint,
]).flat();
const source = memorySource({ streams: [{ name: 'rows', script }] });
const server = await serveFunction(source, { budget: { stopBytes: 2_000 }, write: () => {} });
process.stdout.write(`${server.url}\n`);
