// Rows a second of the CSV decoder, of a loop over bytes in JavaScript, and of copying the file.
// Run: npx tsx --conditions=source packages/file-capture/bench/csv.bench.ts [megabytes] [rounds]
import { createCsvDecoder } from '../src/csv/decode.ts';
import { detectDialect } from '../src/csv/dialect.ts';
import { guessTypes } from '../src/csv/types.ts';

const megabytes = Number(process.argv[2] ?? 100);
const rounds = Number(process.argv[3] ?? 5);
const chunkBytes = 1024 * 1024;

const header =
  'l_orderkey,l_partkey,l_suppkey,l_linenumber,l_quantity,l_extendedprice,l_discount,l_tax,' +
  'l_returnflag,l_linestatus,l_shipdate,l_commitdate,l_receiptdate,l_shipinstruct,l_shipmode,' +
  'l_comment\n';

const file = lineitem(megabytes * 1e6);
const { dialect, names, rows } = detectDialect(file.subarray(0, 65_536));
const columns = guessTypes(names, rows);
const rowCount = decodeAll().rows;
const ways = {
  decoder: () => decodeAll(),
  'decoder, member': () => decodeAll('{"file":"lineitem.csv","offset":'),
  'byte loop': () => byteLoop(),
  copy: () => copyAll(),
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

function decodeAll(before?: string): { rows: number; bytes: number } {
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
  while (at < file.length) {
    const end = Math.min(at + chunkBytes, file.length);
    const { lines, consumed } = decoder.decode(file.subarray(at, end), end === file.length);
    at += consumed;
    made += lines.bytes.length;
  }
  return { rows: decoder.rowCount, bytes: made };
}

function copyAll(): number {
  let copied = 0;
  for (let at = 0; at < file.length; at += chunkBytes) {
    const chunk = file.subarray(at, at + chunkBytes);
    const copy = Buffer.allocUnsafeSlow(chunk.length);
    copy.set(chunk);
    copied += copy.length;
  }
  return copied;
}

/** What one writes first: one byte after another, for this dialect and known types. */
function byteLoop(): number {
  const prefixes = columns.map(({ name }, i) =>
    Buffer.from(`${i === 0 ? '{' : ','}${JSON.stringify(name)}:`),
  );
  const literal = columns.map(({ type }) => type !== 'string');
  const out = Buffer.allocUnsafeSlow(2 * chunkBytes);
  let total = 0;
  let d = 0;
  let s = file.indexOf(10) + 1;
  while (s < file.length) {
    if (d > chunkBytes) {
      total += d;
      Buffer.allocUnsafeSlow(d).set(out.subarray(0, d));
      d = 0;
    }
    for (let i = 0; i < prefixes.length; i++) {
      const prefix = prefixes[i] ?? out;
      for (let k = 0; k < prefix.length; k++) out[d++] = prefix[k] ?? 0;
      let c = file[s] ?? 10;
      if (c === 34) {
        out[d++] = 34;
        for (s++; ; s++) {
          c = file[s] ?? 34;
          if (c === 34 && file[++s] !== 34) break;
          if (c === 34 || c === 92) out[d++] = 92;
          out[d++] = c;
        }
        out[d++] = 34;
      } else if (c === 44 || c === 10) {
        d += out.write('null', d);
      } else {
        const quoted = !(literal[i] ?? false);
        if (quoted) out[d++] = 34;
        for (; c !== 44 && c !== 10; c = file[++s] ?? 10) {
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
  const lines = Array.from({ length: 20_000 }, () => {
    const keys = [6_000_000, 200_000, 10_000, 7].map((most) => 1 + random(most));
    const amounts = `${1 + random(50)}.00,${900 + random(90_000)}.${10 + random(90)}`;
    const shares = `0.0${random(10)},0.0${random(9)}`;
    const flags = `${pick('R', 'A', 'N')},${pick('O', 'F')}`;
    const how = pick('DELIVER IN PERSON', 'COLLECT COD', 'NONE', 'TAKE BACK RETURN');
    const mode = pick('TRUCK', 'MAIL', 'REG AIR', 'SHIP', 'AIR', 'FOB', 'RAIL');
    const days = `${day()},${day()},${day()}`;
    return `${keys.join(',')},${amounts},${shares},${flags},${days},${how},${mode},${comment()}\n`;
  });
  const body = Buffer.from(lines.join(''));
  const copies = Math.max(1, Math.round(bytes / body.length));
  return Buffer.concat([Buffer.from(header), ...Array.from({ length: copies }, () => body)]);
}
