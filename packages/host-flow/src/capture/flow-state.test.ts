import { expect, test } from 'vitest';
import { jsonText } from '../protocol/json-text.ts';
import { forgetOlder, sourceState, taskPatch } from './flow-state.ts';

test.each([
  [undefined, { bindings: {} }],
  [null, { bindings: {} }],
  [{}, { bindings: {} }],
  [{ bindingStateV1: { a: 1 }, other: 2 }, { bindings: { a: 1 } }],
  [
    { bindingStateV1: {}, shared: { lsn: '7' } },
    { bindings: {}, shared: { lsn: '7' } },
  ],
])('the state %j is that of a source', (state, expected) => {
  expect(sourceState(state === undefined ? undefined : jsonText(state))).toEqual(expected);
});

test.each([
  [{}, undefined],
  [{ bindings: {} }, undefined],
  [{ bindings: { a: { at: 1 } } }, '{"bindingStateV1":{"a":{"at":1}}}'],
  [{ shared: null }, '{"shared":null}'],
  [{ shared: 1, bindings: { a: null } }, '{"bindingStateV1":{"a":null},"shared":1}'],
])('the patch %j changes the state of the task', (patch, expected) => {
  const text = taskPatch(patch);
  expect(text === undefined ? undefined : Buffer.from(text).toString()).toBe(expected);
});

test.each([
  { saved: ['a'], active: ['a'], inactive: [], gone: undefined },
  { saved: ['a', 'b'], active: ['a'], inactive: [], gone: undefined },
  { saved: ['a', 'a.v1'], active: ['a.v2'], inactive: [], gone: ['a', 'a.v1'] },
  { saved: ['a.v1', 'a.v2'], active: ['a.v2'], inactive: ['a.v1'], gone: undefined },
  { saved: ['a.v12x'], active: ['a'], inactive: [], gone: undefined },
])('of $saved, $gone are of older backfills than $active', ({ saved, active, inactive, gone }) => {
  const state = { bindings: Object.fromEntries(saved.map((key) => [key, 1])) };
  const patch = forgetOlder(state, active, inactive);
  expect(patch === undefined ? undefined : Object.keys(patch.bindings ?? {})).toEqual(gone);
});
