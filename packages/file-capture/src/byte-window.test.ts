import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { ByteWindow } from './byte-window.ts';

test('holds what was appended and not dropped, whatever the sizes', () => {
  const step = fc.record({
    append: fc.nat(3000),
    drop: fc.double({ min: 0, max: 1, noNaN: true }),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const window = new ByteWindow();
      let model = Buffer.alloc(0);
      let next = 0;
      for (const { append, drop } of steps) {
        const chunk = Buffer.alloc(append * 100, Buffer.from([next++, next++, next++]));
        window.append(chunk);
        model = Buffer.concat([model, chunk]);
        const count = Math.floor(model.length * drop);
        window.drop(count);
        model = model.subarray(count);
        expect(window.length).toBe(model.length);
        expect(Buffer.compare(window.view(), model)).toBe(0);
      }
    }),
    { numRuns: 30 },
  );
});

test('gives the memory of a long record back', () => {
  const window = new ByteWindow();
  const long = Buffer.alloc(40 * 1024 * 1024);
  window.append(Buffer.alloc(10));
  window.append(long);
  window.drop(window.length);
  window.append(Buffer.alloc(1024 * 1024));
  expect(window.view().buffer.byteLength).toBeGreaterThan(40 * 1024 * 1024);
  for (let i = 0; i < 100; i++) {
    window.drop(window.length);
    window.append(Buffer.alloc(1024 * 1024));
  }
  expect(window.view().buffer.byteLength).toBeLessThanOrEqual(4 * 1024 * 1024);
});
