// Documents per second that the fake serves to a client which only counts bytes: synthetic and stored ones, by the three
// queries of a connector and by v10. The server is a process of its own. Medians.
// Run: npx tsx --conditions=source packages/fake-fauna/bench/serve.bench.ts [rounds]
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { startFakeFauna } from '../src/index.ts';
import { projection, q } from '../src/testing/post.ts';

const counts = { small: 200_000, large: 50_000, stored: 20_000 };
const size = 5000;

const [role = '3'] = process.argv.slice(2);
if (role === 'serve') await serve();
else await measure(Number(role));

async function serve(): Promise<void> {
  const fake = await startFakeFauna();
  fake.store.synthesise({ collection: 'small', count: counts.small, bytes: 300 });
  fake.store.synthesise({ collection: 'large', count: counts.large, bytes: 2048 });
  fake.store.createCollection('stored');
  fake.store.transaction((transaction) => {
    for (let id = 1; id <= counts.stored; id++) {
      transaction.set('stored', id, { id, name: 'x'.repeat(200), list: [1, 2, 3] });
    }
  });
  for (const name of Object.keys(counts)) {
    fake.store.createIndex(`${name}_ts`, { source: name, values: ['ts', 'ref'] });
  }
  process.stdout.write(`${fake.address}\n`);
}

async function measure(rounds: number): Promise<void> {
  const command = [...process.execArgv, fileURLToPath(import.meta.url), 'serve'];
  const server = spawn(process.execPath, command, { stdio: ['ignore', 'pipe', 'inherit'] });
  const [said] = (await once(server.stdout, 'data')) as [Buffer];
  const address = String(said).trim();
  try {
    for (const [collection, count] of Object.entries(counts)) {
      for (const [name, read] of Object.entries({ documents, index, events, v10 })) {
        const speeds: number[] = [];
        let bytes = 0;
        for (let round = 0; round <= rounds; round++) {
          const start = performance.now();
          bytes = await read(address, collection);
          // The first round warms the compilers.
          if (round > 0) speeds.push(count / (performance.now() - start));
        }
        const speed = speeds.toSorted((a, b) => a - b)[Math.floor(speeds.length / 2)] ?? 0;
        console.log(
          `${name.padEnd(9)} ${collection.padEnd(6)} ${Math.round(bytes / count)} B each: ` +
            `${Math.round(speed)} thousand documents, ${Math.round((speed * bytes) / count / 1000)} MB a second`,
        );
      }
    }
  } finally {
    server.kill();
  }
}

async function documents(address: string, collection: string): Promise<number> {
  return await pages(address, (after) => ({
    map: { lambda: 'x', expr: projection({ var: 'x' }) },
    collection: q.paginate(q.documents(collection), { size, ...after }),
  }));
}

async function index(address: string, collection: string): Promise<number> {
  return await pages(address, (after) => ({
    map: { lambda: 'x', expr: projection({ select: 1, from: { var: 'x' } }) },
    collection: q.paginate(q.match(`${collection}_ts`), { size, ...after }),
  }));
}

async function events(address: string, collection: string): Promise<number> {
  return await pages(address, (after) =>
    q.paginate(q.documents(collection), {
      size,
      events: true,
      ...('after' in after ? { after: { object: after.after } } : {}),
    }),
  );
}

async function pages(address: string, queryOf: (after: { after?: unknown }) => unknown) {
  let bytes = 0;
  let after: { after?: unknown } = {};
  for (;;) {
    const body = await post(`${address}/`, queryOf(after));
    bytes += body.length;
    // The cursor stands before the data.
    const cursor = /"after":(.*?),"data":\[/.exec(body.subarray(0, 2000).toString())?.[1];
    if (cursor === undefined) return bytes;
    after = { after: JSON.parse(cursor) };
  }
}

async function v10(address: string, collection: string): Promise<number> {
  let query = `${collection}.all().paginate(${size})`;
  let bytes = 0;
  for (;;) {
    const body = await post(`${address}/query/1`, { query });
    bytes += body.length;
    const token = /"after":"([^"]+)"/.exec(body.subarray(-1000).toString())?.[1];
    if (token === undefined) return bytes;
    query = `Set.paginate("${token}")`;
  }
}

async function post(address: string, query: unknown): Promise<Buffer> {
  const headers = {
    authorization: 'Bearer secret',
    'x-faunadb-api-version': '4',
    'x-format': 'tagged',
  };
  const response = await fetch(address, { method: 'POST', headers, body: JSON.stringify(query) });
  return Buffer.from(await response.arrayBuffer());
}
