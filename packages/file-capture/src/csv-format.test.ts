import { createLog, type LogFields } from '@fairlead/sdk';
import { describe, expect, test } from 'vitest';
import { memoryStore } from './memory-store.ts';
import { documentsOf, failureOf, run, type RunOptions } from './test-support.ts';

type Written = NonNullable<RunOptions['settings']>;
type CsvWritten = Omit<Extract<NonNullable<Written['format']>, { type: 'csv' }>, 'type'>;

async function rows(content: string | Uint8Array, csv?: CsvWritten, path = 'a.csv') {
  const store = memoryStore({ [path]: content });
  const format = csv === undefined ? {} : { format: { type: 'csv' as const, ...csv } };
  const result = await run(store, { settings: { ...format } });
  const values = documentsOf(result.events).map(({ document }) => {
    const { _meta, ...rest } = document as { _meta: { offset: number } };
    return rest;
  });
  return { values, result };
}

describe('CSV in a capture', () => {
  test.each<[string, string | Uint8Array, CsvWritten | undefined, object[]]>([
    [
      'types',
      'a,b,c\n1,x,true\n2,,false\n',
      undefined,
      [
        { a: 1, b: 'x', c: true },
        { a: 2, b: null, c: false },
      ],
    ],
    ['typed off', 'a,b\n1,true\n', { typed: false }, [{ a: '1', b: 'true' }]],
    ['given types', 'a,b\n1,2\n', { types: { a: 'string' } }, [{ a: '1', b: 2 }]],
    ['a delimiter', 'a#b\n1#2\n', { delimiter: '#' }, [{ a: 1, b: 2 }]],
    ['a tab by name', 'a\tb,c\n1\t2\n', { delimiter: 'tab' }, [{ a: 1, 'b,c': 2 }]],
    ['a control character', 'a\x1fb\n1\x1f2\n', { delimiter: '0x1F' }, [{ a: 1, b: 2 }]],
    ['no quotes', 'a,b\n"x,y"\n', { quote: 'none', delimiter: ',' }, [{ a: '"x', b: 'y"' }]],
    ['an escape', 'a,b\n"x\\"y",1\n', { escape: '\\' }, [{ a: 'x"y', b: 1 }]],
    [
      'columns',
      '1,2\n3,4\n',
      { columns: ['x', 'y'] },
      [
        { x: 1, y: 2 },
        { x: 3, y: 4 },
      ],
    ],
    [
      'no header',
      'a,b\nc,d\n',
      { header: 'absent' },
      [
        { column_1: 'a', column_2: 'b' },
        { column_1: 'c', column_2: 'd' },
      ],
    ],
    [
      'nulls',
      'a,b\nNA,1\nx,2\n',
      { nulls: ['NA'] },
      [
        { a: null, b: 1 },
        { a: 'x', b: 2 },
      ],
    ],
    ['lines to skip', 'report\n\na,b\n1,2\n', { skipLines: 1 }, [{ a: 1, b: 2 }]],
    ['comments', '#x\na,b\n#y\n1,2\n', { comment: '#' }, [{ a: 1, b: 2 }]],
    ['extra fields', 'a,b\n1,2,3\n', { extraFields: 'keep' }, [{ a: 1, b: 2, _extra: ['3'] }]],
    ['record separators', 'a,b\x1e1,2\x1e', { rowEnd: 'record-separator' }, [{ a: 1, b: 2 }]],
    ['Latin 1', Buffer.from('a,b\n\xe9,1\n', 'latin1'), { encoding: 'latin1' }, [{ a: 'é', b: 1 }]],
    ['UTF-16', Buffer.from('\uFEFFa,b\r\né,1\r\n', 'utf16le'), undefined, [{ a: 'é', b: 1 }]],
    [
      'UTF-16 without a mark',
      Buffer.from('a,b\r\nx,1\r\n', 'utf16le'),
      undefined,
      [{ a: 'x', b: 1 }],
    ],
    [
      'Shift_JIS',
      Buffer.from([0x61, 0x2c, 0x62, 0x0a, 0x83, 0x65, 0x2c, 0x31]),
      { encoding: 'Shift_JIS' },
      [{ a: 'テ', b: 1 }],
    ],
    ['a byte-order mark', '\uFEFFa,b\n1,2\n', undefined, [{ a: 1, b: 2 }]],
  ])('honours %s', async (_, content, csv, expected) => {
    expect((await rows(content, csv)).values).toEqual(expected);
  });

  test('takes tabs from the name where the first line has them', async () => {
    expect((await rows('a\tb,c\td\n1\t2\t3\n', undefined, 'a.tsv')).values).toEqual([
      { a: 1, 'b,c': 2, d: 3 },
    ]);
    expect((await rows('a,b\n1,2\n', undefined, 'a.tsv')).values).toEqual([{ a: 1, b: 2 }]);
  });

  test('renames a column that has the name of the member', async () => {
    expect((await rows('_meta,b\n1,2\n')).values).toEqual([{ _meta_2: 1, b: 2 }]);
  });

  test.each<[string, string, CsvWritten, { where: string; message: string; kind: string }]>([
    [
      'too many fields',
      'a,b\n1,2\n1,2,3\n',
      {},
      {
        kind: 'data',
        where: 'a.csv, record 2, byte 8',
        message: 'the row has 3 fields, but the header names 2',
      },
    ],
    [
      'an open quote',
      'a,b\n1,2\n"x,2\n',
      { quote: '"' },
      {
        kind: 'data',
        where: 'a.csv, record 2, byte 8',
        message: 'the row opens a quote that is never closed',
      },
    ],
    [
      'an unknown column',
      'a,b\n1,2\n',
      { types: { c: 'string' } },
      {
        kind: 'config',
        where: 'a.csv: format.types',
        message: 'the file has no column "c"',
      },
    ],
    [
      'an unknown encoding',
      'a,b\n1,2\n',
      { encoding: 'klingon' },
      {
        kind: 'config',
        where: 'a.csv: format.encoding',
        message: 'there is no encoding "klingon"',
      },
    ],
    [
      'contradictions',
      'a,b\n1,2\n',
      { delimiter: ',', comment: ',' },
      {
        kind: 'config',
        where: 'a.csv: format',
        message: 'the comment is also the delimiter',
      },
    ],
  ])('%s fail with file, record and byte', async (_, content, csv, expected) => {
    const { result } = await rows(content, csv);
    expect(failureOf(result)).toMatchObject(expected);
  });

  test('hands out the rows before a bad one, and goes on there once it is mended', async () => {
    const store = memoryStore({ 'a.csv': 'a,b\n1,2\n1,2,3\n4,5\n' });
    const first = await run(store);
    expect(failureOf(first).where).toBe('a.csv, record 2, byte 8');
    expect(documentsOf(first.events)).toHaveLength(1);
    const second = await run(store, { state: first.state });
    expect(failureOf(second).where).toBe('a.csv, record 2, byte 8');
    store.write('a.csv', 'a,b\n1,2\n1,2\n4,5\n');
    const third = await run(store, { state: second.state });
    expect(documentsOf(third.events)).toHaveLength(3);
  });

  test('leaves out bad rows where that is asked for, keeps the numbers, and says so', async () => {
    const logged: [string, LogFields][] = [];
    const log = createLog((_level, message, fields) => void logged.push([message, fields]));
    const store = memoryStore({ 'a.csv': 'a,b\n1,2\n1,2,3\n4,5\n' });
    const { events, state } = await run(store, {
      settings: { format: { type: 'csv', onBadRow: 'skip' } },
      log,
    });
    expect(documentsOf(events).map(({ document }) => document)).toEqual([
      { _meta: { file: 'a.csv', offset: 0 }, a: 1, b: 2 },
      { _meta: { file: 'a.csv', offset: 2 }, a: 4, b: 5 },
    ]);
    expect(state.bindings['s']).toEqual({ files: { 'a.csv': ['v1', 3] } });
    expect(logged).toContainEqual([
      'rows left out',
      expect.objectContaining({ file: 'a.csv', rowCount: 1 }),
    ]);
  });

  test('broken UTF-16 fails with the byte', async () => {
    const bytes = Buffer.concat([
      Buffer.from('\uFEFFa,b\n', 'utf16le'),
      Buffer.from([0x00, 0xdc, 0x41, 0x00]),
    ]);
    const { result } = await rows(bytes);
    expect(failureOf(result)).toMatchObject({
      kind: 'data',
      where: 'a.csv, byte 10',
      message: 'the text is not valid utf-16le',
    });
  });

  test('bytes that stop being UTF-8 late in the file fail with record and byte', async () => {
    const good = 'a,b\n' + '1,é\n'.repeat(50_000);
    const bytes = Buffer.concat([Buffer.from(good), Buffer.from([0x31, 0x2c, 0xff, 0x0a])]);
    const { result } = await rows(bytes);
    expect(failureOf(result)).toMatchObject({
      kind: 'data',
      where: `a.csv, record 50001, byte ${Buffer.byteLength(good) + 2}`,
      hint: 'Set format.encoding to the encoding of the file.',
    });
  });

  test('warns when the encoding is only a guess', async () => {
    const messages: string[] = [];
    const log = createLog((level, message) => void messages.push(`${level}: ${message}`));
    await run(memoryStore({ 'a.csv': Buffer.from('a,b\n\xe9,1\n', 'latin1') }), { log });
    expect(messages).toContain('warn: encoding guessed');
  });

  test('JSON with a broken byte is not taken for another encoding', async () => {
    const store = memoryStore({ 'a.jsonl': Buffer.from('{"a":"\xe9"}\n', 'latin1') });
    expect(failureOf(await run(store))).toMatchObject({ kind: 'data', message: 'invalid UTF-8' });
  });

  test('JSON in UTF-16 is read', async () => {
    const store = memoryStore({ 'a.json': Buffer.from('\uFEFF{"a":"é"}', 'utf16le') });
    expect(documentsOf((await run(store)).events)[0]?.document).toMatchObject({ a: 'é' });
  });
});
