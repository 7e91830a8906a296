import { expect, test } from 'vitest';
import { callCommand } from '../testing/call-command.ts';
import { pipelineFolder } from '../testing/pipeline-folder.ts';
import { inShop, shop } from '../testing/shop.ts';

test('plan prints statements that can be run', async () => {
  expect(await inShop(['plan'])).toEqual({
    exitCode: 0,
    stdout: [
      '-- create table orders',
      'CREATE TABLE orders (id, name);',
      '',
      '-- create table customers',
      'CREATE TABLE customers (id, name);',
      '',
    ].join('\n'),
    stderr: '',
  });
  const { stdout } = await inShop(['plan', '--json']);
  expect(JSON.parse(stdout)).toMatchObject({
    streams: [{ stream: 'orders', table: 'orders', write: 'merge' }, { stream: 'customers' }],
    changes: [{ description: 'create table orders' }, {}],
  });
});

const billed = shop.replace('{ rows: 3 }', '{ rows: 3, billed: true }');

test('plan tells what the next run costs', async () => {
  await using folder = await pipelineFolder({ 'pipeline.yaml': billed });
  const { stdout } = await callCommand(['plan'], { folder: folder.path });
  expect(stdout).toContain(
    [
      'CREATE TABLE customers (id, name);',
      '',
      '-- orders: about 3 row reads',
      '-- customers: about 3 row reads',
      '-- the next run takes about 7 row reads, some $1.50 (list price of $0.25 a row)',
      '',
    ].join('\n'),
  );
  await callCommand(['run', '-q'], { folder: folder.path });
  const { stdout: after } = await callCommand(['plan', '--json'], { folder: folder.path });
  expect(JSON.parse(after)).toMatchObject({
    changes: [],
    estimate: {
      unit: 'row reads',
      streams: [
        { stream: 'orders', count: 0 },
        { stream: 'customers', count: 0 },
      ],
      overhead: 1,
      total: 1,
      price: { currency: 'USD', amount: 1.5 },
    },
  });
});

test('plan says so when there is nothing to do', async () => {
  await using folder = await pipelineFolder({ 'pipeline.yaml': shop });
  await callCommand(['run', '-q'], { folder: folder.path });
  const { stdout } = await callCommand(['plan'], { folder: folder.path });
  expect(stdout).toBe('-- nothing to do\n');
});
