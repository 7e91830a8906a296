import { encodeDocuments, Op } from '@fairlead/sdk';
import { expect, test } from 'vitest';
import { withDeletes } from './with-deletes.ts';

const at = '2026-01-02T03:04:05Z';

test('documents that say when they were deleted are deletes', () => {
  const documents = encodeDocuments([
    { id: 1, _ab_cdc_deleted_at: null },
    { id: 2, _ab_cdc_deleted_at: at },
    { id: 3 },
    { id: 4, _ab_cdc_deleted_at: at },
  ]);
  expect([...(withDeletes(documents).ops ?? [])]).toEqual([0, Op.delete, 0, Op.delete]);
});

test.each([
  ['no such member', { id: 1 }],
  ['a member that is null', { id: 1, _ab_cdc_deleted_at: null }],
  ['a member of a member', { id: 1, inner: { _ab_cdc_deleted_at: at } }],
  ['a text that is the name', { id: '_ab_cdc_deleted_at', name: '"_ab_cdc_deleted_at":"x"' }],
  ['a number', { id: 1, _ab_cdc_deleted_at: 7 }],
])('%s deletes nothing', (_what, document) => {
  const documents = encodeDocuments([document, { id: 2 }]);
  expect(withDeletes(documents)).toBe(documents);
});

test('the member counts at the root, wherever else it stands before', () => {
  const document = { a: { _ab_cdc_deleted_at: null }, b: { _ab_cdc_deleted_at: 'x' } };
  const documents = encodeDocuments([{ ...document, _ab_cdc_deleted_at: at }]);
  expect([...(withDeletes(documents).ops ?? [])]).toEqual([Op.delete]);
});

test('operations that are known stay', () => {
  const documents = encodeDocuments([{ id: 1 }, { id: 2, _ab_cdc_deleted_at: at }], Op.insert);
  expect([...(withDeletes(documents).ops ?? [])]).toEqual([Op.insert, Op.delete]);
});
