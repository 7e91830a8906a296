// Documents per second that the fake serves to a client which only counts messages: synthetic and
// stored ones, by a query and by a listen. The server is a process of its own. Medians.
// Run: npx tsx --conditions=source packages/fake-firestore/bench/serve.bench.ts [rounds]
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { create, toBinary } from '@bufbuild/protobuf';
import { type Call, type Channel, openChannel } from '@fairlead/grpc';
import { startFakeFirestore } from '../src/index.ts';
import { ListenRequestSchema } from '../src/protocol/listen.gen.ts';
import { RunQueryRequestSchema } from '../src/protocol/reads.gen.ts';

const database = 'projects/demo/databases/(default)';
const parent = `${database}/documents`;
const counts = { small: 1_000_000, large: 200_000, stored: 50_000 };

const [role = '3'] = process.argv.slice(2);
if (role === 'serve') await serve();
else await measure(Number(role));

async function serve(): Promise<void> {
  const fake = await startFakeFirestore();
  fake.store.synthesise({ collection: 'small', count: counts.small, bytes: 300 });
  fake.store.synthesise({ collection: 'large', count: counts.large, bytes: 2048 });
  for (let index = 0; index < counts.stored; index++) {
    fake.store.set(`stored/${index}`, { index, name: 'x'.repeat(100), list: [1, 2, 3] });
  }
  process.stdout.write(`${fake.port}\n`);
}

async function measure(rounds: number): Promise<void> {
  const command = [...process.execArgv, fileURLToPath(import.meta.url), 'serve'];
  const server = spawn(process.execPath, command, { stdio: ['ignore', 'pipe', 'inherit'] });
  const [port] = (await once(server.stdout, 'data')) as [Buffer];
  const channel = openChannel({ host: '127.0.0.1', port: Number(String(port)) });
  try {
    for (const [collectionId, count] of Object.entries(counts)) {
      for (const [name, open] of Object.entries({ query, listen })) {
        const speeds: number[] = [];
        for (let round = 0; round <= rounds; round++) {
          const start = performance.now();
          const bytes = await drain(open(channel, collectionId), count);
          const ms = performance.now() - start;
          // The first round warms the compilers.
          if (round > 0) speeds.push(count / ms);
          if (round === rounds) {
            const speed = speeds.toSorted((a, b) => a - b)[Math.floor(speeds.length / 2)] ?? 0;
            const size = Math.round(bytes / count);
            console.log(
              `${name.padEnd(7)} ${collectionId.padEnd(7)} ${size} B a message: ` +
                `${Math.round(speed)} thousand documents, ${Math.round((speed * size) / 1000)} MB a second`,
            );
          }
        }
      }
    }
  } finally {
    await channel.close();
    server.kill();
  }
}

function query(channel: Channel, collectionId: string): Call {
  const request = create(RunQueryRequestSchema, {
    parent,
    structuredQuery: { from: [{ collectionId }] },
  });
  const path = '/google.firestore.v1.Firestore/RunQuery';
  return channel.serverStream(path, toBinary(RunQueryRequestSchema, request));
}

function listen(channel: Channel, collectionId: string): Call {
  const value = { parent, structuredQuery: { from: [{ collectionId }] } };
  const request = create(ListenRequestSchema, {
    database,
    change: { case: 'addTarget', value: { targetId: 1, what: { case: 'query', value } } },
  });
  const call = channel.duplex('/google.firestore.v1.Firestore/Listen');
  void call.write(toBinary(ListenRequestSchema, request));
  return call;
}

/** Takes messages until there were as many as documents, and gives their bytes. */
async function drain(call: Call, count: number): Promise<number> {
  let messages = 0;
  let size = 0;
  for await (const { bounds, count: some } of call) {
    messages += some;
    size += (bounds[2 * some - 1] ?? 0) - (bounds[0] ?? 0);
    if (messages >= count) break;
  }
  return size;
}
