import { writeFile } from 'node:fs/promises';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import * as fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { magic, ParquetWriter } from './index.ts';
import type { ColumnType, Page, ParquetColumn } from './index.ts';

const folder = mkdtempSync(join(tmpdir(), 'fairlead-parquet-'));
let instance: DuckDBInstance;
let connection: DuckDBConnection;
let files = 0;

beforeAll(async () => {
  instance = await DuckDBInstance.create();
  connection = await instance.connect();
  await connection.run("SET TimeZone = 'UTC'");
});

afterAll(() => {
  connection.closeSync();
  instance.closeSync();
  rmSync(folder, { recursive: true });
});

describe('DuckDB reads', () => {
  test.each<[ColumnType, string, (number | bigint | string | boolean)[], string[]]>([
    ['boolean', 'BOOLEAN', [true, false, true], ['true', 'false', 'true']],
    ['int32', 'INTEGER', [0, -1, 2 ** 31 - 1], ['0', '-1', '2147483647']],
    ['int64', 'BIGINT', [0n, -(2n ** 63n), 7n], ['0', '-9223372036854775808', '7']],
    ['double', 'DOUBLE', [0.1, -0, 5e-324], ['0.1', '-0.0', '5e-324']],
    ['date', 'DATE', [0, -719_162, 2_932_896], ['1970-01-01', '0001-01-01', '9999-12-31']],
    [
      'timestamp',
      'TIMESTAMP WITH TIME ZONE',
      [0n, 1_709_251_199_123_456n],
      ['1970-01-01 00:00:00+00', '2024-02-29 23:59:59.123456+00'],
    ],
    ['text', 'VARCHAR', ['', 'a', 'é😀\u0000'], ['', 'a', 'é😀\u0000']],
    ['json', 'JSON', ['{"a":1}', '"x"'], ['{"a":1}', '"x"']],
  ])('%s as %s', async (type, sqlType, values, expected) => {
    const writer = new ParquetWriter([{ name: 'v', type }]);
    writer.add(0, pageOf(type, [...values, null]));
    const path = await save([...writer.endRowGroup()], writer);
    expect(await rows(`SELECT column_type FROM (DESCRIBE FROM read_parquet('${path}'))`)).toEqual([
      [sqlType],
    ]);
    const found = await rows(`SELECT CAST(v AS VARCHAR) FROM read_parquet('${path}')`);
    expect(found.flat()).toEqual([...expected, null]);
  });

  test('any pages, row groups and nulls', async () => {
    const value = fc.option(fc.string({ unit: 'binary', maxLength: 40 }));
    const pages = fc.array(fc.array(value, { minLength: 1, maxLength: 40 }), {
      minLength: 1,
      maxLength: 4,
    });
    await fc.assert(
      fc.asyncProperty(fc.array(pages, { maxLength: 4 }), async (groups) => {
        const writer = new ParquetWriter(columns(2));
        const parts: Uint8Array[] = [];
        for (const group of groups) {
          for (const page of group) writer.add(0, pageOf('text', page));
          // The pages of the other column are others.
          writer.add(1, pageOf('text', group.flat()));
          parts.push(...writer.endRowGroup().map((part) => part.slice()));
        }
        const found = await rows(`FROM read_parquet('${await save(parts, writer)}')`);
        expect(found).toEqual(groups.flat(2).map((text) => [text, text]));
      }),
      { numRuns: 60 },
    );
  });

  test.each([
    { what: 'one', distinct: 1 },
    { what: 'a few', distinct: 40 },
    { what: 'as many as a dictionary takes', distinct: 256 },
    { what: 'more than that', distinct: 400 },
  ])('$what of different texts, with nulls', async ({ distinct }) => {
    for (const length of [0, 7, 8, 100]) {
      const text = (i: number) => `${(i * 7919) % distinct}`.padEnd(length, 'é');
      const page = (from: number, count: number) =>
        Array.from({ length: count }, (_, i) => (i % 11 === 3 ? null : text(from + i)));
      const groups = [
        [page(0, 33), page(33, 900), [null, null], page(7, 1)],
        [page(500, 12), page(12, 300)],
      ];
      const writer = new ParquetWriter(columns(1));
      const parts: Uint8Array[] = [];
      for (const group of groups) {
        for (const texts of group) writer.add(0, pageOf('text', texts));
        parts.push(...writer.endRowGroup().map((part) => part.slice()));
      }
      const found = await rows(`FROM read_parquet('${await save(parts, writer)}')`);
      expect(found.flat()).toEqual(groups.flat(2));
    }
  });

  test('texts that come again are written once', () => {
    const long = 'x'.repeat(1000);
    const writer = new ParquetWriter(columns(1));
    writer.add(
      0,
      pageOf(
        'text',
        Array.from({ length: 500 }, (_, i) => `${i % 3}${long}`),
      ),
    );
    expect(writer.sizeBytes).toBeLessThan(4_000);
  });

  test('many rows of many columns', async () => {
    const count = 300;
    const writer = new ParquetWriter(columns(count));
    const texts = Array.from({ length: 20_000 }, (_, i) => (i % 5 === 0 ? null : `value ${i}`));
    for (let column = 0; column < count; column++) writer.add(column, pageOf('text', texts));
    expect(writer.sizeBytes).toBeGreaterThan(count * 200_000);
    const path = await save([...writer.endRowGroup()], writer);
    const [first] = await rows(
      `SELECT count(*), count(c0), max(c299) FROM read_parquet('${path}')`,
    );
    expect(first).toEqual(['20000', '16000', 'value 9999']);
  });

  test('a file without rows', async () => {
    const writer = new ParquetWriter(columns(1));
    expect(writer.endRowGroup()).toEqual([]);
    expect(await rows(`FROM read_parquet('${await save([], writer)}')`)).toEqual([]);
  });
});

