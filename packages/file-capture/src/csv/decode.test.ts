import { describe, expect, test } from 'vitest';
import { createCsvDecoder } from './decode.ts';
import type { CsvDecoderOptions } from './csv-decoder.ts';
import type { CsvDialect } from './csv-dialect.ts';
import { documents, drive } from './drive.ts';
import type { CsvColumn, CsvType } from './types.ts';

const dialect: CsvDialect = {
  delimiter: ',',
  quote: '"',
  escape: null,
  terminator: 'any',
  comment: null,
  skipLines: 0,
  header: false,
};

function columns(types: Readonly<Record<string, CsvType>>): readonly CsvColumn[] {
  return Object.entries(types).map(([name, type]) => ({ name, type }));
}

const strings = columns({ a: 'string', b: 'string' });

function decode(text: string | Uint8Array, options: Partial<CsvDecoderOptions> = {}) {
  const decoder = createCsvDecoder({ dialect, columns: strings, begins: 'row', ...options });
  const { lines, failure } = drive(decoder, Buffer.from(text), []);
  return { lines: lines.map((line) => line.trimEnd()), failure, decoder };
}

describe('rows and fields', () => {
  test.each([
    { what: 'LF', text: 'x,y\nz,w\n', rows: ['{"a":"x","b":"y"}', '{"a":"z","b":"w"}'] },
    { what: 'CR LF', text: 'x,y\r\nz,w\r\n', rows: ['{"a":"x","b":"y"}', '{"a":"z","b":"w"}'] },
    { what: 'CR', text: 'x,y\rz,w\r', rows: ['{"a":"x","b":"y"}', '{"a":"z","b":"w"}'] },
    { what: 'the end of the file', text: 'x,y', rows: ['{"a":"x","b":"y"}'] },
    { what: 'nothing, after a delimiter', text: 'x,', rows: ['{"a":"x","b":null}'] },
  ])('a row is ended by $what', ({ text, rows }) => {
    expect(decode(text).lines).toEqual(rows);
  });

  test.each([
    { terminator: 'lf', text: 'x\ry,z\n', row: '{"a":"x\\ry","b":"z"}' },
    { terminator: 'cr', text: 'x\ny,z\r', row: '{"a":"x\\ny","b":"z"}' },
    { terminator: 'record-separator', text: 'x\r\ny,z\x1e', row: '{"a":"x\\r\\ny","b":"z"}' },
  ] as const)('with $terminator other ends of lines are data', ({ terminator, text, row }) => {
    expect(decode(text, { dialect: { ...dialect, terminator } }).lines).toEqual([row]);
  });

  test('blank lines are no rows and do not count', () => {
    const { lines, decoder } = decode('\r\n\n\nx,y\n\n\nz,w\n\r\n\r');
    expect(lines).toEqual(['{"a":"x","b":"y"}', '{"a":"z","b":"w"}']);
    expect(decoder.rowCount).toBe(2);
  });

  test('a line with nothing but an empty quoted field is a row', () => {
    expect(decode('""\n').lines).toEqual(['{"a":""}']);
  });

  test('comments are no rows, whatever they hold', () => {
    const text = Buffer.concat([
      Buffer.from('#"open,\nx,#y\n#'),
      Buffer.of(0xff),
      Buffer.from('\nz'),
    ]);
    const { lines, decoder } = decode(text, { dialect: { ...dialect, comment: '#' } });
    expect(lines).toEqual(['{"a":"x","b":"#y"}', '{"a":"z"}']);
    expect(decoder.rowCount).toBe(2);
  });

  test.each([
    { what: 'a delimiter', text: '"x,y",z', row: '{"a":"x,y","b":"z"}' },
    { what: 'ends of lines', text: '"x\r\ny\n",z', row: '{"a":"x\\r\\ny\\n","b":"z"}' },
    { what: 'doubled quotes', text: '"""x""y""",z', row: '{"a":"\\"x\\"y\\"","b":"z"}' },
    { what: 'nothing', text: '"",z', row: '{"a":"","b":"z"}' },
  ])('quotes may enclose $what', ({ text, row }) => {
    expect(decode(text).lines).toEqual([row]);
  });

  test('a quote inside an unquoted field is data', () => {
    expect(decode('5" pipe,x"y"\n').lines).toEqual(['{"a":"5\\" pipe","b":"x\\"y\\""}']);
  });

  test('without a quote character quotes are data', () => {
    const { lines } = decode('"x,y"\n', { dialect: { ...dialect, quote: null } });
    expect(lines).toEqual(['{"a":"\\"x","b":"y\\""}']);
  });

  test.each([
    { delimiter: ';' },
    { delimiter: '\t' },
    { delimiter: '|' },
    { delimiter: ' ' },
    { delimiter: '\v' },
    { delimiter: '\x1f' },
    { delimiter: '\x01' },
    { delimiter: 'x' },
  ])('$delimiter may be the delimiter', ({ delimiter }) => {
    const { lines } = decode(`1${delimiter}"2${delimiter}"\n`, {
      dialect: { ...dialect, delimiter },
    });
    expect(lines.map((line) => JSON.parse(line))).toEqual([{ a: '1', b: `2${delimiter}` }]);
  });

  test.each([
    { text: '"x\\"y",z', row: { a: 'x"y', b: 'z' } },
    { text: '"x\\\\",z', row: { a: 'x\\', b: 'z' } },
    { text: 'x\\,y,z', row: { a: 'x,y', b: 'z' } },
    { text: 'x\\\r\ny,z', row: { a: 'x\r\ny', b: 'z' } },
    { text: '\\"x,z', row: { a: '"x', b: 'z' } },
    { text: 'C:\\new,\\', row: { a: 'C:\\new', b: '\\' } },
    { text: '"x""y",z', row: { a: 'x"y', b: 'z' } },
  ])('with an escape $text is $row', ({ text, row }) => {
    const { lines } = decode(text, { dialect: { ...dialect, escape: '\\' } });
    expect(lines.map((line) => JSON.parse(line))).toEqual([row]);
  });

  test('what JSON does not allow in strings is escaped', () => {
    const control = Array.from({ length: 32 }, (_, i) => String.fromCharCode(i)).join('');
    const { lines } = decode(`"${control}\\""\x7f",\0\\/é😀\u2028`);
    const row = { a: `${control}\\"\x7f`, b: '\0\\/é😀\u2028' };
    expect(lines).toEqual([JSON.stringify(row)]);
  });
});

