// Rows a second of the CSV decoder, of a loop over bytes in JavaScript, and of copying the file.
// Run: npx tsx --conditions=source packages/file-capture/bench/csv.bench.ts [megabytes] [rounds]
import { createCsvDecoder, detectDialect, guessTypes } from '../src/csv/index.ts';
import type { CsvColumn, CsvDialect } from '../src/csv/index.ts';

const megabytes = Number(process.argv[2] ?? 100);
const rounds = Number(process.argv[3] ?? 5);
const chunkBytes = 1024 * 1024;

const header = [
  ...['l_orderkey', 'l_partkey', 'l_suppkey', 'l_linenumber', 'l_quantity', 'l_extendedprice'],
  ...['l_discount', 'l_tax', 'l_returnflag', 'l_linestatus', 'l_shipdate', 'l_commitdate'],
  ...['l_receiptdate', 'l_shipinstruct', 'l_shipmode', 'l_comment'],
];

const file = lineitem(megabytes * 1e6);
const { dialect, names, rows } = detectDialect(file.subarray(0, 65_536));
const columns = guessTypes(names, rows);
const rowCount = decodeAll(file, dialect, columns).rows;
const ways = {
  decoder: () => decodeAll(file, dialect, columns),
  'decoder, member': () => decodeAll(file, dialect, columns, '{"file":"lineitem.csv","offset":'),
  'byte loop': () => byteLoop(file, columns),
  copy: () => copyAll(file),
};

console.log(`${rowCount} rows of ${(file.length / rowCount).toFixed(0)} bytes`);
console.log(columns.map(({ name, type }) => `${name}: ${type}`).join(', '));
const times = new Map(Object.keys(ways).map((name) => [name, [] as number[]]));
for (let round = 0; round < rounds; round++) {
  for (const [name, run] of Object.entries(ways)) {
    const cpu = process.cpuUsage();
    run();
    const { user, system } = process.cpuUsage(cpu);
    times.get(name)?.push(user + system);
  }
}
for (const [name, micros] of times) {
  micros.sort((a, b) => a - b);
  const perRow = (micros[micros.length >> 1] ?? 0) / rowCount;
  const best = (micros[0] ?? 0) / rowCount;
  console.log(
    `${name.padEnd(16)} ${perRow.toFixed(3)} µs/row (best ${best.toFixed(3)}), ` +
      `${(1e3 / perRow).toFixed(0)} k rows/s, ${(file.length / rowCount / perRow).toFixed(0)} MB/s`,
  );
}

function decodeAll(
  bytes: Uint8Array,
  dialect: CsvDialect,
  columns: readonly CsvColumn[],
  before?: string,
): { rows: number; bytes: number } {
  const decoder = createCsvDecoder({
    dialect,
    columns,
    ...(before === undefined
      ? {}
      : {
          member: { name: '_meta', before: Buffer.from(before), after: Buffer.from('}'), first: 0 },
        }),
  });
  let at = 0;
  let made = 0;
  while (at < bytes.length) {
    const end = Math.min(at + chunkBytes, bytes.length);
    const { lines, consumed } = decoder.decode(bytes.subarray(at, end), end === bytes.length);
    at += consumed;
    made += lines.bytes.length;
  }
  return { rows: decoder.rowCount, bytes: made };
}

function copyAll(bytes: Uint8Array): number {
  let copied = 0;
  for (let at = 0; at < bytes.length; at += chunkBytes) {
    const chunk = bytes.subarray(at, at + chunkBytes);
    const copy = Buffer.allocUnsafeSlow(chunk.length);
    copy.set(chunk);
    copied += copy.length;
  }
  return copied;
}

/** What one writes first: one byte after another, for this dialect and known types. */
function byteLoop(bytes: Uint8Array, columns: readonly CsvColumn[]): number {
  const prefixes = columns.map(({ name }, i) =>
    Buffer.from(`${i === 0 ? '{' : ','}${JSON.stringify(name)}:`),
  );
  const literal = columns.map(({ type }) => type !== 'string');
  const out = Buffer.allocUnsafeSlow(2 * chunkBytes);
  let total = 0;
  let d = 0;
  let s = bytes.indexOf(10) + 1;
  while (s < bytes.length) {
    if (d > chunkBytes) {
      total += d;
      Buffer.allocUnsafeSlow(d).set(out.subarray(0, d));
      d = 0;
    }
    for (let i = 0; i < prefixes.length; i++) {
      const prefix = prefixes[i] ?? out;
      for (let k = 0; k < prefix.length; k++) out[d++] = prefix[k] ?? 0;
      let c = bytes[s] ?? 10;
      if (c === 34) {
        out[d++] = 34;
        for (s++; ; s++) {
          c = bytes[s] ?? 34;
          if (c === 34 && bytes[++s] !== 34) break;
          if (c === 34 || c === 92) out[d++] = 92;
          out[d++] = c;
        }
        out[d++] = 34;
      } else if (c === 44 || c === 10) {
        d += out.write('null', d);
      } else {
        const quoted = literal[i] !== true;
        if (quoted) out[d++] = 34;
        for (; c !== 44 && c !== 10; c = bytes[++s] ?? 10) {
          if (c === 92 || c === 34) out[d++] = 92;
          out[d++] = c;
        }
        if (quoted) out[d++] = 34;
      }
      s++;
    }
    out[d++] = 125;
    out[d++] = 10;
  }
  return total + d;
}

/** About so many bytes of rows like those of TPC-H, some with quotes, commas and backslashes. */
function lineitem(bytes: number): Buffer {
  const words = 'carefully final deposits sleep furiously above the even packages'.split(' ');
  let seed = 1;
  const random = (below: number) => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
    return Math.floor((seed / 2 ** 32) * below);
  };
  const pick = (...of: readonly string[]) => of[random(of.length)] ?? '';
  const day = () =>
    `199${2 + random(7)}-${String(1 + random(12)).padStart(2, '0')}-${String(1 + random(28)).padStart(2, '0')}`;
  const comment = () => {
    const text = Array.from({ length: 2 + random(4) }, () => pick(...words)).join(' ');
    const kind = random(20);
    if (kind === 0) return `"${text}, ""quoted"""`;
    if (kind === 1) return `${text} \\ path`;
    return text;
  };
  const parts: string[] = [`${header.join(',')}\n`];
  const block: string[] = [];
  for (let i = 0; i < 20_000; i++) {
    block.push(
      [
        ...[1 + random(6_000_000), 1 + random(200_000), 1 + random(10_000), 1 + random(7)],
        ...[`${1 + random(50)}.00`, `${900 + random(90_000)}.${10 + random(90)}`],
        ...[`0.0${random(10)}`, `0.0${random(9)}`, pick('R', 'A', 'N'), pick('O', 'F')],
        ...[day(), day(), day()],
        pick('DELIVER IN PERSON', 'COLLECT COD', 'NONE', 'TAKE BACK RETURN'),
        pick('TRUCK', 'MAIL', 'REG AIR', 'SHIP', 'AIR', 'FOB', 'RAIL'),
        comment(),
      ].join(','),
    );
  }
  parts.push(`${block.join('\n')}\n`);
  const [head = Buffer.alloc(0), body = Buffer.alloc(0)] = parts.map((part) => Buffer.from(part));
  const copies = Math.max(1, Math.round(bytes / body.length));
  return Buffer.concat([head, ...Array.from({ length: copies }, () => body)]);
}