test('a writer makes one file after another, and may forget what it began', async () => {
  const writer = new ParquetWriter(columns(1));
  for (const text of ['a', 'b']) {
    writer.add(0, pageOf('text', ['forgotten']));
    writer.endRowGroup();
    writer.add(0, pageOf('text', ['forgotten']));
    writer.clear();
    expect(writer.sizeBytes).toBe(0);
    writer.add(0, pageOf('text', [text]));
    const path = await save([...writer.endRowGroup()], writer);
    expect(await rows(`FROM read_parquet('${path}')`)).toEqual([[text]]);
  }
});

test('columns of different lengths are a mistake', () => {
  const writer = new ParquetWriter(columns(2));
  writer.add(0, pageOf('text', ['a']));
  expect(() => writer.endRowGroup()).toThrow('different numbers of rows');
});

function columns(count: number): ParquetColumn[] {
  return Array.from({ length: count }, (_, i) => ({ name: `c${i}`, type: 'text' }));
}

async function save(parts: readonly Uint8Array[], writer: ParquetWriter): Promise<string> {
  const path = join(folder, `${files++}.parquet`);
  await writeFile(path, Buffer.concat([magic, ...parts, writer.endFile()]));
  return path;
}

async function rows(sql: string): Promise<unknown[][]> {
  return (await connection.runAndReadAll(sql)).getRowsJson();
}

function pageOf(
  type: ColumnType,
  values: readonly (number | bigint | string | boolean | null)[],
): Page {
  const validity = new Uint8Array(Math.ceil(values.length / 8));
  for (const [i, value] of values.entries()) {
    if (value !== null) validity[i >> 3] = (validity[i >> 3] ?? 0) | (1 << (i & 7));
  }
  const some = values.filter((value) => value !== null);
  return {
    rowCount: values.length,
    nullCount: values.length - some.length,
    validity,
    values: encode(type, some),
  };
}

function encode(
  type: ColumnType,
  values: readonly (number | bigint | string | boolean)[],
): Uint8Array {
  switch (type) {
    case 'boolean': {
      const bits = new Uint8Array(Math.ceil(values.length / 8));
      for (const [i, value] of values.entries()) {
        if (value === true) bits[i >> 3] = (bits[i >> 3] ?? 0) | (1 << (i & 7));
      }
      return bits;
    }
    case 'int32':
    case 'date':
      return new Uint8Array(Int32Array.from(values, Number).buffer);
    case 'int64':
    case 'timestamp':
      return new Uint8Array(BigInt64Array.from(values, BigInt).buffer);
    case 'double':
      return new Uint8Array(Float64Array.from(values, Number).buffer);
    case 'text':
    case 'json':
      return Buffer.concat(
        values.flatMap((value) => {
          const bytes = Buffer.from(String(value));
          return [new Uint8Array(Uint32Array.of(bytes.length).buffer), bytes];
        }),
      );
  }
}