describe('values', () => {
  const typed = columns({ s: 'string', i: 'integer', n: 'number', b: 'boolean' });

  test.each([
    { text: ',,,', row: '{"s":null,"i":null,"n":null,"b":null}' },
    { text: '"","","",""', row: '{"s":"","i":null,"n":null,"b":null}' },
    { text: '1,1,1,1', row: '{"s":"1","i":1,"n":1,"b":"1"}' },
    { text: '"1","1","1.50","true"', row: '{"s":"1","i":1,"n":1.50,"b":true}' },
    { text: 'x,-12,1.50,TRUE', row: '{"s":"x","i":-12,"n":1.50,"b":true}' },
    { text: 'x,0,0.0,False', row: '{"s":"x","i":0,"n":0.0,"b":false}' },
    { text: 'x,1.0,-0.5,tRUE', row: '{"s":"x","i":1.0,"n":-0.5,"b":"tRUE"}' },
    { text: 'x,-0,-0,truest', row: '{"s":"x","i":"-0","n":"-0","b":"truest"}' },
    { text: 'x,007,00.5,fals', row: '{"s":"x","i":"007","n":"00.5","b":"fals"}' },
    { text: 'x,+1,.5,FALSE', row: '{"s":"x","i":"+1","n":0.5,"b":false}' },
    { text: 'x,1e5,1e5,yes', row: '{"s":"x","i":1e5,"n":1e5,"b":"yes"}' },
    { text: 'x,-,5., true', row: '{"s":"x","i":"-","n":"5.","b":" true"}' },
    { text: 'x,1 ,1.2.3,t', row: '{"s":"x","i":"1 ","n":"1.2.3","b":"t"}' },
    { text: 'x,"1 ","1""","true"""', row: '{"s":"x","i":"1 ","n":"1\\"","b":"true\\""}' },
    {
      text: 'x,123456789012345678901234567890,-1234567890.123456789012345E+12,false',
      row: '{"s":"x","i":123456789012345678901234567890,"n":-1234567890.123456789012345E+12,"b":false}',
    },
  ])('$text is $row', ({ text, row }) => {
    expect(decode(text, { columns: typed }).lines).toEqual([row]);
  });

  test('further spellings of null count only without quotes and as a whole', () => {
    const { lines } = decode('NULL,"NULL"\nNULLS,\\N\nNUL,null\n', { nulls: ['NULL', '\\N', ''] });
    expect(lines).toEqual([
      '{"a":null,"b":"NULL"}',
      '{"a":"NULLS","b":null}',
      '{"a":"NUL","b":"null"}',
    ]);
  });

  test('a short row leaves its last columns out', () => {
    expect(decode('x\ny,\n').lines).toEqual(['{"a":"x"}', '{"a":"y","b":null}']);
  });

  test('fields past the columns can be kept', () => {
    const { lines } = decode('1,2\n1,2,3\n1,2,,"x,""",5\n', { extraFields: 'keep' });
    expect(lines).toEqual([
      '{"a":"1","b":"2"}',
      '{"a":"1","b":"2","_extra":["3"]}',
      '{"a":"1","b":"2","_extra":["","x,\\"","5"]}',
    ]);
  });
});

