import { expect, test } from 'vitest';
import { PageSize } from './page-size.ts';

const mebibyte = 1024 * 1024;

function noted(size: PageSize, bytes: number, times: number): number {
  for (let i = 0; i < times; i++) size.note(bytes);
  return size.now;
}

test('a page that was too large is halved, down to one element, and grows again after a while', () => {
  const size = new PageSize(100);
  expect(size.shrink(100)).toBe(true);
  expect(size.now).toBe(50);
  expect(noted(size, 1000, 15)).toBe(50);
  expect(noted(size, 1000, 1)).toBe(100);
  expect(noted(size, 1000, 100)).toBe(100);
  for (const next of [50, 25, 12, 6, 3, 1]) {
    expect(size.shrink(size.now)).toBe(true);
    expect(size.now).toBe(next);
  }
  expect(size.shrink(1)).toBe(false);
});

test('after a very long answer the next ones are smaller, and do not grow past it', () => {
  const size = new PageSize(1000);
  expect(noted(size, 20 * mebibyte, 1)).toBe(500);
  expect(noted(size, 10 * mebibyte, 1)).toBe(250);
  expect(noted(size, 5 * mebibyte, 100)).toBe(250);
  expect(noted(size, 3 * mebibyte, 16)).toBe(500);
});
