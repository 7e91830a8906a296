// Microseconds a document from the bytes of a `google.firestore.v1.Document` to a line of JSON, beside a plain
// copy of the same bytes and the way of the official client: protobufjs, plain objects, JSON.stringify.
// Run: npx tsx --conditions=source connectors/source-firestore/bench/transcode.bench.ts
import { ByteWriter, giveBlock } from '@fairlead/json';
import { encodeDocument, type Value } from '../src/testing/value.ts';
import { messageType } from '../src/testing/firestore-types.ts';
import { DocumentHeader } from '../src/wire/document-header.ts';
import { writeExactLine } from '../src/wire/exact-line.ts';
import { DocumentWriter } from '../src/wire/transcode.ts';

const rounds = 9;
const batchBytes = 1024 * 1024;
const copyTarget = new Uint8Array(32 * 1024 * 1024);

for (const [size, documentCount, bodyBytes] of [
  ['300 bytes', 40_000, 0],
  ['2 KB', 8000, 1860],
] as const) {
  const messages = Array.from({ length: documentCount }, (_, i) => account(i, bodyBytes));
  const bytes = new Uint8Array(Buffer.concat(messages));
  let end = 0;
  const ends = Uint32Array.from(messages, (message) => (end += message.length));
  const line = sampleLine(messages[0] ?? new Uint8Array());
  process.stdout.write(
    `${size}: ${Math.round(bytes.length / documentCount)} bytes a document, ${line} as JSON\n`,
  );
  measure(
    {
      'plain copy': () => copyAll(bytes, ends),
      'header only': () => readHeaders(bytes, ends),
      transcode: () => transcodeAll(bytes, ends),
      'exact, without the kernel': () => exactAll(bytes, ends),
      'protobufjs, objects, stringify': () => naive(bytes, ends),
    },
    documentCount,
    bytes.length,
  );
}

function measure(
  contenders: Record<string, () => number>,
  documentCount: number,
  byteCount: number,
): void {
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
    const best = sorted[0] ?? 0;
    const perDocument = (nanoseconds: number) => (nanoseconds / documentCount / 1000).toFixed(3);
    const megabytes = ((byteCount / median) * 1000).toFixed(0);
    process.stdout.write(
      `  ${name.padEnd(32)} ${perDocument(median)} µs a document (best ${perDocument(best)}), ${megabytes} MB/s\n`,
    );
  }
}

/** As much as it takes to have the bytes of each document somewhere else. */
function copyAll(bytes: Uint8Array, ends: Uint32Array): number {
  let start = 0;
  for (const end of ends) {
    copyTarget.set(bytes.subarray(start, end), start);
    start = end;
  }
  return start;
}

function readHeaders(bytes: Uint8Array, ends: Uint32Array): number {
  const header = new DocumentHeader();
  let start = 0;
  for (const end of ends) {
    header.read(bytes, start, end);
    start = end;
  }
  return header.nameEnd;
}

function transcodeAll(bytes: Uint8Array, ends: Uint32Array): number {
  const header = new DocumentHeader();
  const writer = new DocumentWriter();
  let written = 0;
  let start = 0;
  for (const end of ends) {
    header.read(bytes, start, end);
    writer.document(bytes, header, true);
    if (writer.sizeBytes >= batchBytes) {
      const documents = writer.take();
      written += documents.bytes.length;
      giveBlock(documents.bytes);
    }
    start = end;
  }
  return written;
}

/** What a document costs that the kernel leaves. */
function exactAll(bytes: Uint8Array, ends: Uint32Array): number {
  const header = new DocumentHeader();
  const out = new ByteWriter();
  let written = 0;
  let start = 0;
  for (const end of ends) {
    header.read(bytes, start, end);
    out.truncate(0);
    writeExactLine(bytes, header, true, out);
    written += out.length;
    start = end;
  }
  return written;
}

function sampleLine(message: Uint8Array): number {
  const header = new DocumentHeader();
  const writer = new DocumentWriter();
  header.read(message, 0, message.length);
  writer.document(message, header, true);
  return writer.sizeBytes;
}

type Plain = null | boolean | number | string | Plain[] | { [name: string]: Plain };

interface Decoded {
  readonly name: string;
  readonly fields: Record<string, DecodedValue>;
  readonly createTime: { readonly seconds: number };
  readonly updateTime: { readonly seconds: number };
}

