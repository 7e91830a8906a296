// H1: documents per second of a Flow capture from memory into a pipe, beside writing the same bytes with
// no host, and the naive way: JSON.parse, JSON.stringify and a write for each document.
// Run: npx tsx --conditions=source packages/host-flow/bench/capture.bench.ts
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { openOutput } from '@fairlead/host-io';
import type { Documents, Source } from '@fairlead/sdk';
import { lineitemDocuments } from '@fairlead/testkit';
import { z } from 'zod';
import { serveCapture } from '../src/capture/serve-capture.ts';
import { captureRequests, type CaptureRequestDraft } from '../src/protocol/capture-messages.ts';
import { jsonText } from '../src/protocol/json-text.ts';
import { messageWriter } from '../src/protocol/message-writer.ts';
import { silentLog } from '@fairlead/sdk';

const documentCount = 100_000;
const loops = 48;
/** The naive way is slow enough to be measured on fewer. */
const naiveLoops = 1;
const rounds = Number(process.env['BENCH_REPETITIONS'] ?? '7');

/** When the run under way began to do what is measured. */
let began = 0;

const ways: Readonly<Record<string, (batches: readonly Documents[]) => Promise<void>>> = {
  'the same bytes, no host': writeBytes,
  'host, json': (batches) => serve(batches, 'json'),
  'host, proto': (batches) => serve(batches, 'proto'),
  naive: writeNaively,
};

const [way] = process.argv.slice(2);
if (way === undefined) await compare();
else await ways[way]?.([...lineitemDocuments({ rows: documentCount })]).then(report);

/** Runs every way in a process of its own, in turns, with `cat` at the other end. */
async function compare(): Promise<void> {
  const took = new Map(Object.keys(ways).map((name) => [name, [] as number[]]));
  for (let round = 0; round < rounds; round++) {
    for (const [name, times] of took) times.push(await timeOf(name));
  }
  const median = (times: readonly number[]) => times.toSorted((a, b) => a - b)[rounds >> 1] ?? 0;
  const limit = median(took.get('the same bytes, no host') ?? []);
  console.log(`${documentCount * loops} documents, median of ${rounds}, Node ${process.version}`);
  for (const [name, times] of took) {
    const ms = median(times);
    const rate = Math.round((documentCount * loops) / ms);
    console.log(`${name.padEnd(26)} ${String(rate).padStart(6)} k/s   ${(limit / ms).toFixed(2)}`);
  }
}

async function timeOf(name: string): Promise<number> {
  const script = fileURLToPath(import.meta.url);
  const self = `"${process.execPath}" --conditions=source --import tsx "${script}" "${name}"`;
  const child = spawn('/bin/bash', ['-c', `${self} | cat >/dev/null`], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let text = '';
  for await (const chunk of child.stderr) text += String(chunk);
  const found = /^took (\d+(?:\.\d+)?)$/m.exec(text)?.[1];
  if (found === undefined) throw new Error(text);
  return Number(found) * (name === 'naive' ? loops / naiveLoops : 1);
}

function report(): void {
  process.stderr.write(`took ${performance.now() - began}\n`);
}

/** The documents in the JSON of the protocol, made ahead. */
async function writeBytes(batches: readonly Documents[]): Promise<void> {
  const wrapped = batches.map(({ bytes }) => {
    const lines = Buffer.from(bytes).toString().trimEnd().split('\n');
    const messages = lines.map((line) => `{"captured":{"binding":0,"doc":${line}}}\n`);
    return Buffer.from(messages.join(''));
  });
  const output = openOutput(1);
  began = performance.now();
  for (let loop = 0; loop < loops; loop++) {
    for (const bytes of wrapped) await output.write(bytes);
  }
  await output.flush();
}

async function serve(batches: readonly Documents[], codec: 'json' | 'proto'): Promise<void> {
  const writer = messageWriter<CaptureRequestDraft>(captureRequests, codec);
  const open = Buffer.from(
    writer.encode({
      is: 'open',
      capture: { bindings: [{ resourceConfig: jsonText({ stream: 'lineitem' }), stateKey: 'l' }] },
    }),
  );
  const input = async function* () {
    yield open;
    await new Promise(() => {});
  };
  began = performance.now();
  const serving = serveCapture(sourceOf(batches), {
    input: (signal) => untilAborted(input(), signal),
    output: openOutput(1),
    codec,
    log: silentLog,
  });
  if ((await serving) !== 0) throw new Error('the capture failed');
}

async function* untilAborted<T>(items: AsyncIterator<T>, signal: AbortSignal) {
  const aborted = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error));
  });
  for (;;) {
    const next = await Promise.race([items.next(), aborted]);
    if (next.done === true) return;
    yield next.value;
  }
}

function sourceOf(batches: readonly Documents[]): Source {
  return {
    name: 'source-memory',
    title: 'Memory',
    config: z.looseObject({}),
    resource: z.object({ stream: z.string() }),
    cursor: z.json(),
    check: async () => {},
    discover: async () => [],
    async *pull() {
      for (let loop = 0; loop < loops; loop++) {
        for (const documents of batches) {
          yield { is: 'documents', binding: 0, documents };
          yield { is: 'checkpoint', patch: { bindings: { l: { loop } } } };
        }
      }
    },
  };
}

async function writeNaively(batches: readonly Documents[]): Promise<void> {
  const lines = batches.flatMap(({ bytes }) => Buffer.from(bytes).toString().trimEnd().split('\n'));
  began = performance.now();
  for (let loop = 0; loop < naiveLoops; loop++) {
    for (const line of lines) {
      const doc: unknown = JSON.parse(line);
      const text = `${JSON.stringify({ captured: { binding: 0, doc } })}\n`;
      if (!process.stdout.write(text)) {
        await new Promise<void>((resolve) => process.stdout.once('drain', resolve));
      }
    }
  }
}
