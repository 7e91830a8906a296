import fc from 'fast-check';
import { expect, test } from 'vitest';
import { valueEnd } from './json-scan.ts';
import { ScanKernel } from './scan-kernel.ts';

const awkward = fc.constantFrom('"', '\\', '{', '}', '[', ']', '\\"', '\\\\', 'é', '🚢', '\n', 'x');
const text = fc.array(awkward, { maxLength: 40 }).map((parts) => parts.join(''));
const { value } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    text,
    fc.integer(),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(text, tie('value'), { maxKeys: 4 }),
  ),
}));

test('an object or array ends where it ends, wherever it begins', () => {
  const container = fc.oneof(fc.array(value), fc.dictionary(text, value));
  fc.assert(
    fc.property(fc.nat(40), container, fc.string(), (before, content, after) => {
      const json = Buffer.from(JSON.stringify(content));
      const bytes = Buffer.concat([Buffer.alloc(before, '"'), json, Buffer.from(after)]);
      const kernel = new ScanKernel(bytes);
      expect(kernel.containerEnd(before, bytes.length)).toBe(before + json.length);
      expect(valueEnd(bytes, before, bytes.length)).toBe(before + json.length);
      expect(kernel.containerEnd(before, before + json.length)).toBe(before + json.length);
      expect(kernel.containerEnd(before, before + json.length - 1)).toBe(0);
    }),
    { numRuns: 1000 },
  );
});

test('one that is cut off has no end, whatever was there before', () => {
  const whole = Buffer.from(`{"a":"${'x'.repeat(50)}"}`);
  expect(new ScanKernel(whole).containerEnd(0, whole.length)).toBe(whole.length);
  for (let length = 1; length < whole.length; length++) {
    const cut = whole.subarray(0, length);
    expect(new ScanKernel(cut).containerEnd(0, length)).toBe(0);
  }
});

test('the memory grows with what is read', () => {
  const large = Buffer.from(`["${'x'.repeat(300_000)}"]`);
  expect(new ScanKernel(large).containerEnd(0, large.length)).toBe(large.length);
  const small = Buffer.from('[[]]');
  expect(new ScanKernel(small).containerEnd(0, 4)).toBe(4);
});

test('one with a line break has no end, and what follows does not matter', () => {
  for (let at = 1; at < 40; at++) {
    const json = `{"a":"${'x'.repeat(40)}"}`;
    const broken = Buffer.from(`${json.slice(0, at)}\n${json.slice(at)}`);
    expect(new ScanKernel(broken).containerEnd(0, broken.length)).toBe(0);
    const followed = Buffer.from(`${json}${' '.repeat(at)}\n`);
    expect(new ScanKernel(followed).containerEnd(0, followed.length)).toBe(json.length);
  }
});
