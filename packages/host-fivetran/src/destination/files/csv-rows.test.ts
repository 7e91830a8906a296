import fc from 'fast-check';
import { Failure } from '@fairlead/sdk';
import { expect, test } from 'vitest';
import { readCsv, type CsvOptions } from './csv-rows.ts';

const options: CsvOptions = { nullText: 'null"x', unmodifiedText: 'same' };

async function* pieces(bytes: Uint8Array, sizes: readonly number[]): AsyncGenerator<Uint8Array> {
  let at = 0;
  // One buffer for all pieces, as a decoder may have it.
  const buffer = new Uint8Array(Math.max(1, ...sizes, 64));
  for (let turn = 0; at < bytes.length; turn++) {
    const size = Math.min(sizes[turn % sizes.length] ?? 64, bytes.length - at);
    buffer.set(bytes.subarray(at, at + size));
    yield buffer.subarray(0, size);
    at += size;
  }
}

async function parse(text: string | Uint8Array, sizes: readonly number[] = [64], given = options) {
  const { columns, rows } = await readCsv(pieces(Buffer.from(text), sizes), given);
  const objects: Record<string, string>[] = [];
  for await (const { bytes, ends } of rows) {
    const lines = Buffer.from(bytes).toString().split('\n').slice(0, -1);
    expect(lines).toHaveLength(ends.length);
    expect(ends.at(-1)).toBe(bytes.length);
    for (const line of lines) {
      const items: (string | null)[] = JSON.parse(line);
      const names = [...columns, 'unmodified'];
      const present = items.map((item, index) => [names[index], item] as const);
      objects.push(Object.fromEntries(present.filter(([, item]) => item !== null)));
    }
  }
  return { columns, rows: objects };
}

test.each([
  { what: 'plain fields', text: 'a,b\n1,2\n', rows: [{ a: '1', b: '2' }] },
  { what: 'no line break at the end', text: 'a,b\n1,2', rows: [{ a: '1', b: '2' }] },
  {
    what: 'carriage returns',
    text: 'a,b\r\n1,2\r\n"3","4"\r\n',
    rows: [
      { a: '1', b: '2' },
      { a: '3', b: '4' },
    ],
  },
  { what: 'a byte order mark', text: '\u{feff}a,b\n1,2\n', rows: [{ a: '1', b: '2' }] },
  {
    what: 'quotes, commas and line breaks in quotes',
    text: 'a,b\n"1,""x""","l1\nl2\r\nl3"\n',
    rows: [{ a: '1,"x"', b: 'l1\nl2\r\nl3' }],
  },
  { what: 'a backslash that is one', text: 'a,b\n"\\",\\n\n', rows: [{ a: '\\', b: '\\n' }] },
  { what: 'empty fields', text: 'a,b\n,""\n', rows: [{ a: '', b: '' }] },
  { what: 'an empty field at the end of the file', text: 'a,b\n1,', rows: [{ a: '1', b: '' }] },
  { what: 'null, quoted and not', text: 'a,b\nnull"x,"null""x"\n', rows: [{}] },
  {
    what: 'what only looks like null',
    text: 'a,b\nnull"xx,"null"""\n',
    rows: [{ a: 'null"xx', b: 'null"' }],
  },
  {
    what: 'unmodified values',
    text: 'a,b\nsame,1\n"same","same"\n2,3\n',
    rows: [{ b: '1', unmodified: '10' }, { unmodified: '11' }, { a: '2', b: '3' }],
  },
  {
    what: 'null beside unmodified',
    text: 'a,b\nnull"x,same\n',
    rows: [{ unmodified: '01' }],
  },
  {
    what: 'names in quotes',
    text: '"a ""x""","b,\n"\n1,2\n',
    rows: [{ 'a "x"': '1', 'b,\n': '2' }],
  },
  { what: 'a header alone', text: 'a,b\n', rows: [] },
  {
    what: 'control characters',
    text: 'a,b\n\u0000,\u001f\t\n',
    rows: [{ a: '\u0000', b: '\u001f\t' }],
  },
  { what: 'one column with empty rows', text: 'a\n\n\n', rows: [{ a: '' }, { a: '' }] },
])('reads $what', async ({ text, rows }) => {
  for (const size of [1, 2, 3, 7, 64]) expect((await parse(text, [size])).rows).toEqual(rows);
});

