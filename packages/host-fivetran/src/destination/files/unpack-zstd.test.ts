import { compress, init } from '@bokuweb/zstd-wasm';
import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { unpackZstd } from './unpack-zstd.ts';

beforeAll(() => init());

async function* pieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let from = 0; from < bytes.length; from += size) yield bytes.subarray(from, from + size);
}

test('frames come out as they went in, whatever the pieces are', async () => {
  const content = fc.oneof(
    fc.uint8Array({ maxLength: 5000 }),
    fc.nat(400_000).map((length) => new Uint8Array(length).fill(7)),
    fc
      .nat(400_000)
      .map((length) => Uint8Array.from({ length }, (_, index) => (index * index) >> 9)),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(content, { minLength: 1, maxLength: 3 }),
      fc.integer({ min: 1, max: 2000 }),
      async (contents, size) => {
        const packed = Buffer.concat(contents.map((one) => compress(Buffer.from(one), 3)));
        const unpacked: Uint8Array[] = [];
        for await (const data of unpackZstd(pieces(packed, size))) unpacked.push(data);
        expect(Buffer.concat(unpacked).equals(Buffer.concat(contents))).toBe(true);
      },
    ),
    { numRuns: 40 },
  );
});

test('what is packed very well is unpacked little by little', async () => {
  const whole = 256 * 1024 * 1024;
  const block = Buffer.from([2 | (131_072 << 3), 131_072 >> 5, 131_072 >> 13, 0x41]);
  const last = Buffer.from([3, 0, 0, 0x41]);
  // A frame with a window of 1 MiB, of blocks that are one byte so many times.
  const packed = Buffer.concat([
    Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x00, 10 << 3]),
    ...Array.from({ length: whole / 131_072 }, () => block),
    last,
  ]);
  const before = process.memoryUsage().arrayBuffers;
  let most = 0;
  let length = 0;
  for await (const data of unpackZstd(pieces(packed, packed.length))) {
    length += data.length;
    most = Math.max(most, process.memoryUsage().arrayBuffers - before);
  }
  expect(length).toBe(whole);
  expect(most).toBeLessThan(whole / 2);
});
