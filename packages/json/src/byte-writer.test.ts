import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { ByteWriter } from './byte-writer.ts';

const writes = fc.array(
  fc.oneof(
    fc.record({ kind: fc.constant('bytes' as const), value: fc.uint8Array({ maxLength: 80 }) }),
    fc.record({ kind: fc.constant('byte' as const), value: fc.nat(255) }),
    fc.record({ kind: fc.constant('utf8' as const), value: fc.string({ unit: 'grapheme' }) }),
    fc.record({
      kind: fc.constant('ascii' as const),
      value: fc.string({ unit: 'grapheme-ascii' }),
    }),
    fc.record({ kind: fc.constant('integer' as const), value: fc.maxSafeInteger() }),
  ),
);

test('holds everything that was written, in order, whatever its first capacity', () => {
  fc.assert(
    fc.property(writes, fc.nat(40), (list, capacity) => {
      const writer = new ByteWriter(capacity);
      const expected = Buffer.concat(
        list.map(({ kind, value }) => {
          if (kind === 'bytes') writer.bytes(value);
          else if (kind === 'byte') writer.byte(value);
          else if (kind === 'utf8') writer.utf8(value);
          else if (kind === 'ascii') writer.ascii(value);
          else writer.integer(value);
          if (kind === 'bytes') return value;
          return kind === 'byte' ? Buffer.of(value) : Buffer.from(String(value));
        }),
      );
      expect(writer.length).toBe(expected.length);
      expect(Buffer.from(writer.view()).equals(expected)).toBe(true);
      expect(Buffer.from(writer.take()).equals(expected)).toBe(true);
      expect(writer.length).toBe(0);
    }),
  );
});

test.each([0, 9, 10, 99, 100, 2_147_483_647, 2_147_483_648, -1, -10, 2 ** 53 - 1, -(2 ** 53 - 1)])(
  'writes the digits of %d',
  (value) => {
    const writer = new ByteWriter();
    writer.integer(value);
    expect(Buffer.from(writer.view()).toString()).toBe(String(value));
  },
);

test.each([1.5, Number.NaN, Infinity, 2 ** 53])('refuses %d as an integer', (value) => {
  const writer = new ByteWriter();
  expect(() => writer.integer(value)).toThrow(RangeError);
  expect(writer.length).toBe(0);
});

test('hands out a copy that later writes do not change', () => {
  const writer = new ByteWriter();
  writer.utf8('first');
  const taken = writer.take();
  writer.utf8('other');
  expect(Buffer.from(taken).toString()).toBe('first');
  expect(Buffer.from(writer.view()).toString()).toBe('other');
});

test('forgets what lies past the length it is truncated to', () => {
  const writer = new ByteWriter();
  writer.utf8('kept and not');
  writer.truncate(99);
  expect(writer.length).toBe(12);
  writer.truncate(4);
  expect(Buffer.from(writer.take()).toString()).toBe('kept');
});
