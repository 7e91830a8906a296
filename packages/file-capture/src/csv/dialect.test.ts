import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createCsvDecoder } from './decode.ts';
import { detectDialect, sampleBytes } from './dialect.ts';
import type { CsvDialectHints } from './dialect.ts';
import { drive } from './drive.ts';

function detect(text: string, hints?: CsvDialectHints) {
  const { dialect, names, rows } = detectDialect(Buffer.from(text), hints);
  return { ...dialect, names, rows: rows.map((row) => row.map((field) => field.text)) };
}

describe('delimiters', () => {
  test.each([
    { what: 'commas', text: 'a,b\n1,2\n', delimiter: ',', names: ['a', 'b'] },
    { what: 'semicolons', text: 'a;b\n1;2\n', delimiter: ';', names: ['a', 'b'] },
    { what: 'tabs', text: 'a\tb\n1\t2\n', delimiter: '\t', names: ['a', 'b'] },
    { what: 'pipes', text: 'a|b\n1|2\n', delimiter: '|', names: ['a', 'b'] },
    {
      what: 'semicolons between decimal commas',
      text: 'a;b\n1,5;2,5\n3,5;4,5\n',
      delimiter: ';',
      names: ['a', 'b'],
    },
    {
      what: 'semicolons between decimal commas, without a header',
      text: '1,5;2,5;3\n2,5;3,5;4\n',
      delimiter: ';',
      names: ['column_1', 'column_2', 'column_3'],
    },
    {
      what: 'tabs between texts with commas',
      text: 'id\ttext\n1\tone, two, three\n2\tfour, five\n',
      delimiter: '\t',
      names: ['id', 'text'],
    },
    {
      what: 'commas around quoted semicolons',
      text: 'a,b\n"1;2;3",x\n"4;5;6",y\n',
      delimiter: ',',
      names: ['a', 'b'],
    },
    {
      what: 'commas in rows of uneven length',
      text: 'a,b,c\n1,2\n1,2,3\n1\n1,2\n',
      delimiter: ',',
      names: ['a', 'b', 'c'],
    },
    {
      what: 'commas with one more in each row than in the header',
      text: 'a,b\n1,2,\n3,4,\n',
      delimiter: ',',
      names: ['a', 'b'],
    },
    { what: 'either, equally often', text: 'a,b;c\nd,e;f\n', delimiter: ',', names: ['a', 'b;c'] },
  ])('$what', ({ text, delimiter, names }) => {
    expect(detect(text)).toMatchObject({ delimiter, names, quote: '"' });
  });

  test.each([
    { what: 'no delimiter', text: 'name\nx\ny\n', delimiter: ',', rows: [['x'], ['y']] },
    {
      what: 'commas in some values',
      text: 'name\nDoe, John\nRoe\n',
      delimiter: ';',
      rows: [['Doe, John'], ['Roe']],
    },
    {
      what: 'all of them',
      text: 'name\na,b;c\td|e\n',
      delimiter: '\x1f',
      rows: [['a,b;c\td|e']],
    },
    {
      what: 'quoted commas in all values',
      text: '"name, first"\n"Doe, John"\n"Roe, Jane"\n',
      delimiter: ',',
      rows: [['Doe, John'], ['Roe, Jane']],
    },
  ])('one column with $what stays one', ({ text, delimiter, rows }) => {
    const found = detect(text);
    expect(found).toMatchObject({ delimiter, rows });
    expect(found.names.length).toBe(1);
  });
});

describe('quotes', () => {
  test.each([
    { what: 'are double when there are none', text: 'a,b\nc,d\n', quote: '"' },
    { what: 'may be single', text: "'a','b'\n'c, d','e'\n", quote: "'" },
    { what: 'are not single because of apostrophes', text: "a,b\n'tis,x\ndon't,y\n", quote: '"' },
    { what: 'may be double around single ones', text: '"a","b"\n"\'c","d\'"\n', quote: '"' },
    { what: 'are none when they are never closed', text: '"5,3\n"6,4\n', quote: null },
    {
      what: 'are double in spite of one bad row',
      text: `"a","b"\n${'"c","d"\n'.repeat(9)}"e"f,"g"\n`,
      quote: '"',
    },
    { what: 'are double in spite of one that is open', text: 'a,b\n1,2\n"x,2\n', quote: '"' },
    { what: 'may hold line ends', text: 'a,b\n1,"x\ny, z"\n2,"u\nv"\n', quote: '"' },
  ])('$what', ({ text, quote }) => {
    expect(detect(text)).toMatchObject({ quote, delimiter: ',' });
    expect(detect(text).names.length).toBe(2);
  });
});

describe('headers and names', () => {
  test.each([
    { text: 'id,name\n1,x\n', header: true, names: ['id', 'name'], rows: [['1', 'x']] },
    {
      text: '1,x\n2,y\n',
      header: false,
      names: ['column_1', 'column_2'],
      rows: [
        ['1', 'x'],
        ['2', 'y'],
      ],
    },
    {
      text: 'id,,id\n1,x,y\n',
      header: true,
      names: ['id', 'column_2', 'id_2'],
      rows: [['1', 'x', 'y']],
    },
    {
      text: '1,2\n3,4,5\n',
      header: false,
      names: ['column_1', 'column_2', 'column_3'],
      rows: [
        ['1', '2'],
        ['3', '4', '5'],
      ],
    },
    { text: '\ufeffid,n\n1,2\n', header: true, names: ['id', 'n'], rows: [['1', '2']] },
    { text: 'größe,漢\n1,é\n', header: true, names: ['größe', '漢'], rows: [['1', 'é']] },
    { text: '', header: false, names: [], rows: [] },
    { text: '\n\n', header: false, names: [], rows: [] },
  ])('$text', ({ text, header, names, rows }) => {
    expect(detect(text)).toMatchObject({ header, names, rows });
  });

  test.each([
    { hints: { header: 'present' }, header: true, names: ['1', '2'] },
    { hints: { header: 'absent' }, header: false, names: ['column_1', 'column_2'] },
    { hints: { columns: ['a', 'b'] }, header: false, names: ['a', 'b'] },
    { hints: { columns: ['1', '2'] }, header: true, names: ['1', '2'] },
    { hints: { columns: ['a', 'b'], header: 'present' }, header: true, names: ['a', 'b'] },
    { hints: { columns: ['1', '2'], header: 'absent' }, header: false, names: ['1', '2'] },
    { hints: { header: 'present', reserved: ['2'] }, header: true, names: ['1', '2_2'] },
  ] as const)('$hints', ({ hints, header, names }) => {
    expect(detect('1,2\n3,4\n', hints)).toMatchObject({ header, names });
  });
});

