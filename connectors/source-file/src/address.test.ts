import { expect, test } from 'vitest';
import { fileAddress } from './address.ts';

test.each([
  ['orders.csv', 'orders.csv'],
  ['./data/*.csv', './data/*.csv'],
  ['/data/orders.csv', '/data/orders.csv'],
  ['file:orders.csv', 'orders.csv'],
  ['file:/data/orders.csv', '/data/orders.csv'],
  ['file:///data/my%20orders.csv', '/data/my orders.csv'],
  ['file://localhost/data/orders.csv', '/data/orders.csv'],
  ['file:///data/100%.csv', '/data/100%.csv'],
  ['file:my%20orders.csv', 'my%20orders.csv'],
  ['file://data/orders.csv', 'data/orders.csv'],
  ['data/orders?.csv', 'data/orders?.csv'],
])('%s stands for %s', (address, paths) => {
  expect(fileAddress.parse(address)).toEqual({ paths });
});