interface DecodedValue {
  readonly stringValue?: string;
  readonly integerValue?: { toNumber(): number };
  readonly doubleValue?: number;
  readonly booleanValue?: boolean;
  readonly timestampValue?: { readonly seconds: { toNumber(): number } };
  readonly mapValue?: { readonly fields: Record<string, DecodedValue> };
  readonly arrayValue?: { readonly values: DecodedValue[] };
}

function naive(bytes: Uint8Array, ends: Uint32Array): number {
  const type = messageType('Document');
  let written = 0;
  let start = 0;
  for (const end of ends) {
    const decoded: unknown = type.decode(bytes.subarray(start, end));
    // What its type makes of the documents of this bench.
    const { name, fields, createTime, updateTime } = decoded as Decoded;
    const line = { _meta: { name, createTime, updateTime }, ...plainFields(fields) };
    written += JSON.stringify(line).length;
    start = end;
  }
  return written;
}

function plainFields(fields: Record<string, DecodedValue>): { [name: string]: Plain } {
  const plain: { [name: string]: Plain } = {};
  for (const [name, value] of Object.entries(fields)) plain[name] = plainValue(value);
  return plain;
}

/** Only what the documents of this bench have. */
function plainValue(value: DecodedValue): Plain {
  if (Object.hasOwn(value, 'stringValue')) return value.stringValue ?? '';
  if (Object.hasOwn(value, 'integerValue')) return value.integerValue?.toNumber() ?? 0;
  if (Object.hasOwn(value, 'doubleValue')) return value.doubleValue ?? 0;
  if (Object.hasOwn(value, 'booleanValue')) return value.booleanValue ?? false;
  if (Object.hasOwn(value, 'timestampValue')) {
    const milliseconds = (value.timestampValue?.seconds.toNumber() ?? 0) * 1000;
    return new Date(milliseconds).toISOString();
  }
  if (Object.hasOwn(value, 'mapValue')) return plainFields(value.mapValue?.fields ?? {});
  if (Object.hasOwn(value, 'arrayValue')) return value.arrayValue?.values.map(plainValue) ?? [];
  return null;
}

/** A document with nine fields, and with about `bodyBytes` of text and numbers more. */
function account(index: number, bodyBytes: number): Uint8Array {
  const id = Buffer.from(String(index * 7919))
    .toString('base64url')
    .padEnd(20, 'x');
  const text = (value: string): Value => ({ is: 'string', value });
  const integer = (value: number): Value => ({ is: 'integer', value: BigInt(value) });
  const seconds = 1_700_000_000 + index * 61;
  const time = { seconds, nanos: ((index * 7919) % 1_000_000) * 1000 };
  const fields: (readonly [string, Value])[] = [
    ['name', text(`Customer ${index}`)],
    ['email', text(`customer${index}@example.com`)],
    ['age', integer(18 + (index % 70))],
    ['balance', { is: 'double', value: ((index * 37) % 1_000_000) / 100 }],
    ['active', { is: 'boolean', value: index % 3 > 0 }],
    ['created', { is: 'timestamp', value: time }],
    ['tags', { is: 'array', values: [text('alpha'), text(index % 2 > 0 ? 'beta' : 'gamma')] }],
    [
      'address',
      {
        is: 'map',
        fields: [
          ['city', text('Zürich')],
          ['zip', integer(8000 + (index % 99))],
        ],
      },
    ],
    ['visits', integer(index * 1013)],
  ];
  const line = 'Carefully final deposits sleep "quickly" among the ironic accounts. ';
  for (let part = 0; part * 155 < bodyBytes; part++) {
    const readings: Value[] = [index % 97, (index % 1009) / 8, 20 + (index % 400) / 10].map(
      (value) => ({ is: 'double', value }),
    );
    fields.push([`note${part}`, text(line.slice(0, 40 + ((index + part) % 28)))]);
    fields.push([`readings${part}`, { is: 'array', values: readings }]);
    fields.push([`state${part}`, text(['open', 'closed', 'pending'][index % 3] ?? '')]);
  }
  const name = `projects/bench-project/databases/(default)/documents/users/${id}`;
  return encodeDocument({ name, fields, createTime: time, updateTime: time });
}