describe('what is given is not detected', () => {
  test.each([
    { hints: { delimiter: ';' }, text: 'a,b;c\nd,e;f\n', names: ['a,b', 'c'] },
    { hints: { delimiter: ' ' }, text: 'a,b c\nd,e f\n', names: ['a,b', 'c'] },
    { hints: { delimiter: ',', quote: null }, text: '"a,b"\n"c,d"\n', names: ['"a', 'b"'] },
    { hints: { quote: "'" }, text: '"a,b"\n"c,d"\n', names: ['"a', 'b"'] },
    { hints: { escape: '\\' }, text: 'a\\,b,c\nd\\,e,f\n', names: ['a,b', 'c'] },
    { hints: { terminator: 'record-separator' }, text: 'a,b\x1ec,"\n"\x1e', names: ['a', 'b'] },
    { hints: { skipLines: 2 }, text: 'x;y;z\r\n"\r\na,b\r\n1,2\r\n', names: ['a', 'b'] },
    { hints: { comment: '#' }, text: '# x;y\na,b\n1,2\n', names: ['a', 'b'] },
  ] as const)('$hints', ({ hints, text, names }) => {
    expect(detect(text, hints)).toMatchObject({ ...hints, names });
  });

  test('columns without a name for each field make one column, if but one is named', () => {
    expect(detect('a,b\nc,d\n', { columns: ['all'] })).toMatchObject({
      delimiter: ';',
      rows: [['a,b'], ['c,d']],
    });
  });

  test('contradictions are refused', () => {
    expect(() => detect('a,b\n', { quote: ',', delimiter: ',' })).toThrow(RangeError);
  });
});

describe('samples', () => {
  test('a row that is cut off does not count', () => {
    expect(detect('id,n\n1,2\n3', { whole: false }).rows).toEqual([['1', '2']]);
    expect(detect('id,n\n1,2\n3', { whole: true }).rows).toEqual([['1', '2'], ['3']]);
    expect(detect('id,n\n1,2\n3').rows).toEqual([['1', '2'], ['3']]);
  });

  test('a full sample is not the whole file', () => {
    const line = 'some,words\n';
    const text = `id,n\n${line.repeat(sampleBytes)}`.slice(0, sampleBytes);
    const { rows, delimiter } = detect(text);
    expect(delimiter).toBe(',');
    expect(rows.every((row) => row.join() === 'some,words')).toBe(true);
    expect(rows.length).toBe(Math.floor((sampleBytes - 5) / line.length));
  });

  test('a first row that does not end in the sample is refused', () => {
    expect(() => detect(`"a${'b'.repeat(100)}`, { whole: false })).toThrow(
      new RangeError('the first row does not end in 102 bytes'),
    );
  });

  test('any bytes give a dialect that the decoder takes', () => {
    const bytes = fc.array(
      fc.oneof(
        fc.constantFrom(...Buffer.from(',;\t|"\'\n\r#a1')),
        fc.integer({ min: 0, max: 255 }),
      ),
      { maxLength: 80 },
    );
    fc.assert(
      fc.property(bytes, (sample) => {
        const { dialect, names, rows } = detectDialect(Uint8Array.from(sample), { whole: true });
        const columns = names.map((name) => ({ name, type: 'string' as const }));
        const decoder = createCsvDecoder({
          dialect,
          columns,
          onBadRow: 'skip',
          extraFields: 'keep',
        });
        const { failure } = drive(decoder, Uint8Array.from(sample), []);
        const expected = failure === undefined ? rows.length : 0;
        expect({ row: failure?.row ?? 0, count: decoder.rowCount }).toEqual({
          row: 0,
          count: expected,
        });
      }),
      { numRuns: 2_000 },
    );
  });

  test('a written table is found again', () => {
    const value = fc.oneof(
      fc.string({ unit: fc.constantFrom('a', 'b', 'é', ' ', ',', ';', '"', '\n'), maxLength: 8 }),
      fc.integer().map(String),
    );
    const tables = fc.integer({ min: 2, max: 6 }).chain((width) =>
      fc.array(fc.array(value, { minLength: width, maxLength: width }), {
        minLength: 1,
        maxLength: 20,
      }),
    );
    fc.assert(
      fc.property(tables, fc.constantFrom(',', ';', '\t', '|'), (rows, delimiter) => {
        const header = (rows[0] ?? []).map((_, i) => `name ${i}`);
        const text = [header, ...rows]
          .map((row) => row.map((field) => `"${field.replaceAll('"', '""')}"`).join(delimiter))
          .join('\r\n');
        const found = detect(text, { header: 'present' });
        expect(found).toMatchObject({ delimiter, quote: '"', names: header, rows });
      }),
    );
  });
});
