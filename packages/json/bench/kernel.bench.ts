// Documents per second of scan, observe and columnize, beside JSON.parse and a plain copy of the same bytes.
// Run: npx tsx --conditions=source packages/json/bench/kernel.bench.ts
import { createObserver } from '../src/observe.ts';
import { createColumnizer } from '../src/columnize.ts';
import type { ValueColumn, ValueType } from '../src/columnize.ts';
import { createScanner } from '../src/scan.ts';
import type { Lines } from '../src/lines.ts';

const documentCount = 100_000;
const rounds = 7;

const file = Buffer.from(
  Array.from({ length: documentCount }, (_, index) => lineitem(index)).join(''),
);
const batches: Lines[] = [];
scanAll(file, (lines) => batches.push(lines));
const observer = createObserver();
for (const batch of batches) observer.accept(observer.observe(batch).shape());
const columns: readonly ValueColumn[] = [
  { pointer: ['_meta', 'offset'], type: 'integer' },
  ...Object.entries<unknown>(JSON.parse(lineitem(0))).map(([name, value]) => ({
    pointer: [name],
    type: typeOf(name, value),
  })),
];
const columnizer = createColumnizer(columns);
const watchful = createColumnizer(columns, { presence: true });
const copyValues = (_: number, { values }: { readonly values: Uint8Array }) => largest.set(values);
const largest = Buffer.allocUnsafeSlow(4 * 1024 * 1024);

const contenders: Record<string, () => unknown> = {
  'plain copy': () => batches.map(({ bytes }) => largest.set(bytes)),
  'JSON.parse per line': () => batches.map(parseLines),
  'scan, with member': () => scanAll(file, () => {}),
  observe: () => batches.map((batch) => observer.observe(batch).misfits.length),
  'observe, and its shape': () => batches.map((batch) => observer.observe(batch).shape()),
  'columnize 17 columns': () => batches.map((batch) => columnizer.columnize(batch, copyValues)),
  'columnize, and presence': () => batches.map((batch) => watchful.columnize(batch, copyValues)),
};

const times = new Map(Object.keys(contenders).map((name) => [name, [] as number[]]));
for (let round = 0; round <= rounds; round++) {
  for (const [name, run] of Object.entries(contenders)) {
    const start = performance.now();
    run();
    if (round > 0) times.get(name)?.push((performance.now() - start) * 1e6);
  }
}
process.stdout.write(
  `${documentCount} documents of ${Math.round(file.length / documentCount)} bytes\n`,
);
for (const [name, took] of times) {
  const sorted = took.toSorted((a, b) => a - b);
  const median = sorted[rounds >> 1] ?? 0;
  const best = sorted[0] ?? 0;
  const perDocument = (nanoseconds: number) => (nanoseconds / documentCount / 1000).toFixed(3);
  const megabytes = ((file.length / median) * 1000).toFixed(0);
  process.stdout.write(
    `${name.padEnd(32)} ${perDocument(median)} µs a document (best ${perDocument(best)}), ${megabytes} MB/s\n`,
  );
}

function scanAll(bytes: Buffer, take: (lines: Lines) => void): void {
  const member = {
    name: '_meta',
    before: Buffer.from('{"file":"lineitem.jsonl","offset":'),
    after: Buffer.from('}'),
    first: 0,
  };
  const scanner = createScanner({ separator: 'values', member });
  for (let at = 0; at < bytes.length;) {
    const { lines, consumed } = scanner.scan(bytes.subarray(at, at + 1024 * 1024), false);
    take(lines);
    at += consumed;
  }
}

function typeOf(name: string, value: unknown): ValueType {
  if (name.endsWith('date')) return 'date';
  if (typeof value === 'string') return 'text';
  return name.endsWith('price') || name === 'l_discount' || name === 'l_tax' ? 'number' : 'integer';
}

function parseLines({ bytes, ends }: Lines): number {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let start = 0;
  let count = 0;
  for (const end of ends) {
    if (JSON.parse(text.toString('utf8', start, end)) !== null) count++;
    start = end;
  }
  return count;
}

/** A row of TPC-H's `lineitem` with its usual widths. */
function lineitem(index: number): string {
  const day = (offset: number) =>
    new Date(Date.UTC(1992, 0, 2 + ((index * 7 + offset) % 2500))).toISOString().slice(0, 10);
  const quantity = 1 + ((index * 13) % 50);
  const comments = ['carefully final deposits', 'furiously even é accounts nag', 'quickly "bold"'];
  return `${JSON.stringify({
    l_orderkey: 1 + index * 4,
    l_partkey: (index * 7919) % 200_000,
    l_suppkey: (index * 104_729) % 10_000,
    l_linenumber: 1 + (index % 7),
    l_quantity: quantity,
    l_extendedprice: (quantity * (90_000 + (index % 20_000))) / 100,
    l_discount: (index % 11) / 100,
    l_tax: (index % 9) / 100,
    l_returnflag: 'ANR'[index % 3],
    l_linestatus: 'OF'[index % 2],
    l_shipdate: day(0),
    l_commitdate: day(31),
    l_receiptdate: day(12),
    l_shipinstruct: ['DELIVER IN PERSON', 'COLLECT COD', 'NONE', 'TAKE BACK RETURN'][index % 4],
    l_shipmode: ['AIR', 'TRUCK', 'REG AIR', 'MAIL', 'SHIP', 'FOB', 'RAIL'][index % 7],
    l_comment: comments[index % comments.length],
  })}\n`;
}
