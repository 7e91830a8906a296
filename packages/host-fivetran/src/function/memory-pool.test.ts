import { expect, test } from 'vitest';
import { giveMemory, grownBytes, grownNumbers, takeMemory } from './memory-pool.ts';

const megabyte = 1024 * 1024;

test('memory is given out again once it came back, and not twice', () => {
  const first = new Uint8Array(takeMemory(megabyte));
  giveMemory(first);
  const second = takeMemory(megabyte - 1);
  expect(second).toBe(first.buffer);
  expect(takeMemory(megabyte)).not.toBe(second);
});

test.each([1, 4096, 4097, 100_000, megabyte, megabyte + 1])('%i bytes have room', (size) => {
  const { byteLength } = takeMemory(size);
  expect(byteLength).toBeGreaterThanOrEqual(size);
  expect(Math.log2(byteLength) % 1).toBe(0);
});

test('no more is kept than 24 MiB', () => {
  const many = Array.from({ length: 40 }, () => new Uint8Array(takeMemory(megabyte)));
  for (const memory of many) giveMemory(memory);
  const buffers = new Set(many.map(({ buffer }) => buffer));
  const again = Array.from({ length: 40 }, () => takeMemory(megabyte));
  const kept = again.filter((memory) => buffers.has(memory)).length;
  expect(kept).toBeGreaterThan(0);
  expect(kept).toBeLessThanOrEqual(24);
});

test('what grows keeps what it has, and is the same while there is room', () => {
  let bytes = new Uint8Array();
  let numbers = new Uint32Array();
  for (let count = 1; count <= 20_000; count++) {
    const [before, beforeNumbers] = [bytes, numbers];
    bytes = grownBytes(bytes, count);
    numbers = grownNumbers(numbers, count);
    if (before.length >= count) expect(bytes).toBe(before);
    if (beforeNumbers.length >= count) expect(numbers).toBe(beforeNumbers);
    bytes[count - 1] = count;
    numbers[count - 1] = count;
  }
  expect(bytes.subarray(0, 20_000)).toEqual(Uint8Array.from({ length: 20_000 }, (_, i) => i + 1));
  expect(numbers.subarray(0, 20_000)).toEqual(
    Uint32Array.from({ length: 20_000 }, (_, i) => i + 1),
  );
});
