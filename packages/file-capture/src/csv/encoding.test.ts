import { expect, test } from 'vitest';
import { detectEncoding } from './encoding.ts';

const utf16be = (text: string) => Buffer.from(text, 'utf16le').swap16();

test.each([
  { what: 'nothing', sample: Buffer.of(), encoding: 'utf-8', from: 'content' },
  { what: 'ASCII', sample: Buffer.from('a,b\n'), encoding: 'utf-8', from: 'content' },
  { what: 'UTF-8', sample: Buffer.from('é,漢\n'), encoding: 'utf-8', from: 'content' },
  {
    what: 'UTF-8 that is cut off',
    sample: Buffer.from('é,漢').subarray(0, -1),
    encoding: 'utf-8',
    from: 'content',
  },
  {
    what: 'UTF-8 with a zero',
    sample: Buffer.from('a,\0,b\n'),
    encoding: 'utf-8',
    from: 'content',
  },
  {
    what: 'a mark of UTF-8',
    sample: Buffer.from('\ufeffa'),
    encoding: 'utf-8',
    from: 'byte-order mark',
  },
  {
    what: 'a mark of UTF-16',
    sample: Buffer.from('\ufeffa', 'utf16le'),
    encoding: 'utf-16le',
    from: 'byte-order mark',
  },
  {
    what: 'a mark of big-endian UTF-16',
    sample: utf16be('\ufeffa'),
    encoding: 'utf-16be',
    from: 'byte-order mark',
  },
  {
    what: 'UTF-16 without a mark',
    sample: Buffer.from('a,b\né,ü\n', 'utf16le'),
    encoding: 'utf-16le',
    from: 'content',
  },
  {
    what: 'big-endian UTF-16 without a mark',
    sample: utf16be('a,b\nc,d\n'),
    encoding: 'utf-16be',
    from: 'content',
  },
  {
    what: 'Chinese UTF-16 without a mark',
    sample: Buffer.from('名前,住所\n漢字,東京都千代田区\n', 'utf16le'),
    encoding: 'utf-16le',
    from: 'content',
  },
  {
    what: 'anything else',
    sample: Buffer.from('é,ü\n', 'latin1'),
    encoding: 'windows-1252',
    from: 'guess',
  },
])('$what is $encoding', ({ sample, encoding, from }) => {
  expect(detectEncoding(sample)).toEqual({ encoding, from });
});

const labels =
  'UTF-8 UTF-16LE UTF-16BE IBM866 ISO-8859-2 ISO-8859-3 ISO-8859-4 ISO-8859-5 ISO-8859-6 ' +
  'ISO-8859-7 ISO-8859-8 ISO-8859-8-I ISO-8859-10 ISO-8859-13 ISO-8859-14 ISO-8859-15 ' +
  'ISO-8859-16 KOI8-R KOI8-U macintosh windows-874 windows-1250 windows-1251 windows-1252 ' +
  'windows-1253 windows-1254 windows-1255 windows-1256 windows-1257 windows-1258 ' +
  'x-mac-cyrillic GBK gb18030 Big5 EUC-JP ISO-2022-JP Shift_JIS EUC-KR';

test.each([
  ...labels.split(' ').map((label) => ({ label, encoding: label.toLowerCase() })),
  { label: 'latin1', encoding: 'windows-1252' },
  { label: ' CP1252 ', encoding: 'windows-1252' },
  { label: 'l10', encoding: 'iso-8859-16' },
])('the setting $label is $encoding, whatever the file looks like', ({ label, encoding }) => {
  expect(detectEncoding(Buffer.from('\ufeff'), label)).toEqual({ encoding, from: 'setting' });
});

test('an unknown encoding is refused by its name', () => {
  expect(() => detectEncoding(Buffer.of(), 'klingon')).toThrow(
    new RangeError('there is no encoding "klingon"'),
  );
});
