// Messages per second of a server stream with pre-encoded messages, received by this package, beside
// counting the bytes of the same HTTP/2 stream, and beside @grpc/grpc-js with a deserialiser that does
// nothing. The server is a process of its own, and so is every way, in turns.
// Run: npx tsx --conditions=source packages/grpc/bench/stream.bench.ts [rounds]
import { residentBytes } from '@fairlead/testkit';
import { Client, credentials } from '@grpc/grpc-js';
import { type ChildProcess, spawn } from 'node:child_process';
import { connect } from 'node:http2';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { createGrpcServer, frameMessages, openChannel } from '../src/index.ts';

const path = '/bench.Messages/Send';
const window = 8 * 1024 * 1024;
/** Bytes of messages in a run, in whole pieces of about 64 KiB. */
const pieceCount = 3000;

const ways: Readonly<Record<string, (port: number, size: number) => Promise<number>>> = {
  'http2, bytes counted': countBytes,
  'this package': receive,
  'grpc-js, identity': receiveNaively,
};

const [role = '5', portText = '', sizeText = ''] = process.argv.slice(2);
const way = ways[role];
if (role === 'serve') await serve();
else if (way === undefined) await compare(Number(role));
else await measure(way, Number(portText), Number(sizeText));

interface Taken {
  readonly ms: number;
  readonly cpuMs: number;
  readonly rssMiB: number;
}

async function compare(rounds: number): Promise<void> {
  const server = start('serve');
  const port = Number(await firstLine(server));
  try {
    for (const size of [300, 2048]) {
      const taken = new Map(Object.keys(ways).map((name) => [name, [] as Taken[]]));
      for (let round = 0; round < rounds; round++) {
        for (const [name, runs] of taken) {
          runs.push(JSON.parse(await firstLine(start(name, port, size))) as Taken);
        }
      }
      report(size, rounds, taken);
    }
  } finally {
    server.kill();
  }
}

function report(size: number, rounds: number, taken: ReadonlyMap<string, readonly Taken[]>): void {
  const count = pieceCount * perPiece(size);
  console.log(`${count} messages of ${size} bytes, median of ${rounds}, Node ${process.version}`);
  const median = (runs: readonly Taken[], of: keyof Taken) =>
    runs.map((run) => run[of]).toSorted((a, b) => a - b)[runs.length >> 1] ?? Number.NaN;
  const limit = median(taken.get('http2, bytes counted') ?? [], 'ms');
  for (const [name, runs] of taken) {
    const ms = median(runs, 'ms');
    console.log(
      [
        name.padEnd(22),
        `${(count / ms).toFixed(0).padStart(5)} k/s`,
        `${((count * size) / ms / 1000).toFixed(0).padStart(5)} MB/s`,
        ` ratio ${(limit / ms).toFixed(2)}`,
        ` cpu ${((median(runs, 'cpuMs') * 1000) / count).toFixed(2).padStart(5)} µs a message`,
        ` RSS ${median(runs, 'rssMiB').toFixed(0).padStart(4)} MiB`,
      ].join(' '),
    );
  }
}

function start(...words: readonly (string | number)[]): ChildProcess {
  const script = fileURLToPath(import.meta.url);
  const options = ['--conditions=source', '--import', 'tsx', script, ...words.map(String)];
  return spawn(process.execPath, options, { stdio: ['ignore', 'pipe', 'inherit'] });
}

async function firstLine({ stdout }: ChildProcess): Promise<string> {
  if (stdout === null) throw new Error('the process has no output');
  for await (const line of createInterface(stdout)) return line;
  throw new Error('the process said nothing');
}

function perPiece(size: number): number {
  return Math.floor(65_536 / (size + 5));
}

async function serve(): Promise<void> {
  const server = createGrpcServer({
    [path]: async (call) => {
      const size = Number(Buffer.from(await call.request()).toString());
      const message = Buffer.alloc(size, 'abcdefgh');
      const piece = frameMessages(Array.from({ length: perPiece(size) }, () => message));
      for (let i = 0; i < pieceCount; i++) await call.writeAll(piece);
    },
  });
  console.log((await server.listen()).port);
}

async function measure(
  run: (port: number, size: number) => Promise<number>,
  port: number,
  size: number,
): Promise<void> {
  const cpu = process.cpuUsage();
  const began = performance.now();
  const count = await run(port, size);
  const ms = performance.now() - began;
  const { user, system } = process.cpuUsage(cpu);
  if (count !== pieceCount * perPiece(size)) throw new Error(`${count} messages came`);
  const rssMiB = residentBytes(process.pid, 'peak') / 2 ** 20;
  console.log(JSON.stringify({ ms, cpuMs: (user + system) / 1000, rssMiB } satisfies Taken));
  process.exit();
}

async function countBytes(port: number, size: number): Promise<number> {
  const session = connect(`http://127.0.0.1:${port}`, { settings: { initialWindowSize: window } });
  session.on('connect', () => session.setLocalWindowSize(window));
  const stream = session.request({
    ':method': 'POST',
    ':path': path,
    'content-type': 'application/grpc',
    te: 'trailers',
  });
  stream.end(frameMessages([Buffer.from(String(size))]));
  let bytes = 0;
  stream.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
  });
  await new Promise((resolve) => {
    stream.on('end', resolve);
  });
  return bytes / (size + 5);
}

async function receive(port: number, size: number): Promise<number> {
  const channel = openChannel({ host: '127.0.0.1', port });
  let count = 0;
  let sum = 0;
  for await (const messages of channel.serverStream(path, Buffer.from(String(size)))) {
    const { bytes, bounds } = messages;
    for (let i = 0; i < messages.count; i++) sum += bytes[bounds[2 * i] ?? 0] ?? 0;
    count += messages.count;
  }
  if (sum !== count * 97) throw new Error('the messages are not what was sent');
  return count;
}

async function receiveNaively(port: number, size: number): Promise<number> {
  const client = new Client(`127.0.0.1:${port}`, credentials.createInsecure(), {
    'grpc-node.flow_control_window': window,
  });
  const identity = (bytes: Buffer) => bytes;
  const call = client.makeServerStreamRequest(path, identity, identity, Buffer.from(String(size)));
  let count = 0;
  let sum = 0;
  call.on('data', (message: Buffer) => {
    sum += message[0] ?? 0;
    count += 1;
  });
  await new Promise((resolve, reject) => {
    call.on('end', resolve);
    call.on('error', reject);
  });
  if (sum !== count * 97) throw new Error('the messages are not what was sent');
  return count;
}
