import { expect, test } from 'vitest';
import { warehouseName } from './naming.ts';

test.each([
  ['orders', 'orders'],
  ['Orders', 'orders'],
  ['unitPrice', 'unit_price'],
  ['Unit Price (€)', 'unit_price____'],
  ['Straße', 'stra_e'],
  ['Größe', 'gro_e'],
  ['order', '_order'],
  ['SELECT', '_select'],
  ['2nd', '_2nd'],
  ['_hidden', '_hidden'],
  ['', '_'],
])('%j is called %s', (name, called) => {
  expect(warehouseName(name, 'FIVETRAN')).toBe(called);
  expect(warehouseName(name, 'SOURCE')).toBe(name);
});