describe('the member', () => {
  const member = {
    name: '_meta',
    before: Buffer.from('{"file":"x.csv","offset":'),
    after: Buffer.from('}'),
    first: 9,
  };

  test('comes first and counts rows', () => {
    expect(decode('x\n\ny\n', { member }).lines).toEqual([
      '{"_meta":{"file":"x.csv","offset":9},"a":"x"}',
      '{"_meta":{"file":"x.csv","offset":10},"a":"y"}',
    ]);
  });

  test('counts the rows that are left out', () => {
    const { lines } = decode('x\n1,2,3\ny\n', { member, onBadRow: 'skip' });
    expect(lines.map((line) => JSON.parse(line)._meta.offset)).toEqual([9, 11]);
  });

  test.each([0, 1, 9, 99, 999_999_999, 4_294_967_295, 2 ** 53 - 2])('follows %d', (first) => {
    const { lines } = decode('x\ny\n', { member: { ...member, first } });
    expect(lines.map((line) => JSON.parse(line)._meta.offset)).toEqual([first, first + 1]);
  });

  test('may stand alone', () => {
    const { lines } = decode('x\n', { member, columns: [], extraFields: 'keep' });
    expect(lines).toEqual(['{"_meta":{"file":"x.csv","offset":9},"_extra":["x"]}']);
  });
});

describe('bad rows', () => {
  test.each([
    {
      code: 'too-many-fields',
      text: 'x,y\n1,2,3\nz\n',
      message: 'row 2 has 3 fields, but the header names 2',
      offset: 4,
    },
    {
      code: 'text-after-quote',
      text: 'x,y\n"1"2,3\nz\n',
      message: 'row 2 has text after a closing quote',
      offset: 7,
    },
    {
      code: 'open-quote',
      text: 'x,y\nz,"1\n2,3\n',
      message: 'row 2 opens a quote that is never closed',
      offset: 6,
    },
    {
      code: 'invalid-utf8',
      text: Buffer.concat([Buffer.from('x,y\nz,'), Buffer.of(0xe4, 0x20), Buffer.from('1\n')]),
      message: 'row 2 is not valid UTF-8',
      offset: 6,
    },
    {
      code: 'too-large',
      text: `x,y\n${'1'.repeat(60)}\nz\n`,
      message: 'row 2 has more than 50 bytes: perhaps a quote is never closed',
      offset: 4,
    },
  ])('a row with $code fails after the rows before it', ({ code, text, message, offset }) => {
    const { lines, failure } = decode(text, { maxRowBytes: 50 });
    expect(lines).toEqual(['{"a":"x","b":"y"}']);
    expect(failure).toMatchObject({ name: 'CsvError', code, row: 2, offset, message });
  });

  test('a call returns the good rows and the next one throws, whatever it is given', () => {
    const decoder = createCsvDecoder({ dialect, columns: strings, begins: 'row' });
    const { lines, consumed } = decoder.decode(Buffer.from('x\n\n1,2,3\ny\n'), false);
    expect(documents(lines)).toEqual(['{"a":"x"}\n']);
    expect(consumed).toBe(3);
    expect(decoder.rowCount).toBe(1);
    const error = { code: 'too-many-fields', row: 2, offset: 3 };
    expect(() => decoder.decode(Buffer.from('y\n'), true)).toThrow(expect.objectContaining(error));
    expect(() => decoder.decode(Buffer.of(), true)).toThrow(expect.objectContaining(error));
  });

  test('can be skipped, and are counted with their reasons', () => {
    const bad = [
      Buffer.from('x\n1,2,3\n"1"2\n'),
      Buffer.of(0xff, 0x0a),
      Buffer.from('y\n"1,2\nz\n'),
    ];
    const { lines, failure, decoder } = decode(Buffer.concat(bad), { onBadRow: 'skip' });
    expect(failure).toBeUndefined();
    expect(lines).toEqual(['{"a":"x"}', '{"a":"y"}']);
    expect(decoder.rowCount).toBe(6);
    expect(decoder.skipped.count).toBe(4);
    expect(decoder.skipped.first.map(({ row, code }) => ({ row, code }))).toEqual([
      { row: 2, code: 'too-many-fields' },
      { row: 3, code: 'text-after-quote' },
      { row: 4, code: 'invalid-utf8' },
      { row: 6, code: 'open-quote' },
    ]);
  });

  test('are all counted, but only the first 100 are kept', () => {
    const { decoder } = decode('1,2,3\n'.repeat(150), { onBadRow: 'skip' });
    expect(decoder.skipped.count).toBe(150);
    expect(decoder.skipped.first.length).toBe(100);
  });

  test('a row that is too large ends the decoding even when bad rows are skipped', () => {
    const { failure } = decode(`x\n"${'1'.repeat(60)}\n`, { onBadRow: 'skip', maxRowBytes: 50 });
    expect(failure).toMatchObject({ code: 'too-large', row: 2, offset: 2 });
  });
});