test('without a text for it nothing is unmodified', async () => {
  const { rows } = await parse('a\nsame\n', [64], { nullText: 'null' });
  expect(rows).toEqual([{ a: 'same' }]);
});

test.each([
  { what: 'too few fields', text: 'a,b\n1,2\n3\n', message: 'row 2 has fewer than the 2 fields' },
  { what: 'too many fields', text: 'a,b\n1,2,3\n', message: 'row 1 has more than the 2 fields' },
  { what: 'open quotes', text: 'a,b\n1,"2\n', message: 'quotes are not closed' },
  { what: 'text after quotes', text: 'a,b\n1,"2"3\n', message: 'something follows closed quotes' },
  {
    what: 'bytes that are no UTF-8',
    text: Uint8Array.of(0x61, 0x0a, 0xff, 0x0a),
    message: 'the file is no UTF-8',
  },
  { what: 'an empty file', text: '', message: 'the file is empty' },
])('refuses $what', async ({ text, message }) => {
  for (const size of [1, 64]) {
    const error: unknown = await parse(text, [size]).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(Failure);
    expect(error).toMatchObject({ kind: 'data', message: expect.stringContaining(message) });
  }
});

test('closes what it reads from, wherever it ends', async () => {
  for (const text of ['a,b\n1,2\n3\n', '\u00ff"x', 'a\n1\n', '"a"b']) {
    let isClosed = false;
    const chunks = (async function* () {
      try {
        yield* pieces(Buffer.from(text, 'latin1'), [2]);
      } finally {
        isClosed = true;
      }
    })();
    await readCsv(chunks, options).then(
      async ({ rows }) => {
        await rows.next().catch(() => {});
        await rows.return(undefined);
      },
      () => {},
    );
    expect(isClosed).toBe(true);
  }
});

const field = fc.oneof(
  fc.constantFrom(null, 'null"x', 'same', '', '"', '""', ',', '\n', '\r\n', '\\', '\u0000'),
  fc.string({ unit: 'grapheme', maxLength: 60 }),
  fc.string({ unit: fc.constantFrom('"', ',', '\n', '\r', 'a', '\\'), maxLength: 8 }),
);

test('reads any rows in any pieces', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(field, field, field), { maxLength: 12 }),
      fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 5 }),
      fc.boolean(),
      async (rows, sizes, ends) => {
        const quoted = (value: string | null) => {
          const text = value ?? 'null"x';
          const needsQuotes = /[",\r\n]/.test(text) || text === '';
          return needsQuotes ? `"${text.replaceAll('"', '""')}"` : text;
        };
        const lines = ['a,b,c', ...rows.map((row) => row.map(quoted).join(','))].join('\n');
        const expected = rows.map((row) => {
          const entries = row.map((value, index) => ['abc'[index], value] as const);
          const marks = entries.map(([, value]) => (value === 'same' ? '1' : '0')).join('');
          const kept = entries.filter(
            ([, value]) => value !== null && value !== 'null"x' && value !== 'same',
          );
          return Object.fromEntries([
            ...kept,
            ...(marks.includes('1') ? [['unmodified', marks]] : []),
          ]);
        });
        expect((await parse(ends ? `${lines}\n` : lines, sizes)).rows).toEqual(expected);
      },
    ),
  );
});

test('any bytes are rows or a data failure', async () => {
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 60 }),
    fc
      .array(fc.constantFrom(0x22, 0x2c, 0x0a, 0x0d, 0x61), { maxLength: 30 })
      .map((list) => Uint8Array.from(list)),
  );
  await fc.assert(
    fc.asyncProperty(bytes, fc.integer({ min: 1, max: 9 }), async (given, size) => {
      const error: unknown = await parse(given, [size]).then(
        () => undefined,
        (thrown: unknown) => thrown,
      );
      if (error !== undefined) expect(error).toMatchObject({ name: 'Failure', kind: 'data' });
    }),
  );
});

test('a row of many pieces is read in time that grows with its length', async () => {
  const long = 'x'.repeat(8 * 1024 * 1024);
  const { rows } = await parse(`a,b\n1,"${long}"\n`, [4096]);
  expect(rows[0]?.['b']).toHaveLength(long.length);
});
