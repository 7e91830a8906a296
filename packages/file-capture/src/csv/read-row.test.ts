import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { CsvDialect } from './csv-dialect.ts';
import { readRow, rowCodes } from './read-row.ts';
import { referenceDecode } from './reference.ts';

const dialects: fc.Arbitrary<CsvDialect> = fc.record({
  delimiter: fc.constantFrom(',', ';', '\t'),
  quote: fc.constantFrom('"', "'", null),
  escape: fc.constantFrom(null, '\\'),
  terminator: fc.constantFrom('any', 'lf', 'cr', 'record-separator'),
  comment: fc.constantFrom(null, '#'),
  skipLines: fc.constant(0),
  header: fc.constant(false),
});

const text = fc.string({
  unit: fc.constantFrom(',', ';', '\t', '"', "'", '\n', '\r', '\\', '#', '\x1e', 'a', 'b', ' '),
  maxLength: 40,
});

test('a sample is cut as the decoder cuts the file', () => {
  fc.assert(
    fc.property(text, dialects, (sample, dialect) => {
      const rows: (readonly string[])[] = [];
      let at = 0;
      for (;;) {
        const row = readRow(sample, at, rowCodes(dialect));
        if (row === undefined) break;
        at = row.end;
        if (row.clean) rows.push(row.fields.map((field) => field.text));
      }
      const settings = { dialect, columns: [], extraFields: 'keep', onBadRow: 'skip' } as const;
      const { lines } = referenceDecode(Buffer.from(sample), settings);
      expect(rows).toEqual(lines.map((line) => (JSON.parse(line) as { _extra: string[] })._extra));
    }),
    { numRuns: 5_000 },
  );
});

const dialect: CsvDialect = {
  delimiter: ',',
  quote: '"',
  escape: null,
  terminator: 'any',
  comment: null,
  skipLines: 0,
  header: false,
};

test.each([
  { sample: 'a,b\nc', row: { start: 0, end: 4, ended: true, open: false, clean: true } },
  { sample: '\n\na,b', row: { start: 2, end: 5, ended: false, open: false, clean: true } },
  { sample: '"a"b\n', row: { start: 0, end: 5, ended: true, open: false, clean: false } },
  { sample: 'a,"b\n', row: { start: 0, end: 5, ended: false, open: true, clean: false } },
])('$sample is read as $row', ({ sample, row }) => {
  expect(readRow(sample, 0, rowCodes(dialect))).toMatchObject(row);
});
