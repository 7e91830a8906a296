import { expect, test } from 'vitest';
import { createPathFinder } from './json-path.ts';
import { createSkipper, skipBlank } from './json-skip.ts';

test.each([
  ['{"a":1} x', 7],
  [' [1,{"b":"]}"}],', 15],
  ['"a\\"]}" ,', 7],
  ['12.5e3,', 6],
  ['true}', 4],
  ['null ', 4],
  ['{}', 2],
  ['""', 2],
])('skipping one value of %j ends at %i, however it is cut', (text, end) => {
  const bytes = Buffer.from(text);
  for (let cut = 0; cut <= bytes.length; cut++) {
    const skipper = createSkipper(0);
    const first = skipper.skip(bytes.subarray(0, cut), 0);
    const found = first >= 0 ? first : cut + skipper.skip(bytes.subarray(cut), 0);
    expect(found).toBe(end);
  }
});

test.each([
  ['], "x": "]}"} rest', 2, 13],
  [', 5]', 1, 4],
  ['}', 1, 1],
])('skipping the rest of %j, %i levels up, ends at %i', (text, depth, end) => {
  expect(createSkipper(depth).skip(Buffer.from(text), 0)).toBe(end);
});

test('a scalar at the very end goes on, as more digits may follow', () => {
  expect(createSkipper(0).skip(Buffer.from('12'), 0)).toBe(-1);
});

test('white space is what JSON says it is', () => {
  expect(skipBlank(Buffer.from(' \t\r\n\vx'), 0)).toBe(4);
  expect(skipBlank(Buffer.from('  '), 1)).toBe(2);
});

test('a finder consumes what it skips, so that it need not be kept', () => {
  const finder = createPathFinder(['d']);
  const begin = Buffer.from(`{"long":"${'x'.repeat(1000)}`);
  expect(finder.find(begin, false)).toEqual({ consumed: begin.length, found: false });
  const end = Buffer.from('xx","d": [');
  expect(finder.find(end, false)).toEqual({ consumed: 9, found: true });
});

test('a finder keeps a name that is cut', () => {
  const finder = createPathFinder(['de']);
  expect(finder.find(Buffer.from('{"d'), false)).toEqual({ consumed: 1, found: false });
  expect(finder.find(Buffer.from('"de"'), false)).toEqual({ consumed: 0, found: false });
  expect(finder.find(Buffer.from('"de":['), false)).toEqual({ consumed: 5, found: true });
});
