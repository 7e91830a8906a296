import { applyCheckpoint, type Json, type SourceState, type StatePatch } from '@fairlead/sdk';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  afterCommit,
  decodeCheckpoint,
  encodeCheckpoint,
  firstCheckpoint,
  resetCheckpoint,
  rewindCheckpoint,
  undoPatch,
  type RunCheckpoint,
} from './checkpoint.ts';

const at = new Date('2026-01-02T03:04:05Z');

/** The checkpoint after three commits of stream `a` and one of `b`. */
function afterThree(): RunCheckpoint {
  const patches: StatePatch[] = [
    { bindings: { a: { line: 1 } } },
    { bindings: { a: { line: 2 }, b: { line: 7 } } },
    { bindings: { a: { line: 3 } } },
  ];
  const streams = { a: { schema: {} }, b: { schema: {} } };
  return patches.reduce<RunCheckpoint>(
    (before, patch) => afterCommit(before, applyCheckpoint(before.state, patch), streams, at),
    firstCheckpoint('source-x'),
  );
}

describe('a checkpoint', () => {
  test('is the same after it was written and read', () => {
    expect(decodeCheckpoint(encodeCheckpoint(afterThree()), 'source-x')).toEqual(afterThree());
  });

  test('of another source is refused by name', () => {
    expect(() => decodeCheckpoint(encodeCheckpoint(afterThree()), 'source-y')).toThrow(
      expect.objectContaining({
        kind: 'state',
        message: 'the saved checkpoint is of source-x, and this pipeline reads source-y',
      }),
    );
  });

  test.each(['', '{', 'null', '{"version":2}', '{"version":1,"source":"source-x"}'])(
    'that is %j is refused',
    (text) => {
      expect(() => decodeCheckpoint(text, 'source-x')).toThrow(
        expect.objectContaining({ name: 'Failure', kind: 'state' }),
      );
    },
  );

  test('remembers twenty commits and no more than 64 KiB of what undoes them', () => {
    let checkpoint = firstCheckpoint('source-x');
    for (let line = 0; line < 30; line++) {
      checkpoint = afterCommit(checkpoint, { bindings: { a: { line } } }, {}, at);
    }
    expect(checkpoint.history.map(({ commit }) => commit)).toEqual(
      Array.from({ length: 20 }, (_, index) => 30 - index),
    );
    const large = 'x'.repeat(40_000);
    for (const part of ['p', 'q', 'r']) {
      checkpoint = afterCommit(checkpoint, { bindings: { a: { part: part + large } } }, {}, at);
    }
    expect(encodeCheckpoint(checkpoint).length).toBeLessThan(160_000);
  });
});

describe('rewinding', () => {
  test.each([
    { commit: 3, state: { a: { line: 2 }, b: { line: 7 } }, rewound: ['a'] },
    { commit: 2, state: { a: { line: 1 } }, rewound: ['a', 'b'] },
    { commit: 1, state: {}, rewound: ['a', 'b'] },
  ])('takes back commit $commit and all later ones', ({ commit, state, rewound }) => {
    const back = rewindCheckpoint(afterThree(), commit);
    expect(back.state.bindings).toEqual(state);
    expect(back.history.map((past) => past.commit)).toEqual([3, 2, 1].filter((c) => c < commit));
    const marked = Object.entries(back.streams).filter(([, memory]) => memory.rewound);
    expect(marked.map(([key]) => key)).toEqual(rewound);
  });

  test('says which commits it knows', () => {
    expect(() => rewindCheckpoint(afterThree(), 9)).toThrow(
      expect.objectContaining({ kind: 'config', hint: 'Choose one from 1 to 3.' }),
    );
    expect(() => rewindCheckpoint(firstCheckpoint('source-x'), 1)).toThrow(
      expect.objectContaining({ hint: 'None can be; start again with fairlead state reset.' }),
    );
  });
});

describe('resetting', () => {
  test('forgets the streams that are named, and all when none is', () => {
    const some = resetCheckpoint(afterThree(), ['a']);
    expect(some.state.bindings).toEqual({ b: { line: 7 } });
    expect(Object.keys(some.streams)).toEqual(['b']);
    expect(some.history).toEqual([]);
    expect(resetCheckpoint(afterThree())).toEqual({ ...firstCheckpoint('source-x'), commits: 3 });
  });
});

/** JSON without null, as states are: a merge patch cannot set one. */
const { state: stateValue } = fc.letrec<{ state: Json }>((tie) => ({
  state: fc.oneof(
    { maxDepth: 3 },
    fc.integer(),
    fc.string(),
    fc.array(fc.integer(), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom('a', 'b', 'c', '__proto__'), tie('state'), { maxKeys: 3 }),
  ),
}));
const bindings = fc.dictionary(fc.constantFrom('p', 'q'), stateValue, { maxKeys: 2 });
const { patch: patchValue } = fc.letrec<{ patch: Json }>((tie) => ({
  patch: fc.oneof(
    { maxDepth: 3 },
    fc.constant(null),
    fc.integer(),
    fc.string(),
    fc.dictionary(fc.constantFrom('a', 'b', 'c'), tie('patch'), { maxKeys: 3 }),
  ),
}));
const patch = fc.record(
  {
    shared: patchValue,
    bindings: fc.dictionary(fc.constantFrom('p', 'q'), patchValue, { maxKeys: 2 }),
  },
  { requiredKeys: [] },
);
const state: fc.Arbitrary<SourceState> = fc.record(
  { shared: stateValue, bindings },
  { requiredKeys: ['bindings'] },
);

/** The same value with plain objects throughout, so that how it was made does not matter. */
function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

test('what undoes a patch leads back to where it came from', () => {
  fc.assert(
    fc.property(state, patch, (before, change) => {
      const after = applyCheckpoint(before, change);
      expect(plain(applyCheckpoint(after, undoPatch(before, after)))).toEqual(plain(before));
    }),
  );
});