describe('the beginning of a file', () => {
  const withHeader = { ...dialect, header: true };

  test.each([
    { what: 'a byte-order mark', text: '\ufeffa,b\nx,y\n', skipLines: 0 },
    { what: 'lines and a header', text: 'title "\r\n\r\na,b\r\nx,y\n', skipLines: 2 },
    { what: 'a header over two lines', text: '"a\n",b\nx,y\n', skipLines: 0 },
    { what: 'blank lines before the header', text: '\n\r\na,b\nx,y\n', skipLines: 0 },
  ])('$what is skipped, wherever it is cut', ({ text, skipLines }) => {
    const bytes = Buffer.from(text);
    for (let cut = 0; cut <= bytes.length; cut++) {
      const decoder = createCsvDecoder({ dialect: { ...withHeader, skipLines }, columns: strings });
      const { lines, failure } = drive(decoder, bytes, [cut]);
      expect(failure).toBeUndefined();
      expect(lines).toEqual(['{"a":"x","b":"y"}\n']);
      expect(decoder.rowCount).toBe(1);
    }
  });

  test('offsets of errors count what was skipped', () => {
    const { failure } = decode('\ufeffa,b\nx,y,z\n', { begins: 'file', dialect: withHeader });
    expect(failure).toMatchObject({ row: 1, offset: 7 });
  });

  test.each(['', '\ufeff', 'a,b', 'a,b\n', 'title'])('%j holds no rows', (text) => {
    const skipLines = text === 'title' ? 3 : 0;
    const { lines, failure } = decode(text, {
      begins: 'file',
      dialect: { ...withHeader, skipLines },
    });
    expect({ lines, failure }).toEqual({ lines: [], failure: undefined });
  });

  test.each([
    {
      maxRowBytes: 50,
      message: 'the header has more than 50 bytes: perhaps a quote is never closed',
    },
    { maxRowBytes: 500, message: 'the header opens a quote that is never closed' },
  ])('a header that does not end fails: $message', ({ maxRowBytes, message }) => {
    const { lines, failure } = decode(`\ufeff"a,b\n${'x\n'.repeat(50)}`, {
      begins: 'file',
      dialect: withHeader,
      maxRowBytes,
    });
    expect(lines).toEqual([]);
    expect(failure).toMatchObject({ message, row: 0, offset: 3 });
  });

  test('a decoder that begins with a row reads neither mark nor header', () => {
    expect(decode('\ufeffx\n', { dialect: withHeader }).lines).toEqual(['{"a":"\ufeffx"}']);
  });
});

describe('settings that contradict each other', () => {
  test.each([
    { options: { columns: columns({ a: 'string' }), member: 'a' }, message: /two members/ },
    { options: { columns: columns({ _extra: 'string' }), member: 'm' }, message: /two members/ },
    { options: { columns: [...strings, ...strings], member: 'm' }, message: /two members/ },
    { options: { maxRowBytes: 0, member: 'm' }, message: /maxRowBytes/ },
    { options: { maxRowBytes: 2 ** 30, member: 'm' }, message: /maxRowBytes/ },
    { options: { dialect: { ...dialect, quote: ',' }, member: 'm' }, message: /quote/ },
  ])('are refused: $message', ({ options: { member, ...options }, message }) => {
    const nothing = new Uint8Array(0);
    const make = () =>
      createCsvDecoder({
        dialect,
        columns: strings,
        extraFields: 'keep',
        member: { name: member, before: nothing, after: nothing, first: 0 },
        ...options,
      });
    expect(make).toThrow(RangeError);
    expect(make).toThrow(message);
  });
});
