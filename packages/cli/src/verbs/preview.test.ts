import { expect, test } from 'vitest';
import { inShop, shop } from '../testing/shop.ts';

test('preview shows rows, types and statements', async () => {
  expect(await inShop(['preview', 'cust*', '--rows', '2'])).toEqual({
    exitCode: 0,
    stdout: [
      'stream customers, table customers',
      '',
      'id  name',
      '1   customers 1',
      '2   customers 2',
      '',
      'column  type',
      'id      integer  key',
      'name    string',
      '',
      '-- create table customers',
      'CREATE TABLE customers (id, name);',
      '',
    ].join('\n'),
    stderr: '',
  });
});

test('preview gives machines a line for each stream', async () => {
  const { stdout } = await inShop(['preview', '--json', '--rows', '1']);
  const lines = stdout.trimEnd().split('\n');
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([
    { stream: 'orders', key: ['/id'], rows: [{ id: 1, name: 'orders 1' }] },
    { stream: 'customers', rows: [{ id: 1, name: 'customers 1' }] },
  ]);
});

test('preview tells what reading all of it costs', async () => {
  const billed = shop.replace('{ rows: 3 }', '{ rows: 3, billed: true }');
  const { stdout } = await inShop(['preview', 'cust*', '--rows', '1'], billed);
  expect(stdout).toContain(
    [
      'CREATE TABLE customers (id, name);',
      '',
      'customers: about 3 row reads',
      'reading all of it takes about 4 row reads, some $1.50 (list price of $0.25 a row)',
      '',
    ].join('\n'),
  );
  const { stdout: json } = await inShop(['preview', '--json', '--rows', '1'], billed);
  const lines = json.trimEnd().split('\n');
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([
    { stream: 'orders' },
    { stream: 'customers' },
    { estimate: { unit: 'row reads', total: 7, streams: [{ stream: 'orders', count: 3 }, {}] } },
  ]);
});

test('preview knows the streams that it may be asked for', async () => {
  expect(await inShop(['preview', 'order'])).toMatchObject({
    exitCode: 2,
    stderr: 'fairlead: no stream "order"; did you mean "orders"?\n',
  });
  expect(await inShop(['preview', 'zzz*'])).toMatchObject({
    exitCode: 2,
    stderr: 'fairlead: no stream "zzz*". There are: orders, customers.\n',
  });
});
