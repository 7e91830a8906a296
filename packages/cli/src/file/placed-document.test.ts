import { expect, test } from 'vitest';
import { parsePlaced, type Path } from './placed-document.ts';

const none = { env: () => undefined, file: () => '' };

test.each<[Path, 'key' | 'value', string]>([
  [[], 'value', '1:1'],
  [['a'], 'key', '1:1'],
  [['a'], 'value', '2:3'],
  [['a', 'b'], 'key', '2:3'],
  [['a', 'b'], 'value', '2:6'],
  [['c', 1], 'value', '5:5'],
  [['c', 2, 'd'], 'key', '6:7'],
  [['c', 2, 'd'], 'value', '6:10'],
  // What is not there is where its group is.
  [['a', 'missing', 'deep'], 'key', '2:3'],
  [['c', 7], 'value', '4:3'],
  [['e'], 'value', '7:3'],
])('the %j has its %s at %s', (path, part, place) => {
  const text = 'a:\n  b: 1\nc:\n  - x\n  - y\n  - { d: z }\ne:\n';
  const document = parsePlaced(text, 'f', none);
  expect(document.place(document.offsetOf(path, part))).toBe(`f:${place}`);
});

test('values are those of YAML 1.2, and keys are texts', () => {
  const text = 'yes: no\n1: 0x1F\ntrue: ~\nd: 2024-01-01\n__proto__: { x: 1.50 }\n<<: 1\n';
  const { value } = parsePlaced(text, 'f', none);
  expect(Object.entries(value as object)).toEqual([
    ['1', 31],
    ['yes', 'no'],
    ['true', null],
    ['d', '2024-01-01'],
    ['__proto__', { x: 1.5 }],
    ['<<', 1],
  ]);
});

test('knows which values came out of variables', () => {
  const document = parsePlaced('a: ${env:X}\nb: x\nc: $${x}\n', 'f', {
    ...none,
    env: () => 'secret',
  });
  expect(document.value).toEqual({ a: 'secret', b: 'x', c: '${x}' });
  expect(document.isFromVariable(['a'])).toBe(true);
  expect(document.isFromVariable(['b'])).toBe(false);
});

test('a hundred aliases are enough for anybody', () => {
  const rows = (count: number) => `a: &a 1\nb: [${Array(count).fill('*a').join(', ')}]`;
  expect(parsePlaced(rows(100), 'f', none).value).toMatchObject({ a: 1 });
  expect(() => parsePlaced(rows(101), 'f', none)).toThrow('too many aliases');
});
