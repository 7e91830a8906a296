import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LineBuffer } from './line-buffer.ts';

const line = fc.uint8Array({ maxLength: 40 });

/** Lines as they are added: their bytes one after the other, and where each ends. */
function joined(lines: readonly Uint8Array[]) {
  let end = 0;
  const ends = Uint32Array.from(lines, ({ length }) => (end += length));
  return { bytes: Buffer.concat(lines), ends };
}

test('what is added in parts is there as if it had come at once, with what is beside it', () => {
  fc.assert(
    fc.property(fc.array(fc.array(fc.array(line))), (uses) => {
      const buffer = new LineBuffer((length) => new Float64Array(length));
      for (const parts of uses) {
        for (const lines of parts) {
          const { bytes, ends } = joined(lines);
          const first = buffer.add(bytes, ends);
          buffer.beside.set(
            lines.map((_, index) => first + index + 0.5),
            first,
          );
        }
        const { bytes, ends } = joined(parts.flat());
        expect(buffer.count).toBe(ends.length);
        expect(buffer.bytes.subarray(0, buffer.sizeBytes).equals(bytes)).toBe(true);
        expect(buffer.ends.subarray(0, buffer.count)).toEqual(ends);
        expect([...buffer.beside.subarray(0, buffer.count)]).toEqual(
          Array.from(ends, (_, index) => index + 0.5),
        );
        buffer.clear();
      }
    }),
  );
});

test.each([
  { size: 4 * 1024 * 1024, kept: true },
  { size: 4 * 1024 * 1024 + 1, kept: false },
])('memory in which there were $size bytes is kept: $kept', ({ size, kept }) => {
  const buffer = new LineBuffer((length) => new Uint8Array(length));
  buffer.add(new Uint8Array(size), Uint32Array.of(size));
  buffer.clear();
  expect(buffer.sizeBytes).toBe(0);
  expect(buffer.bytes.length).toBe(kept ? size : 0);
});
