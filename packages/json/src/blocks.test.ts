import { expect, test } from 'vitest';
import { giveBlock, takeBlock } from './blocks.ts';

const MiB = 1024 * 1024;

test('memory that was given back is used again', () => {
  const first = takeBlock(MiB);
  giveBlock(first);
  const second = takeBlock(MiB - 1000);
  expect(second.buffer).toBe(first.buffer);
  expect(second.length).toBe(MiB - 1000);
});

test('memory is given back once, and only what was taken', () => {
  const block = takeBlock(3 * MiB);
  giveBlock(block);
  giveBlock(block);
  const foreign = new Uint8Array(3 * MiB);
  giveBlock(foreign);
  const again = [takeBlock(3 * MiB), takeBlock(3 * MiB), takeBlock(3 * MiB)];
  const buffers = new Set(again.map(({ buffer }) => buffer));
  expect(buffers.size).toBe(3);
  expect(buffers.has(foreign.buffer)).toBe(false);
});

test('nobody has the memory of somebody else', () => {
  const blocks = Array.from({ length: 20 }, (_, index) => takeBlock(MiB).fill(index));
  blocks.forEach((block, index) => expect(block.every((byte) => byte === index)).toBe(true));
  for (const block of blocks) giveBlock(block);
});

test.each([0, 1, 1000, 5 * MiB])('%i bytes are had', (size) => {
  const block = takeBlock(size);
  expect(block.length).toBe(size);
  giveBlock(block);
});
