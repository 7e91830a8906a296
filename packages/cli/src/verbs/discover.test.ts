import { expect, test } from 'vitest';
import { inShop, shop } from '../testing/shop.ts';

test('discover lists the streams', async () => {
  expect(await inShop(['discover'])).toEqual({
    exitCode: 0,
    stdout: [
      'stream     key  columns',
      'orders     id   id integer, name string',
      'customers  id   id integer, name string',
      '',
    ].join('\n'),
    stderr: '',
  });
  const { stdout } = await inShop(['discover', '--json']);
  expect(JSON.parse(stdout)).toMatchObject({
    source: 'source-tick',
    streams: [{ name: 'orders', key: ['/id'] }, { name: 'customers' }],
  });
});

test('discover shows names from outside without their control characters', async () => {
  const text = shop.replace('rows: 3', 'streams: ["big\\e[31m"]');
  const { stdout } = await inShop(['discover'], text);
  expect(stdout.split('\n')[1]).toBe('big\\u001b[31m  id   id integer, name string');
});
