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

test.each([
  ...[
    ['UTF-8', 'utf-8'],
    ['UTF-16LE', 'utf-16le'],
    ['UTF-16BE', 'utf-16be'],
  ],
  ...[
    ['IBM866', 'ibm866'],
    ['ISO-8859-2', 'iso-8859-2'],
    ['ISO-8859-3', 'iso-8859-3'],
  ],
  ...[
    ['ISO-8859-4', 'iso-8859-4'],
    ['ISO-8859-5', 'iso-8859-5'],
    ['ISO-8859-6', 'iso-8859-6'],
  ],
  ...[
    ['ISO-8859-7', 'iso-8859-7'],
    ['ISO-8859-8', 'iso-8859-8'],
    ['ISO-8859-8-I', 'iso-8859-8-i'],
  ],
  ...[
    ['ISO-8859-10', 'iso-8859-10'],
    ['ISO-8859-13', 'iso-8859-13'],
  ],
  ...[
    ['ISO-8859-14', 'iso-8859-14'],
    ['ISO-8859-15', 'iso-8859-15'],
  ],
  ...[
    ['ISO-8859-16', 'iso-8859-16'],
    ['KOI8-R', 'koi8-r'],
    ['KOI8-U', 'koi8-u'],
  ],
  ...[
    ['macintosh', 'macintosh'],
    ['windows-874', 'windows-874'],
    ['GBK', 'gbk'],
  ],
  ...[
    ['windows-1250', 'windows-1250'],
    ['windows-1251', 'windows-1251'],
  ],
  ...[
    ['windows-1252', 'windows-1252'],
    ['windows-1253', 'windows-1253'],
  ],
  ...[
    ['windows-1254', 'windows-1254'],
    ['windows-1255', 'windows-1255'],
  ],
  ...[
    ['windows-1256', 'windows-1256'],
    ['windows-1257', 'windows-1257'],
  ],
  ...[
    ['windows-1258', 'windows-1258'],
    ['x-mac-cyrillic', 'x-mac-cyrillic'],
  ],
  ...[
    ['gb18030', 'gb18030'],
    ['Big5', 'big5'],
    ['EUC-JP', 'euc-jp'],
  ],
  ...[
    ['ISO-2022-JP', 'iso-2022-jp'],
    ['Shift_JIS', 'shift_jis'],
    ['EUC-KR', 'euc-kr'],
  ],
  ...[
    ['latin1', 'windows-1252'],
    [' CP1252 ', 'windows-1252'],
    ['l10', 'iso-8859-16'],
  ],
])('the setting %s is %s', (label = '', encoding = '') => {
  expect(detectEncoding(Buffer.from('\ufeff'), label)).toEqual({ encoding, from: 'setting' });
});

test('an unknown encoding is refused by its name', () => {
  expect(() => detectEncoding(Buffer.of(), 'klingon')).toThrow(
    new RangeError('there is no encoding "klingon"'),
  );
});
