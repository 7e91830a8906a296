// Microseconds a document from the bytes of an answer of Fauna to lines of JSON, beside a plain copy of the same bytes
// and the way of the official driver: JSON.parse, its values, JSON.stringify.
// Run: npx tsx --conditions=source connectors/source-fauna/bench/page.bench.ts
import { createRequire } from 'node:module';
import { FqlPageReader, PageReader } from '../src/wire/page.ts';

const rounds = 9;
const documentCount = 8000;

const copyTarget = new Uint8Array(16 * 1024 * 1024);

/** What a document has, in the JSON of one version of FQL. */
interface Forms {
  readonly integer: (value: number) => string;
  readonly double: (value: string) => string;
  readonly time: (text: string) => string;
  readonly reference: (id: string) => string;
}

const collectionRef = '{"@ref":{"id":"users","collection":{"@ref":{"id":"collections"}}}}';
const v4: Forms = {
  integer: String,
  double: (text) => text,
  time: (text) => `{"@ts":"${text}"}`,
  reference: (id) => `{"@ref":{"id":"${id}","collection":${collectionRef}}}`,
};

const v10: Forms = {
  integer: (value) => `{"@int":"${value}"}`,
  double: (text) => `{"@double":"${text}"}`,
  time: (text) => `{"@time":"${text}"}`,
  reference: (id) => `{"@ref":{"id":"${id}","coll":{"@mod":"users"}}}`,
};

const { parseJSON } = officialDriver();

for (const [size, parts] of [
  ['300 bytes', 0],
  ['2 KB', 13],
] as const) {
  for (const pageSize of [64, 1000]) {
    const ofV4 = answers(pageSize, (from) => v4Answer(from, pageSize, parts));
    const ofV10 = answers(pageSize, (from) => v10Answer(from, pageSize, parts));
    const perDocument = Math.round(byteCount(ofV4) / documentCount);
    const line = Math.round(linesOfAll(new PageReader(), ofV4) / documentCount);
    process.stdout.write(
      `${size}, ${pageSize} a page: ${perDocument} bytes a document, ${line} in its line\n`,
    );
    measure(
      {
        'plain copy': () => copyAll(ofV4),
        'page of v4': () => linesOfAll(new PageReader(), ofV4),
        'page of v10, documents': () => linesOfAll(new FqlPageReader(), ofV10),
        'JSON.parse, JSON.stringify': () => parseAll(ofV4, (text) => JSON.parse(text)),
        'official driver, JSON.stringify': () => parseAll(ofV4, parseJSON),
      },
      byteCount(ofV4),
    );
  }
}

function measure(contenders: Record<string, () => number>, bytes: number): void {
  const times = new Map(Object.keys(contenders).map((name) => [name, [] as number[]]));
  for (let round = 0; round <= rounds; round++) {
    for (const [name, run] of Object.entries(contenders)) {
      const start = performance.now();
      run();
      if (round > 0) times.get(name)?.push((performance.now() - start) * 1e6);
    }
  }
  for (const [name, took] of times) {
    const sorted = took.toSorted((a, b) => a - b);
    const median = sorted[rounds >> 1] ?? 0;
    const perDocument = (nanoseconds: number) => (nanoseconds / documentCount / 1000).toFixed(3);
    const megabytes = ((bytes / median) * 1000).toFixed(0);
    process.stdout.write(
      `  ${name.padEnd(32)} ${perDocument(median)} µs a document (best ${perDocument(sorted[0] ?? 0)}), ${megabytes} MB/s\n`,
    );
  }
}

/** As much as it takes to have the bytes of each answer somewhere else. */
function copyAll(bodies: readonly Uint8Array[]): number {
  let copied = 0;
  for (const body of bodies) {
    copyTarget.set(body);
    copied += body.length;
  }
  return copied;
}

function linesOfAll(
  reader: { read(body: Uint8Array): { readonly lines: Uint8Array } },
  bodies: readonly Uint8Array[],
): number {
  let written = 0;
  for (const body of bodies) written += reader.read(body).lines.length;
  return written;
}

