import { fivetranPackages, pythonWith } from '@fairlead/testkit';
import { expect, test } from 'vitest';
import { serveOrders } from '../testing/connector-sdk.ts';
import { testRuns } from '../testing/test-run.ts';

const title = 'a connector of Fivetran’s own package for Python is synced as it means it';
test(title, { timeout: 1_200_000 }, async ({ skip }) => {
  const python = await pythonWith(fivetranPackages, 'the Connector SDK', skip);
  await using runs = await testRuns();
  const configuration = { note: 'remember' };
  for (const next of [250, 500]) {
    await using source = await serveOrders(python);
    const report = await runs.run(source.target, { configuration });
    expect(report).toMatchObject({
      operations: [
        { table: 'orders', upserts: 250, updates: 1, deletes: 1 },
        { table: 'notes', upserts: 2 },
      ],
      checkpoints: 1,
      findings: [],
    });
    expect(report.failure).toBeUndefined();
    expect(await runs.savedState()).toEqual({ next });
  }
  const orders =
    'SELECT * EXCLUDE (_fivetran_synced) FROM tester.orders WHERE id IN (250, 251) ORDER BY id';
  const row = {
    price: '1.25',
    sold: '2024-02-29 01:02:03.5+00',
    day: '2024-02-29',
    photo: '\\x00A',
    tags: '["a", 1]',
    ok: true,
  };
  expect(await runs.query(orders)).toEqual([
    { ...row, id: '250', name: 'changed', big: String(2n ** 62n + 250n), _fivetran_deleted: false },
    {
      ...row,
      id: '251',
      name: 'order 251',
      big: String(2n ** 62n + 251n),
      _fivetran_deleted: true,
    },
  ]);
  expect(await runs.query('SELECT text FROM tester.notes')).toEqual([{ text: 'remember' }]);
});
