import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { BoundedLines } from './lines.ts';
import { createObserver } from './observe.ts';
import { createScanner } from './scan.ts';
import { scanPieces, scanWhole, values } from './scan-test-support.ts';
import { ValueClass } from './shape.ts';
import type { Shape } from './shape.ts';
import { isWithin } from './within.ts';

const scalar = fc.oneof(
  fc.constantFrom('null', 'true', 'false', '{}', '[]', '{"a":{"b":[1]}}', '[{"c":1.5}]'),
  fc.constantFrom('0', '-0', '1', '-12', '9007199254740993', '1e3', '0.5', '1E-2', '-0.0'),
  fc.constantFrom('12345678901234567890', '0.1234567890123456789', '1e999', '10.25'),
  fc.constantFrom('""', '"é"', '"\\u0041"', '"2024-02-29"', '"2023-02-29"', '"2024\\u002d02-29"'),
  fc.constantFrom('"2024-02-29T01:02:03Z"', '"5c2b8b34-7b39-4a6c-9d5e-0f2c3c1f8f11"'),
  fc.string({ maxLength: 40 }).map((text) => JSON.stringify(text)),
);
const names = ['a', 'b', 'c', 'long name of more than sixteen bytes', 'é', 'a"b'];
const object = fc
  .uniqueArray(fc.tuple(fc.constantFrom(...names), scalar), { selector: ([name]) => name })
  .map(
    (entries) =>
      `{${entries.map(([name, value]) => `${JSON.stringify(name)}:${value}`).join(',')}}`,
  );
const objects = fc.array(object, { minLength: 1, maxLength: 8 });

describe('the shape of what was scanned', () => {
  test('is what an observer sees, but for what is optional', () => {
    fc.assert(
      fc.property(objects, (texts) => {
        const [lines] = scan(texts);
        expect(classesOf(lines.shape)).toEqual(classesOf(createObserver().observe(lines).shape()));
      }),
    );
  });

  test('bounds it, however it is cut', () => {
    fc.assert(
      fc.property(objects, fc.array(fc.nat(400), { maxLength: 3 }), (texts, cuts) => {
        const bytes = Buffer.from(texts.join('\n'));
        const places = cuts.map((cut) => cut % (bytes.length + 1)).toSorted((a, b) => a - b);
        const observer = createObserver();
        for (const lines of scanPieces(values, bytes, places) as BoundedLines[]) {
          expect(lines.shape).toBeDefined();
          observer.accept(lines.shape ?? nothing);
          expect([...observer.observe(lines).misfits]).toEqual([]);
        }
      }),
    );
  });

  test('forgets what the lines before had', () => {
    const scanner = createScanner(values);
    const first = scanner.scan(Buffer.from('{"a":1,"b":"x"}'), false).lines;
    const second = scanner.scan(Buffer.from('{"b":12.5}{"b":null}'), false).lines;
    expect(classesOf(first.shape)).toEqual({
      a: [ValueClass.safeInteger, 1, 0],
      b: [ValueClass.string, 0, 0],
    });
    expect(classesOf(second.shape)).toEqual({ b: [ValueClass.double | ValueClass.null, 2, 1] });
  });

  test.each(['{"a":1,"a":2}', '{"a":1}{"b":1,"c":2,"b":3}'])(
    'is not said of %s, where a member comes twice',
    (text) => {
      expect(scan([text])[0].shape).toBeUndefined();
      expect(scan(['{"a":{"b":1,"b":1}}'])[0].shape).toBeDefined();
    },
  );

  test('holds hundreds of members after some lines, but not thousands', () => {
    const wide = (count: number, from = 0) =>
      JSON.stringify(
        Object.fromEntries(Array.from({ length: count }, (_, i) => [`m${from + i}`, i])),
      );
    const scanner = createScanner(values);
    const sizes = Array.from({ length: 4 }, () => {
      const { lines } = scanner.scan(Buffer.from(wide(300)), false);
      return lines.shape?.properties?.size;
    });
    expect(sizes).toEqual([undefined, undefined, undefined, 300]);
    const others = createScanner(values);
    for (let turn = 0; turn < 12; turn++) {
      const { lines } = others.scan(Buffer.from(wide(9000, turn)), false);
      expect(lines.ends).toHaveLength(1);
      expect(lines.shape).toBeUndefined();
    }
  });

  test.each([
    ['{"row":', '}', ValueClass.object],
    ['[', ']', ValueClass.array],
    ['"', '"', ValueClass.string],
    ['', '', undefined],
  ])('has the added member, %s0%s', (before, after, classes) => {
    const member = { name: 'm', before: Buffer.from(before), after: Buffer.from(after), first: 0 };
    const { lines } = createScanner({ ...values, member }).scan(Buffer.from('{"a":1}'), true);
    expect(lines.shape?.properties?.get('m')?.classes).toBe(classes);
  });
});

test('what is within bounds are no misfits, and else some may be', () => {
  fc.assert(
    fc.property(objects, objects, (known, next) => {
      const [accepted] = scan(known);
      const [lines] = scan(next);
      const observer = createObserver();
      observer.accept(accepted.shape ?? nothing);
      const { misfits } = observer.observe(lines);
      expect(isWithin(lines.shape ?? nothing, accepted.shape ?? nothing)).toBe(
        misfits.length === 0,
      );
    }),
    { numRuns: 500 },
  );
});

test('nothing is within bounds that were not looked at', () => {
  const unknown: Shape = {
    classes: ValueClass.object,
    integerDigits: 0,
    scale: 0,
    optional: false,
  };
  expect(isWithin(unknown, unknown)).toBe(false);
});

const nothing: Shape = {
  classes: 0,
  integerDigits: 0,
  scale: 0,
  optional: false,
  properties: new Map(),
};

function scan(texts: readonly string[]): [BoundedLines] {
  const [lines, ...more] = scanWhole(values, Buffer.from(texts.join(' ')));
  if (lines === undefined || more.length > 0) throw new Error('not one batch');
  return [lines];
}

function classesOf(shape: Shape | undefined): Record<string, readonly number[]> {
  const properties = [...(shape?.properties ?? [])].map(
    ([name, { classes, integerDigits, scale }]) => [name, [classes, integerDigits, scale]] as const,
  );
  return Object.fromEntries(properties);
}