interface Answer {
  readonly resource: { readonly data: readonly unknown[] };
}

function parseAll(bodies: readonly Uint8Array[], parse: (text: string) => unknown): number {
  let written = 0;
  for (const body of bodies) {
    // What its type makes of the answers of this bench.
    const answer = parse(Buffer.from(body).toString()) as Answer;
    for (const row of answer.resource.data)
      written += Buffer.from(`${JSON.stringify(row)}\n`).length;
  }
  return written;
}

interface Driver {
  readonly parseJSON: (text: string) => unknown;
}

/** The driver's own parser, which a client applies to each answer. */
function officialDriver(): Driver {
  // It has no types.
  return createRequire(import.meta.url)('faunadb/src/_json') as Driver;
}

function byteCount(bodies: readonly Uint8Array[]): number {
  return bodies.reduce((sum, body) => sum + body.length, 0);
}

function answers(pageSize: number, answerFrom: (from: number) => string): Uint8Array[] {
  return Array.from({ length: documentCount / pageSize }, (_, page) =>
    Buffer.from(answerFrom(page * pageSize)),
  );
}

function v4Answer(from: number, pageSize: number, parts: number): string {
  const rows = Array.from({ length: pageSize }, (_, i) => {
    const index = from + i;
    return `{"ref":"${idOf(index)}","ts":${1_658_504_456_881_000 + index},"data":{${fieldsOf(v4, index, parts)}},"ttl":null}`;
  });
  const after = `[${v4.reference(idOf(from + pageSize))}]`;
  return `{"resource":{"after":${after},"data":[${rows.join(',')}]}}`;
}

function v10Answer(from: number, pageSize: number, parts: number): string {
  const rows = Array.from({ length: pageSize }, (_, i) => {
    const index = from + i;
    const head = `"id":"${idOf(index)}","coll":{"@mod":"users"},"ts":{"@time":"${timeOf(index)}"}`;
    return `{"@doc":{${head},${fieldsOf(v10, index, parts)}}}`;
  });
  return `{"data":{"@set":{"data":[${rows.join(',')}],"after":"hdWCxmRkb2NzgWV1c2Vycw"}},"txn_ts":1658504456881000}`;
}

function fieldsOf(forms: Forms, index: number, parts: number): string {
  const { integer, double, time, reference } = forms;
  const fields = [
    `"name":"Customer ${index}"`,
    `"email":"customer${index}@example.com"`,
    `"age":${integer(18 + (index % 70))}`,
    `"balance":${double(`${index % 10_000}.${10 + (index % 90)}`)}`,
    `"active":${index % 3 > 0}`,
    `"created":${time(timeOf(index))}`,
    `"tags":["alpha","${index % 2 > 0 ? 'beta' : 'gamma'}"]`,
    `"address":{"city":"Zürich","zip":${integer(8000 + (index % 99))}}`,
    `"manager":${reference(idOf(index * 7))}`,
  ];
  const text = 'Carefully final deposits sleep "quickly" among the ironic accounts. ';
  for (let part = 0; part < parts; part++) {
    const readings = [index % 97, (index % 1009) / 8, 20 + (index % 400) / 10];
    fields.push(`"note${part}":${JSON.stringify(text.slice(0, 40 + ((index + part) % 28)))}`);
    fields.push(
      `"readings${part}":[${readings.map((value) => double(value.toFixed(3))).join(',')}]`,
    );
    fields.push(`"state${part}":"${['open', 'closed', 'pending'][index % 3] ?? ''}"`);
  }
  return fields.join(',');
}

function idOf(index: number): string {
  return String(330_000_000_000_000_000n + BigInt(index) * 7919n);
}

function timeOf(index: number): string {
  const time = new Date((1_700_000_000 + index * 61) * 1000).toISOString().slice(0, 19);
  return `${time}.${String((index * 7919) % 1_000_000).padStart(6, '0')}Z`;
}
