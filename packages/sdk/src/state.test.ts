import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Json } from './json-value.ts';
import { applyCheckpoint, emptyState, mergePatch, patchBetween } from './state.ts';

describe('a merge patch', () => {
  // https://www.rfc-editor.org/rfc/rfc7396, Appendix A
  test.each<[Json, Json, Json]>([
    [{ a: 'b' }, { a: 'c' }, { a: 'c' }],
    [{ a: 'b' }, { b: 'c' }, { a: 'b', b: 'c' }],
    [{ a: 'b' }, { a: null }, {}],
    [{ a: 'b', b: 'c' }, { a: null }, { b: 'c' }],
    [{ a: ['b'] }, { a: 'c' }, { a: 'c' }],
    [{ a: 'c' }, { a: ['b'] }, { a: ['b'] }],
    [{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }],
    [{ a: [{ b: 'c' }] }, { a: [1] }, { a: [1] }],
    [
      ['a', 'b'],
      ['c', 'd'],
      ['c', 'd'],
    ],
    [{ a: 'b' }, ['c'], ['c']],
    [{ a: 'foo' }, null, null],
    [{ a: 'foo' }, 'bar', 'bar'],
    [{ e: null }, { a: 1 }, { e: null, a: 1 }],
    [[1, 2], { a: 'b', c: null }, { a: 'b' }],
    [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
  ])('of %j with %j gives %j', (target, patch, result) => {
    const before = structuredClone(target);
    expect(mergePatch(target, patch)).toEqual(result);
    expect(target).toEqual(before);
  });

  test('shares what it does not touch', () => {
    const kept = { deep: [1] };
    const result = mergePatch({ kept, other: 1 }, { other: 2 });
    expect(Object(result).kept).toBe(kept);
  });

  test('may name a member __proto__, which is like any other', () => {
    const patch: Json = JSON.parse('{"__proto__":{"at":1},"b":{"__proto__":2}}');
    const once = mergePatch({}, patch);
    expect(JSON.stringify(once)).toBe('{"__proto__":{"at":1},"b":{"__proto__":2}}');
    expect(Object(once).at).toBeUndefined();
    const removed = mergePatch(once, JSON.parse('{"__proto__":null}'));
    expect(JSON.stringify(removed)).toBe('{"b":{"__proto__":2}}');
    expect(Object.getPrototypeOf(removed)).toBe(Object.prototype);
  });

  test('does not take an inherited member for one that is there', () => {
    expect(mergePatch({}, { constructor: { name: 'x' } })).toEqual({ constructor: { name: 'x' } });
  });

  test('leaves a value that it sets to itself', () => {
    fc.assert(
      fc.property(state, (value) => {
        expect(mergePatch(value, value)).toEqual(value);
      }),
    );
  });
});

describe('the patch between two values', () => {
  test.each<[Json | undefined, Json | undefined, Json | undefined]>([
    [{ a: 1 }, { a: 1 }, undefined],
    [{ a: 1 }, { a: 2 }, { a: 2 }],
    [{ a: 1, b: 2 }, { b: 2 }, { a: null }],
    [{ a: { b: 1, c: 2 } }, { a: { b: 1, c: 3 } }, { a: { c: 3 } }],
    [{ a: [1, 2] }, { a: [1, 2] }, undefined],
    [{ a: [1, 2] }, { a: [1, 3] }, { a: [1, 3] }],
    [{ a: 5 }, { a: { b: 1 } }, { a: { b: 1 } }],
    [{ a: { b: 1 } }, { a: 5 }, { a: 5 }],
    [{ a: { b: 1 } }, { a: {} }, { a: { b: null } }],
    [undefined, {}, {}],
    [{}, undefined, null],
    [undefined, undefined, undefined],
    ['a', 'b', 'b'],
  ])('from %j to %j is %j', (from, to, patch) => {
    expect(patchBetween(from, to)).toEqual(patch);
  });

  test('leads from the one to the other', () => {
    fc.assert(
      fc.property(state, state, (from, to) => {
        const patch = patchBetween(from, to);
        expect(patch === undefined ? from : mergePatch(from, patch)).toEqual(to);
      }),
    );
  });

  test('is nothing for equal values', () => {
    fc.assert(
      fc.property(state, (value) => {
        expect(patchBetween(value, structuredClone(value))).toBeUndefined();
      }),
    );
  });
});

describe('a checkpoint', () => {
  test('changes the bindings that it names', () => {
    const before = { bindings: { a: { at: 1, files: { x: 1 } }, b: { at: 2 } } };
    const after = applyCheckpoint(before, { bindings: { a: { files: { y: 2 } }, c: { at: 0 } } });
    expect(after).toEqual({
      bindings: { a: { at: 1, files: { x: 1, y: 2 } }, b: { at: 2 }, c: { at: 0 } },
    });
    expect(after.bindings['b']).toBe(before.bindings.b);
  });

  test('changes and removes the shared part', () => {
    const one = applyCheckpoint(emptyState, { shared: { lsn: '0/1', slot: 'a' } });
    expect(one).toEqual({ shared: { lsn: '0/1', slot: 'a' }, bindings: {} });
    const two = applyCheckpoint(one, { shared: { lsn: '0/2' } });
    expect(two).toEqual({ shared: { lsn: '0/2', slot: 'a' }, bindings: {} });
    expect(applyCheckpoint(two, { shared: null })).toEqual({ bindings: {} });
  });

  test('removes a binding by null', () => {
    expect(applyCheckpoint({ bindings: { a: 1, b: 2 } }, { bindings: { a: null } })).toEqual({
      bindings: { b: 2 },
    });
  });

  test('that is empty changes nothing', () => {
    const state = { shared: 1, bindings: { a: 'x' } };
    expect(applyCheckpoint(state, {})).toEqual(state);
  });
});

/** JSON values without null, which a merge patch cannot set. */
const { state } = fc.letrec<{ state: Json; object: Json }>((tie) => ({
  state: fc.oneof({ withCrossShrink: true }, leaf(), tie('object'), fc.array(leaf())),
  object: fc.dictionary(fc.constantFrom('a', 'b', 'c', '__proto__', 'at'), tie('state'), {
    noNullPrototype: true,
  }),
}));

function leaf(): fc.Arbitrary<Json> {
  return fc.oneof(fc.integer(), fc.string(), fc.boolean());
}
