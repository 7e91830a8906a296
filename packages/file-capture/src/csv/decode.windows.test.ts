import { expect, test } from 'vitest';
import { createCsvDecoder } from './decode.ts';
import type { CsvDecoderOptions } from './csv-decoder.ts';
import { documents, drive } from './drive.ts';
import { referenceDecode } from './reference.ts';

const options: CsvDecoderOptions = {
  dialect: {
    delimiter: ',',
    quote: '"',
    escape: null,
    terminator: 'any',
    comment: null,
    skipLines: 0,
    header: false,
  },
  columns: [
    { name: 'id', type: 'integer' },
    { name: 'text', type: 'string' },
    { name: 'price', type: 'number' },
  ],
  member: { name: '_meta', before: Buffer.from('{"n":'), after: Buffer.from('}'), first: 0 },
  begins: 'row',
};

/** Rows of about 60 bytes, some of them bad, some of them of several hundred kilobytes. */
function table(rowCount: number, large: readonly number[] = []): Buffer {
  const rows = Array.from({ length: rowCount }, (_, i) => {
    if (large.includes(i)) return `${i},"${'wide, "" é\n'.repeat(15_000)}",1\n`;
    const text = i % 7 === 0 ? `"say ""${i}"",\nplease"` : 'x'.repeat(i % 61);
    return `${i},${text},${i / 8}${i % 997 === 0 ? ',extra' : ''}${i % 2 === 0 ? '\r\n' : '\n'}`;
  });
  return Buffer.from(rows.join(''));
}

test.each([
  { chunk: 1_000, rows: 3_000, large: [] },
  { chunk: 65_536, rows: 12_000, large: [10_000] },
  { chunk: 1_048_576, rows: 12_000, large: [0, 6_000, 6_001, 11_999] },
  { chunk: 100_000_000, rows: 40_000, large: [500] },
])('chunks of $chunk bytes give what the reference gives', ({ chunk, rows, large }) => {
  const bytes = table(rows, large);
  const cuts = Array.from({ length: Math.floor(bytes.length / chunk) }, (_, i) => (i + 1) * chunk);
  const settings: CsvDecoderOptions = { ...options, onBadRow: 'skip' };
  const decoder = createCsvDecoder(settings);
  const { lines, failure } = drive(decoder, bytes, cuts);
  const expected = referenceDecode(bytes, settings);
  expect(failure).toBeUndefined();
  expect(lines.join('')).toBe(expected.lines.join(''));
  expect(decoder.skipped.count).toBe(expected.skipped.length);
  expect(decoder.rowCount).toBe(rows);
});

test('a call returns about 1 MiB and documents of their own', () => {
  const bytes = table(60_000);
  const decoder = createCsvDecoder({ ...options, extraFields: 'keep' });
  const first = decoder.decode(bytes, true).lines;
  const before = Buffer.from(first.bytes).toString();
  const second = decoder.decode(bytes.subarray(0, 5_000), false).lines;
  expect(first.bytes.length).toBeGreaterThan(1_000_000);
  expect(first.bytes.length).toBeLessThan(1_200_000);
  expect(first.bytes.buffer.byteLength).toBeLessThan(first.bytes.length + 256 * 1024);
  expect(second.bytes.buffer).not.toBe(first.bytes.buffer);
  expect(Buffer.from(first.bytes).toString()).toBe(before);
});

test('many empty rows are cut into calls too', () => {
  const bytes = Buffer.from(',\n'.repeat(200_000));
  const decoder = createCsvDecoder({
    ...options,
    columns: [
      { name: '', type: 'string' },
      { name: 'b', type: 'string' },
    ],
  });
  const { lines } = drive(decoder, bytes, []);
  expect(lines.length).toBe(200_000);
  expect(lines.at(-1)).toBe('{"_meta":{"n":199999},"":null,"b":null}\n');
});

test('long names fit, however empty the rows', () => {
  const columns = Array.from({ length: 400 }, (_, i) => ({
    name: `${'long '.repeat(100)}${i}`,
    type: 'string' as const,
  }));
  const decoder = createCsvDecoder({ ...options, columns });
  const { lines } = drive(decoder, Buffer.from(`${','.repeat(399)}\n`.repeat(20)), []);
  const row = Object.fromEntries(columns.map(({ name }) => [name, null]));
  expect(lines.map((line) => JSON.parse(line))).toEqual(
    Array.from({ length: 20 }, (_, n) => ({ _meta: { n }, ...row })),
  );
});

test('every byte of a large row may be escaped', () => {
  const bytes = Buffer.concat([Buffer.from('1,"'), Buffer.alloc(3_000_000), Buffer.from('",2\n')]);
  const { lines } = drive(createCsvDecoder(options), bytes, []);
  expect(lines).toEqual([
    `{"_meta":{"n":0},"id":1,"text":"${'\\u0000'.repeat(3_000_000)}","price":2}\n`,
  ]);
});

test('a row of many chunks is read when twice as many bytes are there, not with each', () => {
  const row = Buffer.from(`1,"${'x'.repeat(6_000_000)}",2\n`);
  const decoder = createCsvDecoder(options);
  expect(decoder.decode(row.subarray(0, 1_500_000), false).consumed).toBe(0);
  // Not whole yet by what the decoder knows, although it is.
  expect(decoder.decode(row.subarray(0, 2_900_000), false).consumed).toBe(0);
  expect(decoder.decode(row.subarray(0, 3_000_000), false).consumed).toBe(0);
  const { lines, consumed } = decoder.decode(row, false);
  expect(consumed).toBe(row.length);
  expect(lines.ends).toEqual(Uint32Array.of(lines.bytes.length));
});

test('the end of the file is never awaited', () => {
  const row = Buffer.from(`1,"${'x'.repeat(1_500_000)}",2`);
  const decoder = createCsvDecoder(options);
  expect(decoder.decode(row, false).consumed).toBe(0);
  expect(decoder.decode(row, true).consumed).toBe(row.length);
});

test('decoders may take turns', () => {
  const bytes = table(2_000);
  const wide = createCsvDecoder({ ...options, extraFields: 'keep' });
  const narrow = createCsvDecoder({
    ...options,
    dialect: { ...options.dialect, delimiter: '|', quote: null },
    columns: [{ name: 'line', type: 'string' }],
  });
  const alone = drive(createCsvDecoder({ ...options, extraFields: 'keep' }), bytes, []).lines;
  const lines: string[] = [];
  let at = 0;
  while (at < bytes.length) {
    const { lines: some, consumed } = wide.decode(
      bytes.subarray(at, at + 3_000),
      at + 3_000 >= bytes.length,
    );
    lines.push(...documents(some));
    at += consumed;
    expect(documents(narrow.decode(Buffer.from('a,"b\n'), false).lines)[0]).toContain(
      '"line":"a,\\"b"',
    );
  }
  expect(lines).toEqual(alone);
});
