import { parseSettings, settingsSchema } from '@fairlead/sdk';
import { describe, expect, test } from 'vitest';
import { address, Config, resourceFor } from './settings.ts';

const MiB = 1 << 20;

test('the settings have defaults for all but the path', () => {
  expect(parseSettings(Config, { path: 'a.duckdb' }, 'test')).toEqual({
    path: 'a.duckdb',
    schema: 'main',
    advanced: {
      memoryLimit: 48 * MiB,
      segmentBytes: 8 * MiB,
      storageVersion: 'v1.3.0',
      rowGroupSize: 122_880,
    },
  });
});

test('the settings make a form whose rare fields are folded away', () => {
  const { properties, required } = settingsSchema(Config);
  expect(required).toEqual(['path']);
  expect(properties).toMatchObject({
    path: { order: 0, title: 'Path' },
    advanced: { advanced: true, properties: { memoryLimit: { default: '48MiB' } } },
  });
});

describe('an address', () => {
  test.each([
    ['duckdb:shop.duckdb', { path: 'shop.duckdb' }],
    ['duckdb:/data/shop.duckdb', { path: '/data/shop.duckdb' }],
    ['duckdb:../a b.duckdb?schema=raw', { path: '../a b.duckdb', schema: 'raw' }],
    ['duckdb:what?.duckdb', { path: 'what?.duckdb' }],
    ['duckdb:a:b.duckdb', { path: 'a:b.duckdb' }],
    [
      'duckdb:x.duckdb?threads=2&memoryLimit=1GiB&schema=s',
      { path: 'x.duckdb', schema: 's', advanced: { threads: 2, memoryLimit: '1GiB' } },
    ],
  ])('%s stands for settings', (text, settings) => {
    expect(address.parse(text)).toEqual(settings);
    parseSettings(Config, address.parse(text), 'test');
  });
});

test.each([
  ['orders', 'orders'],
  ['public.Orders', 'public_orders'],
  ['a/b.c', 'a_b_c'],
  ['orderItems', 'order_items'],
  ['HTTPRequests', 'httprequests'],
  ['sp500-2000', 'sp500_2000'],
  ['2024', '_2024'],
  ['  spaced  out ', 'spaced_out'],
  ['Größe', 'größe'],
  ['注文', '注文'],
  ['__proto__', 'proto'],
  ['...', 'documents'],
  ['🚢', 'documents'],
])('the stream %s goes to the table %s', (stream, table) => {
  expect(resourceFor(stream)).toEqual({ table });
});
