import { expect, test } from 'vitest';
import { renderEstimate } from './render-estimate.ts';

const estimate = {
  unit: 'document reads',
  streams: [
    { stream: 'users', count: 1204 },
    { stream: 'big\u001b[31m', count: 11_084 },
  ],
  overhead: 12,
  total: 12_300,
};

test('an estimate is a line for each stream, and one for all', () => {
  expect(renderEstimate(estimate, 'reading all of it')).toEqual([
    'users: about 1,204 document reads',
    'big\\u001b[31m: about 11,084 document reads',
    'reading all of it takes about 12,300 document reads',
  ]);
});

test.each([
  { amount: 0, text: '$0.00' },
  { amount: 0.0001, text: '$0.01' },
  { amount: 0.01, text: '$0.01' },
  { amount: 0.07, text: '$0.07' },
  { amount: 0.29, text: '$0.29' },
  { amount: 1.005, text: '$1.01' },
  { amount: 99.99, text: '$99.99' },
  { amount: 1234.2, text: '$1,235' },
])('$amount is written $text', ({ amount, text }) => {
  const price = { currency: 'USD', amount, basis: 'list price' } as const;
  expect(renderEstimate({ ...estimate, price }, 'it').at(-1)).toBe(
    `it takes about 12,300 document reads, some ${text} (list price)`,
  );
});
