import { mergePatch, wholeRange, type Json } from '@fairlead/sdk';
import { expect, test } from 'vitest';
import { decodeCheckpoint, encodeCheckpoint, fromZero } from './checkpoint-text.ts';
import { appliedPatch, isMine, pendingPatch, readPending } from './pending.ts';

const low = { begin: 0, end: 0x7fff_ffff };
const high = { begin: 0x8000_0000, end: 0xffff_ffff };

test('a staged transaction is in the state until it is applied', () => {
  const pending = { range: wholeRange, staged: { files: ['a', null], more: { x: null } } };
  const state = mergePatch({}, pendingPatch(pending));
  expect(state).toEqual({ '00000000-ffffffff': [pending.staged] });
  expect(readPending(state)).toEqual([pending]);
  expect(mergePatch(state, appliedPatch([pending]))).toEqual({});
});

test('a later transaction takes the place of the one before, whatever members both have', () => {
  const first = mergePatch({}, pendingPatch({ range: low, staged: { a: 1 } }));
  const second = mergePatch(first, pendingPatch({ range: low, staged: { b: 2 } }));
  expect(readPending(second)).toEqual([{ range: low, staged: { b: 2 } }]);
});

test.each([
  ['the same range', wholeRange, [[wholeRange, true]]],
  [
    'a range that was split',
    wholeRange,
    [
      [low, true],
      [high, false],
    ],
  ],
  ['the lower of two that were joined', low, [[wholeRange, true]]],
  ['the upper of two that were joined', high, [[wholeRange, true]]],
  [
    'the range of another',
    low,
    [
      [low, true],
      [high, false],
    ],
  ],
] as const)('one of those who have %s applies it', (_, range, cases) => {
  for (const [mine, expected] of cases) expect(isMine({ range, staged: 1 }, mine)).toBe(expected);
});

test.each<Json>([[], 'x', null, { people: {} }, { '00000000-ffffffff': {} }, { '0-f': [1] }])(
  'a state like %j is of another connector',
  (state) => {
    expect(() => readPending(state)).toThrow(expect.objectContaining({ kind: 'state' }));
  },
);

test('a checkpoint comes back as the bytes that it was', () => {
  const bytes = Uint8Array.from({ length: 256 }, (_, index) => index);
  expect(decodeCheckpoint(encodeCheckpoint(bytes))).toEqual(bytes);
  expect(encodeCheckpoint(fromZero)).toBe('{"flow":"+P///w8B"}');
});

test.each(['', 'x', '{}', '{"flow":1}', '{"flow":"?"}', '[]'])(
  '%j is no checkpoint of Flow',
  (text) => {
    expect(() => decodeCheckpoint(text)).toThrow(expect.objectContaining({ kind: 'state' }));
  },
);
