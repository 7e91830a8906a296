import { applyCheckpoint, emptyState } from '@fairlead/sdk';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { CursorState, FileCursor } from './cursor.ts';

const reading = { path: 'a', version: '1', as: 'x', offset: 10, records: 1 };

test('a patch holds only what changed', () => {
  const cursor = new CursorState(undefined);
  cursor.read(reading);
  expect(cursor.takePatch('k')).toEqual({
    bindings: { k: { files: {}, reading, backfill: true } },
  });
  cursor.read({ ...reading, offset: 20, inside: 'elements' });
  expect(cursor.takePatch('k')).toEqual({
    bindings: { k: { reading: { offset: 20, inside: 'elements' } } },
  });
  cursor.read({ ...reading, offset: 30 });
  expect(cursor.takePatch('k')).toEqual({
    bindings: { k: { reading: { offset: 30, inside: null } } },
  });
  cursor.settle('a', ['1', 7]);
  expect(cursor.takePatch('k')).toEqual({
    bindings: { k: { files: { a: ['1', 7] }, reading: null } },
  });
  cursor.endBackfill();
  expect(cursor.takePatch('k')).toEqual({ bindings: { k: { backfill: null } } });
  expect(cursor.takePatch('k')).toEqual({});
});

test('what was saved is not in the first patch', () => {
  const saved = FileCursor.parse({ files: { b: ['1', 2] }, reading });
  const cursor = new CursorState(saved);
  expect([cursor.isNew, cursor.backfilling]).toEqual([false, false]);
  expect(cursor.takePatch('k')).toEqual({});
  cursor.settle('c', ['5', 1]);
  expect(cursor.takePatch('k')).toEqual({ bindings: { k: { files: { c: ['5', 1] } } } });
});

test('settling another file leaves the one that is being read', () => {
  const cursor = new CursorState(FileCursor.parse({ files: {}, reading }));
  cursor.settle('b', ['', 0]);
  expect(cursor.reading).toEqual(reading);
});

test('the state that patches make is the state that was meant', () => {
  const path = fc.constantFrom('a', 'b', '__proto__', 'constructor');
  const count = fc.nat(3);
  const change = fc.oneof(
    fc.record({
      is: fc.constant('read' as const),
      path,
      offset: count,
      inside: fc.option(fc.constant('elements'), { nil: undefined }),
      replaces: fc.option(count, { nil: undefined }),
    }),
    fc.record({ is: fc.constant('settle' as const), path, records: count }),
    fc.record({ is: fc.constant('end' as const) }),
    fc.record({ is: fc.constant('save' as const) }),
  );
  fc.assert(
    fc.property(fc.array(change, { maxLength: 20 }), (changes) => {
      const cursor = new CursorState(undefined);
      let state = emptyState;
      const save = () => {
        const patch = JSON.parse(JSON.stringify(cursor.takePatch('k')));
        state = applyCheckpoint(state, patch);
      };
      for (const one of changes) {
        if (one.is === 'save') save();
        else if (one.is === 'end') cursor.endBackfill();
        else if (one.is === 'settle') cursor.settle(one.path, ['v', one.records]);
        else {
          const { offset, inside, replaces } = one;
          cursor.read({
            ...reading,
            path: one.path,
            offset,
            ...(inside === undefined ? {} : { inside }),
            ...(replaces === undefined ? {} : { replaces }),
          });
        }
      }
      save();
      const saved = state.bindings['k'] as FileCursor;
      expect(new Map(Object.entries(saved.files))).toEqual(new Map(cursor.files));
      expect(saved.reading).toEqual(cursor.reading);
      expect(saved.backfill === true).toBe(cursor.backfilling);
    }),
  );
});

test.each([
  ['a number for a version', { files: { a: [1, 2] } }],
  ['a negative count', { files: { a: ['v', -1] } }],
  ['no files', {}],
  ['half a position', { files: {}, reading: { path: 'a' } }],
])('a state with %s is refused', (_, value) => {
  expect(FileCursor.safeParse(value).success).toBe(false);
});
