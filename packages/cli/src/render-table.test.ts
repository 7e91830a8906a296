import { expect, test } from 'vitest';
import { renderTable } from './render-table.ts';

test('columns line up, numbers at the right, and no line ends in spaces', () => {
  const columns = [{ title: 'name' }, { title: 'rows', align: 'right' } as const, { title: '' }];
  const rows = [
    ['漢字', '1', 'x'],
    ['orders\n', '12,345', ''],
  ];
  expect(renderTable(columns, rows)).toBe(
    ['name        rows', '漢字           1  x', 'orders\\n  12,345', ''].join('\n'),
  );
});

test('a table without rows has its titles', () => {
  expect(renderTable([{ title: 'a' }, { title: 'b' }], [])).toBe('a  b\n');
});
