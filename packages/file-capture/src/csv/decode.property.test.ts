import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { createCsvDecoder } from './decode.ts';
import type { CsvDecoderOptions } from './csv-decoder.ts';
import type { CsvDialect } from './csv-dialect.ts';
import { drive } from './drive.ts';
import { referenceDecode } from './reference.ts';
import type { CsvType } from './types.ts';

const plain: CsvDialect = {
  delimiter: ',',
  quote: '"',
  escape: null,
  terminator: 'any',
  comment: null,
  skipLines: 0,
  header: false,
};

const dialects: fc.Arbitrary<CsvDialect> = fc.record({
  delimiter: fc.constantFrom(',', ',', ';', '\t', '|', ' ', '\x01', '\x1f', 'a', '1', '.'),
  quote: fc.constantFrom('"', '"', "'", null),
  escape: fc.constantFrom(null, null, '\\'),
  terminator: fc.constantFrom('any', 'any', 'lf', 'cr', 'record-separator'),
  comment: fc.constantFrom(null, null, '#'),
  skipLines: fc.constant(0),
  header: fc.constant(false),
});

const options: fc.Arbitrary<CsvDecoderOptions> = fc
  .record({
    dialect: dialects,
    types: fc.array(fc.constantFrom<CsvType>('string', 'integer', 'number', 'boolean'), {
      maxLength: 5,
    }),
    nulls: fc.constantFrom([], [], ['NULL'], ['\\N', '0', 'é']),
    extraFields: fc.constantFrom('fail', 'keep'),
    onBadRow: fc.constantFrom('fail', 'skip'),
    maxRowBytes: fc.constantFrom(1, 7, 100, 1000, 1 << 20),
    first: fc.option(fc.constantFrom(0, 9, 98, 999_999, 2 ** 53 - 1000)),
  })
  .map(({ types, first, ...rest }) => ({
    ...rest,
    begins: 'row',
    columns: types.map((type, i) => ({ name: `${'long name '.repeat(i)}"${i}"`, type })),
    ...(first === null
      ? {}
      : {
          member: { name: '_meta', before: Buffer.from('{"n":'), after: Buffer.from('}'), first },
        }),
  }));

const signs = Array.from(',;\t|"\'\n\r\\#\x1e\x1f \0\x01é漢😀a');
const pairs = ['""', '\r\n', '\n\n', ',,', ',"', '",', '"a"', 'NULL', '\\N'];
const literals =
  '0 1 - -0 01 1.5 .5 5. 1e5 1e true TRUE tRue False false 123456789012345 1234567890123456 ' +
  `-12345678901234567.25 ${'x'.repeat(15)} ${'x'.repeat(16)} ${'x'.repeat(31)} ${'x'.repeat(50)}`;

/** Bytes of which most mean something. */
const soup = fc
  .array(
    fc.oneof(
      { weight: 8, arbitrary: fc.constantFrom(...signs, ...pairs) },
      { weight: 4, arbitrary: fc.constantFrom(...literals.split(' ')) },
      { weight: 1, arbitrary: fc.integer({ min: 0, max: 255 }) },
    ),
    { maxLength: 60 },
  )
  .map((parts) =>
    Buffer.concat(
      parts.map((part) => (typeof part === 'number' ? Buffer.of(part) : Buffer.from(part))),
    ),
  );

const cuts = fc.array(fc.nat(600), { maxLength: 8 });

function summary(bytes: Uint8Array, settings: CsvDecoderOptions, at: readonly number[]) {
  const decoder = createCsvDecoder(settings);
  const { lines, failure } = drive(decoder, bytes, at);
  const fault = ({ code, row, offset }: NonNullable<typeof failure>) => ({ code, row, offset });
  return {
    lines,
    skipped: decoder.skipped.first.map(fault),
    ...(failure === undefined ? {} : { failure: fault(failure) }),
  };
}

test('any bytes in any dialect give the documents and errors of the reference', () => {
  fc.assert(
    fc.property(soup, options, cuts, (bytes, settings, at) => {
      expect(summary(bytes, settings, at)).toEqual(referenceDecode(bytes, settings));
    }),
    { numRuns: 10_000 },
  );
});

test('a table that was written as CSV comes back', () => {
  const value = fc.oneof(
    fc.string({ unit: 'grapheme', maxLength: 70 }),
    fc.string({ unit: fc.constantFrom('a', ',', '"', '\n', '\r', '\\', '\t', 'é'), maxLength: 70 }),
    fc.nat(70).map((length) => 'y'.repeat(length)),
  );
  const table = fc.integer({ min: 1, max: 6 }).chain((width) =>
    fc.array(fc.array(fc.tuple(value, fc.boolean()), { minLength: width, maxLength: width }), {
      maxLength: 12,
    }),
  );
  fc.assert(
    fc.property(table, fc.constantFrom('\n', '\r', '\r\n'), cuts, (rows, lineEnd, at) => {
      const text = rows
        .map((row) => row.map(([field, quote]) => written(field, quote)).join(',') + lineEnd)
        .join('');
      const columns = (rows[0] ?? []).map((_, i) => ({ name: `c${i}`, type: 'string' as const }));
      const decoder = createCsvDecoder({ dialect: plain, columns, begins: 'row' });
      const { lines, failure } = drive(decoder, Buffer.from(text), at);
      expect(failure).toBeUndefined();
      expect(lines.map((line) => Object.values(JSON.parse(line) as object))).toEqual(
        rows.map((row) => row.map(([field]) => field)),
      );
    }),
    { numRuns: 1_000 },
  );
});

function written(value: string, quote: boolean): string {
  if (!quote && value !== '' && !/[",\n\r]/.test(value)) return value;
  return `"${value.replaceAll('"', '""')}"`;
}

test.each([
  { name: 'plain', wrap: (text: string) => text },
  { name: 'quoted', wrap: (text: string) => `"${text}"` },
])('$name fields of every length around the borders of vectors', ({ wrap }) => {
  for (const last of ['x', '"', '\\', '\t', 'é', '7']) {
    for (let length = 0; length <= 69; length++) {
      const value = `w${'z'.repeat(length)}${last}`;
      const field = wrap(wrap('') === '' ? value : value.replace('"', '""'));
      for (const end of ['', '\n', '\r\n']) {
        const decoder = createCsvDecoder({
          dialect: plain,
          columns: [
            { name: 'a', type: 'string' },
            { name: 'b', type: 'number' },
            { name: 'c', type: 'string' },
          ],
          begins: 'row',
        });
        const { lines } = drive(decoder, Buffer.from(`${field},1,${field}${end}`), []);
        expect(lines).toEqual([`${JSON.stringify({ a: value, b: 1, c: value })}\n`]);
      }
    }
  }
});

test('numbers of every length around the borders of vectors', () => {
  for (let length = 1; length <= 70; length++) {
    const digits = '1234567890'.repeat(7).slice(0, length);
    const numbers = [digits, `-${digits}`, `${digits}.5`, `0.${digits}`, `${digits}e-7`];
    const text = `${numbers.join(',')}\n"${numbers.join('","')}"\n`;
    const columns = numbers.map((_, i) => ({ name: `c${i}`, type: 'number' as const }));
    const { lines } = drive(
      createCsvDecoder({ dialect: plain, columns, begins: 'row' }),
      Buffer.from(text),
      [],
    );
    const expected = `{${numbers.map((number, i) => `"c${i}":${number}`).join(',')}}\n`;
    expect(lines).toEqual([expected, expected]);
  }
});
