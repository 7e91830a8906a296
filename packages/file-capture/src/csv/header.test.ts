import { expect, test } from 'vitest';
import { hasHeader } from './header.ts';

test.each([
  { rows: [], header: false },
  { rows: [['a', 'b']], header: true },
  {
    rows: [
      ['a', 'b'],
      ['c', 'd'],
    ],
    header: true,
  },
  {
    rows: [
      ['id', 'name'],
      ['1', 'x'],
    ],
    header: true,
  },
  {
    rows: [
      ['1', 'x'],
      ['2', 'y'],
    ],
    header: false,
  },
  { rows: [['1', 'x']], header: false },
  {
    rows: [
      ['x', '2024-01-31'],
      ['y', '2024-02-01'],
    ],
    header: false,
  },
  {
    rows: [
      ['x', '2024-01-31T10:00:00Z'],
      ['y', '2024-02-01 11:00'],
    ],
    header: false,
  },
  {
    rows: [
      ['x', '31.01.2024'],
      ['y', '01/02/2024'],
    ],
    header: false,
  },
  {
    rows: [
      ['x', 'TRUE'],
      ['y', 'false'],
    ],
    header: false,
  },
  {
    rows: [
      ['x', '1,5'],
      ['y', '1.000,25'],
    ],
    header: false,
  },
  {
    rows: [
      ['a', '2020'],
      ['x', 'n/a'],
      ['y', '3'],
    ],
    header: true,
  },
  {
    rows: [
      ['country', '2020'],
      ['x', '3'],
      ['y', ''],
    ],
    header: false,
  },
  {
    rows: [
      ['a', 'a'],
      ['b', 'c'],
    ],
    header: false,
  },
  {
    rows: [
      ['id', 'name', 'name'],
      ['1', 'x', 'y'],
    ],
    header: true,
  },
  {
    rows: [
      ['', ''],
      ['b', 'c'],
    ],
    header: false,
  },
  {
    rows: [
      ['', 'name'],
      ['0', 'x'],
    ],
    header: true,
  },
  {
    rows: [
      ['', 'x'],
      ['', 'y'],
    ],
    header: true,
  },
])('$rows: $header', ({ rows, header }) => {
  const fields = rows.map((row) => row.map((text) => ({ text, quoted: false })));
  expect(hasHeader(fields)).toBe(header);
});
