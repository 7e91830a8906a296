import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { decompress, type CompressionSetting } from './compression.ts';
import { collect, inChunks } from './test-support.ts';

async function text(bytes: Uint8Array | string, setting: CompressionSetting, size = 1000) {
  const { compression, chunks } = await decompress(inChunks(bytes, size), {
    setting,
    path: 'a.csv',
  });
  return { compression, text: (await collect(chunks)).toString() };
}

test.each<[CompressionSetting, string | Uint8Array, 'gzip' | 'none']>([
  ['auto', gzipSync('a,b\n'), 'gzip'],
  ['gzip', gzipSync('a,b\n'), 'gzip'],
  ['auto', 'a,b\n', 'none'],
  ['none', 'a,b\n', 'none'],
])('%s decompresses by content', async (setting, bytes, compression) => {
  for (const size of [1, 3, 1000]) {
    expect(await text(bytes, setting, size)).toEqual({ compression, text: 'a,b\n' });
  }
});

test('an empty file is empty with every setting', async () => {
  for (const setting of ['auto', 'gzip', 'none'] as const) {
    expect((await text('', setting)).text).toBe('');
  }
});

test('text with the setting gzip fails with what to change', async () => {
  await expect(text('a,b\n', 'gzip')).rejects.toMatchObject({
    kind: 'config',
    where: 'a.csv',
    message: 'the file is not compressed with gzip',
    hint: 'Set compression to auto.',
  });
});

test('none takes compressed bytes as they are', async () => {
  expect((await text(gzipSync('x'), 'none')).compression).toBe('none');
});

test.each([
  ['a Parquet file', 'PAR1\x15\x04\x15'],
  ['a zip archive or an Excel workbook', 'PK\x03\x04\x14\x00'],
  ['a zstd file', '\x28\xb5\x2f\xfd\x04'],
  ['an Avro file', 'Obj\x01\x04'],
  ['an XML file', '\n<?xml version="1.0"?>'],
  ['an HTML page', '<!DOCTYPE html><title>'],
  ['an ORC file', 'ORC\x11\x00\x00'],
  ['a bzip2 file', 'BZh91AY&SY\x00'],
  ['a SQLite database', 'SQLite format 3\x00'],
  ['a DuckDB database', '\x01\x02\x03\x04\x05\x06\x07\x08DUCK'],
  ['an old Excel or Word file', '\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1'],
])('%s is refused by its content, also inside of gzip', async (name, head) => {
  const bytes = Buffer.from(head, 'latin1');
  const failure = {
    kind: 'config',
    where: 'a.csv',
    message: `the file is ${name}, which this version does not read`,
  };
  await expect(text(bytes, 'auto')).rejects.toMatchObject(failure);
  await expect(text(gzipSync(bytes), 'auto')).rejects.toMatchObject(failure);
});

test.each(['ORCID,name\n1,x\n', 'PAR1,PAR2\n', 'ARROW1,x\n', 'BZh,x\n'])(
  'text that begins like a magic number is text: %j',
  async (content) => {
    expect((await text(content, 'auto')).text).toBe(content);
  },
);

test('what is compressed twice is refused', async () => {
  await expect(text(gzipSync(gzipSync('x')), 'auto')).rejects.toMatchObject({
    kind: 'config',
    message: 'the file is compressed twice, which this version does not read',
  });
});

test('closing the result closes the file', async () => {
  for (const bytes of [Buffer.alloc(5000, 'a'), gzipSync(Buffer.alloc(5000, 'a'), { level: 0 })]) {
    let closed = false;
    async function* source() {
      try {
        yield* inChunks(bytes, 600);
      } finally {
        closed = true;
      }
    }
    const { chunks } = await decompress(source(), { setting: 'auto', path: 'a' });
    await chunks.return?.();
    expect(closed).toBe(true);
  }
});
