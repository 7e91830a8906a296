import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { EncodingError, transcode } from './transcode.ts';

async function text(encoding: string, ...pieces: readonly Uint8Array[]): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of transcode(each(pieces), encoding)) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString();
}

async function* each<T>(items: readonly T[]): AsyncGenerator<T> {
  for (const item of items) yield await Promise.resolve(item);
}

test('UTF-8 passes untouched, whatever it holds', async () => {
  const chunk = Buffer.from([0xef, 0xbb, 0xbf, 0xff]);
  const passed = [];
  for await (const piece of transcode(each([chunk]), 'utf-8')) passed.push(piece);
  expect(passed).toEqual([chunk]);
  expect(passed[0]).toBe(chunk);
});

describe('encodings', () => {
  test.each([
    { encoding: 'utf-16le', bytes: [0xff, 0xfe, 0x61, 0, 0x3d, 0xd8, 0, 0xde], string: 'a😀' },
    { encoding: 'utf-16be', bytes: [0xfe, 0xff, 0, 0x61, 0xd8, 0x3d, 0xde, 0], string: 'a😀' },
    {
      encoding: 'windows-1252',
      bytes: [0x61, 0x80, 0x81, 0x9f, 0xa0, 0xff],
      string: 'a€\x81Ÿ\xa0ÿ',
    },
    { encoding: 'iso-8859-16', bytes: [0x61, 0x80, 0xa1, 0xa4, 0xaa, 0xff], string: 'a\x80Ą€Șÿ' },
    { encoding: 'iso-8859-15', bytes: [0xa4, 0xff], string: '€ÿ' },
    { encoding: 'ibm866', bytes: [0x80, 0xe1], string: 'Ас' },
    { encoding: 'koi8-r', bytes: [0xf2, 0xd5], string: 'Ру' },
    { encoding: 'macintosh', bytes: [0x8e], string: 'é' },
    { encoding: 'windows-1251', bytes: [0xd0, 0xf3], string: 'Ру' },
    { encoding: 'gbk', bytes: [0xba, 0xba], string: '汉' },
    { encoding: 'gb18030', bytes: [0x94, 0x39, 0xda, 0x33], string: '💩' },
    { encoding: 'big5', bytes: [0xa4, 0x40], string: '一' },
    { encoding: 'euc-jp', bytes: [0xa4, 0xa2, 0x8e, 0xb1], string: 'あｱ' },
    {
      encoding: 'iso-2022-jp',
      bytes: [0x1b, 0x24, 0x42, 0x24, 0x22, 0x1b, 0x28, 0x42],
      string: 'あ',
    },
    { encoding: 'shift_jis', bytes: [0x82, 0xa0, 0xb1, 0x83, 0x5c], string: 'あｱソ' },
    { encoding: 'euc-kr', bytes: [0xb0, 0xa1], string: '가' },
  ])('$encoding reads $string, cut anywhere', async ({ encoding, bytes, string }) => {
    const all = Uint8Array.from(bytes);
    for (let cut = 0; cut <= all.length; cut++) {
      expect(await text(encoding, all.subarray(0, cut), all.subarray(cut))).toBe(string);
    }
    expect(await text(encoding, ...bytes.map((byte) => Uint8Array.of(byte)))).toBe(string);
  });

  test('UTF-16 of any text comes back', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'grapheme' }), fc.nat(), async (string, at) => {
        fc.pre(!string.startsWith('\ufeff'));
        const bytes = Buffer.from(string, 'utf16le');
        const cut = at % (bytes.length + 1);
        expect(await text('utf-16le', bytes.subarray(0, cut), bytes.subarray(cut))).toBe(string);
      }),
    );
  });
});

describe('broken bytes are located', () => {
  test.each([
    { encoding: 'utf-16le', bytes: [0x61, 0, 0x3d, 0xd8, 0x62, 0], offset: 2 },
    { encoding: 'utf-16le', bytes: [0x61, 0, 0x62, 0, 0, 0xdc], offset: 4 },
    { encoding: 'utf-16le', bytes: [0x3d, 0xd8, 0, 0xde, 0x61], offset: 4 },
    { encoding: 'utf-16be', bytes: [0, 0x61, 0xd8, 0x3d], offset: 2 },
    { encoding: 'gbk', bytes: [0x61, 0xba, 0xba, 0x0a, 0xba, 0x0a], offset: 4 },
    { encoding: 'gb18030', bytes: [0x61, 0x94, 0x39, 0xda], offset: 1 },
    { encoding: 'big5', bytes: [0x2c, 0xa4, 0x40, 0xa4], offset: 3 },
    { encoding: 'shift_jis', bytes: [0x82, 0xa0, 0x82, 0xa0, 0x82, 0x0a], offset: 4 },
    { encoding: 'euc-jp', bytes: [0xa4, 0xa2, 0xa4, 0x2c], offset: 2 },
    { encoding: 'euc-kr', bytes: [0xb0, 0xa1, 0xff], offset: 2 },
    { encoding: 'iso-2022-jp', bytes: [0x61, 0x0a, 0x62, 0x80], offset: 3 },
    { encoding: 'iso-8859-3', bytes: [0x61, 0x62, 0xa5], offset: 2 },
  ])('$encoding $bytes at $offset, cut anywhere', async ({ encoding, bytes, offset }) => {
    const all = Uint8Array.from(bytes);
    for (let cut = 0; cut <= all.length; cut++) {
      const read = text(encoding, all.subarray(0, cut), all.subarray(cut));
      await expect(read).rejects.toMatchObject({ name: 'EncodingError', encoding, offset });
    }
    const byByte = text(encoding, ...bytes.map((byte) => Uint8Array.of(byte)));
    await expect(byByte).rejects.toBeInstanceOf(EncodingError);
    await expect(byByte).rejects.toMatchObject({ offset });
  });

  test('the text before them is delivered', async () => {
    const pieces = [Uint8Array.of(0x61, 0x62), Uint8Array.of(0xff, 0xff)];
    const seen: string[] = [];
    const read = async () => {
      for await (const piece of transcode(each(pieces), 'euc-kr')) seen.push(String(piece));
    };
    await expect(read()).rejects.toThrow('byte 2 is not valid euc-kr');
    expect(seen).toEqual([String(Buffer.from('ab'))]);
  });
});
