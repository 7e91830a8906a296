import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import {
  lineitemColumns,
  lineitemCsv,
  lineitemDocuments,
  lineitemKey,
  writeLineitem,
} from './lineitem.ts';
import { tempFolder } from './temp-folder.ts';

const names = lineitemColumns.map(({ name }) => name);

test('rows of both forms hold the same values', () => {
  const [header, ...rows] = parseCsv(text(lineitemCsv({ rows: 2_000 })));
  expect(header).toEqual(names);
  const documents = lines({ rows: 2_000 }).map((line) => JSON.parse(line));
  expect(documents).toHaveLength(2_000);
  documents.forEach((document, row) => {
    expect(Object.keys(document)).toEqual(names);
    Object.values(document).forEach((value, column) => {
      const cell = rows[row]?.[column];
      expect(typeof value === 'number' ? Number(cell) : cell).toBe(value);
    });
  });
});

test('there are nulls, quotes, commas, line breaks and other scripts', () => {
  const csv = text(lineitemCsv({ rows: 2_000 }));
  for (const part of [
    ',,',
    '""quick',
    ', two,',
    '\r\nsecond',
    'line\nsecond',
    '北京',
    '🚢',
    '\\',
  ]) {
    expect(csv).toContain(part);
  }
});

test('keys are unique', () => {
  const seen = new Set(
    lines({ rows: 5_000 }).map((line) => {
      const document = JSON.parse(line);
      return lineitemKey.map((name) => document[name]).join('/');
    }),
  );
  expect(seen.size).toBe(5_000);
});

test('numbers keep two digits after the point', () => {
  for (const line of lines({ rows: 500 })) {
    expect(line).toMatch(/"l_extendedprice":\d+\.\d\d,"l_discount":0\.(0\d|10),"l_tax":0\.0\d,/);
  }
});

describe('a row', () => {
  test('does not depend on where the rows begin', () => {
    expect(lines({ from: 4_321, rows: 10 })).toEqual(lines({ rows: 4_331 }).slice(4_321));
  });

  test('depends on the seed', () => {
    expect(lines({ rows: 10, seed: 2 })).not.toEqual(lines({ rows: 10 }));
  });
});

test('documents come in batches of about 1 MiB that end with whole lines', () => {
  const batches = [...lineitemDocuments({ rows: 10_000 })];
  expect(batches.length).toBeGreaterThan(2);
  for (const { bytes, ends } of batches) {
    expect(bytes.length).toBeLessThanOrEqual(1 << 20);
    expect(ends.at(-1)).toBe(bytes.length);
    for (const end of ends) expect(bytes[end - 1]).toBe(0x0a);
  }
});

describe('a file', () => {
  test.each(['csv', 'jsonl'] as const)('of %s has as many rows as asked for', async (format) => {
    await using folder = await tempFolder();
    const path = folder.join('rows');
    expect(await writeLineitem(path, { format, rows: 4_000 })).toBe(4_000);
    const expected =
      format === 'csv' ? text(lineitemCsv({ rows: 4_000 })) : lines({ rows: 4_000 }).join('');
    expect(await readFile(path, 'utf8')).toBe(expected);
  });

  test('ends with the row that makes it large enough', async () => {
    await using folder = await tempFolder();
    const path = folder.join('rows.jsonl');
    const rows = await writeLineitem(path, { format: 'jsonl', sizeBytes: 2_500_000 });
    const written = await readFile(path, 'utf8');
    expect(written).toBe(lines({ rows }).join(''));
    expect(Buffer.byteLength(written)).toBeGreaterThanOrEqual(2_500_000);
    expect(Buffer.byteLength(lines({ rows: rows - 1 }).join(''))).toBeLessThan(2_500_000);
  });
});

function text(pieces: Iterable<Uint8Array>): string {
  return Buffer.concat([...pieces]).toString('utf8');
}

function lines(options: { rows: number; from?: number; seed?: number }): string[] {
  return [...lineitemDocuments(options)].flatMap(({ bytes }) =>
    Buffer.from(bytes)
      .toString('utf8')
      .split(/(?<=\n)/),
  );
}

/** Rows of cells; null where there is nothing at all between two commas. */
function parseCsv(csv: string): (string | null)[][] {
  const rows: (string | null)[][] = [];
  let row: (string | null)[] = [];
  const cell = /("(?:[^"]|"")*"|[^",\r\n]*)(,|\n)/gy;
  for (const [, raw = '', stop] of csv.matchAll(cell)) {
    const value = raw.startsWith('"') ? raw.slice(1, -1).replaceAll('""', '"') : raw;
    row.push(raw === '' ? null : value);
    if (stop === ',') continue;
    rows.push(row);
    row = [];
  }
  return rows;
}
