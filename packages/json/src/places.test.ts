import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { createColumnizer } from './columnize.ts';
import type { ValueColumn } from './columnize.ts';
import type { BoundedLines, Lines } from './lines.ts';
import { members } from './members.ts';
import { createScanner } from './scan.ts';

const names = ['a', 'b', 'long name of more than sixteen bytes', 'é', 'a"b', '', 'q'];
const value = fc.oneof(
  fc.constantFrom(
    'null',
    'true',
    '1',
    '-2.5e3',
    '{}',
    '[]',
    '{"a":{"b":[1]},"c":"}"}',
    '[{"a":1}]',
  ),
  fc.string({ maxLength: 40 }).map((text) => JSON.stringify(text)),
);
const blank = fc.constantFrom('', '', '', ' ', '\n\t ');
/** Members may come twice, in any order, with white space around them, their names escaped or not. */
const member = fc
  .tuple(blank, fc.constantFrom(...names), fc.boolean(), blank, value, blank)
  .map(([before, name, isEscaped, between, text, behind]) => {
    const plain = JSON.stringify(name);
    const key = isEscaped ? plain.replace('a', '\\u0061') : plain;
    return `${before}${key}${between}:${between}${text}${behind}`;
  });
const object = fc
  .tuple(blank, fc.array(member, { maxLength: 8 }))
  .map(([inside, all]) => `{${all.length === 0 ? inside : all.join(',')}}`);
const objects = fc.array(object, { minLength: 1, maxLength: 12 });

const added = {
  name: '_meta',
  before: Buffer.from('{"file":"x","n":'),
  after: Buffer.from('}'),
  first: 7,
};

/** What a scanner makes of the documents, so many bytes at a time; and then of all of them once more. */
function scanAll(texts: readonly string[], size: number, withMember: boolean): BoundedLines[] {
  const scanner = createScanner({ separator: 'values', ...(withMember ? { member: added } : {}) });
  const text = Buffer.from(`${texts.join('\n')}\n`);
  const bytes = Buffer.concat([text, text]);
  const found: BoundedLines[] = [];
  let start = 0;
  for (let end = size; ; end += size) {
    const isFinal = end >= bytes.length;
    for (;;) {
      const { lines, consumed } = scanner.scan(bytes.subarray(start, end), isFinal);
      if (lines.ends.length > 0) found.push(lines);
      start += consumed;
      if (consumed === 0 || start >= Math.min(end, bytes.length)) break;
    }
    if (isFinal) return found;
  }
}

/** The last value of each member, as text, document by document. */
function valuesOf({ bytes, ends }: Lines): Map<string, string>[] {
  return [...ends].map((end, index) => {
    const all = members(bytes, index === 0 ? 0 : ends[index - 1], end);
    return new Map([...all].map((one) => [one.name, textOf(bytes, one.start, one.end)]));
  });
}

/** What the noted places say of the same. */
function notedValues({ bytes, ends, places }: BoundedLines): Map<string, string>[] {
  return [...ends].map((_, document) => {
    const found = new Map<string, string>();
    for (const [index, name] of (places?.names ?? []).entries()) {
      const at = 2 * (document * (places?.names.length ?? 0) + index);
      const [start = 0, end = 0] = places?.words.subarray(at, at + 2) ?? [];
      if (end > 0) found.set(name, textOf(bytes, start, end));
    }
    return found;
  });
}

function textOf(bytes: Uint8Array, start: number, end: number): string {
  return Buffer.from(bytes.subarray(start, end)).toString();
}

test('what is noted of members is where they are, whatever surrounds them', () => {
  let noted = 0;
  fc.assert(
    fc.property(
      objects,
      fc.integer({ min: 300, max: 20_000 }),
      fc.boolean(),
      (texts, size, withMember) => {
        for (const lines of scanAll(texts, size, withMember)) {
          if (lines.places === undefined) continue;
          noted += lines.ends.length;
          expect(notedValues(lines)).toEqual(valuesOf(lines));
        }
      },
    ),
    { numRuns: 500 },
  );
  expect(noted).toBeGreaterThan(500);
});

const columns: readonly ValueColumn[] = [
  { pointer: ['a'], type: 'json' },
  { pointer: ['long name of more than sixteen bytes'], type: 'text' },
  { pointer: ['a', 'b'], type: 'json' },
  { pointer: ['_meta', 'n'], type: 'integer' },
  { pointer: ['_meta', 'file'], type: 'text' },
  { pointer: ['_meta'], type: 'json' },
  { pointer: ['a', 'a', 'b'], type: 'json' },
  { pointer: ['no such member'], type: 'text' },
  { pointer: ['é'], type: 'json' },
];

test('columns are the same whether members are noted or not', () => {
  let noted = 0;
  fc.assert(
    fc.property(
      objects,
      fc.integer({ min: 300, max: 2000 }),
      fc.boolean(),
      (texts, size, withMember) => {
        for (const lines of scanAll(texts, size, withMember)) {
          const { bytes, ends, places } = lines;
          noted += places === undefined ? 0 : ends.length;
          expect(columnsOf(lines)).toEqual(columnsOf({ bytes, ends }));
        }
      },
    ),
    { numRuns: 500 },
  );
  expect(noted).toBeGreaterThan(500);
});

test('columns of many lines are taken from what is noted, window by window', () => {
  const texts = Array.from({ length: 20_000 }, (_, index) => {
    const rest = index % 3 === 0 ? '' : `,"q":{"a":${index}},"é":"${'x'.repeat(index % 50)}"`;
    return `{"a":{"b":${index}}${rest}}`;
  });
  const [first, ...others] = scanAll(texts, 1 << 22, true);
  expect(first?.places).toBeUndefined();
  expect(others.length).toBeGreaterThan(1);
  for (const lines of others) {
    expect(lines.places?.names).toContain('_meta');
    const { bytes, ends } = lines;
    expect(columnsOf(lines)).toEqual(columnsOf({ bytes, ends }));
  }
});

test('what is noted is what columns are taken from', () => {
  const bytes = Buffer.from('{"a":1,"b":2}\n');
  const places = { names: ['a'], words: Uint32Array.of(11, 12) };
  const lines = { bytes, ends: Uint32Array.of(bytes.length), places };
  expect(columnsOf(lines, [{ pointer: ['a'], type: 'json' }])).toEqual([
    { column: 0, nullCount: 0, validity: '01', values: '0100000032' },
  ]);
});

test('nothing is noted where it would take more than the lines', () => {
  const wide = `{${Array.from({ length: 40 }, (_, index) => `"m${index}":1`).join(',')}}`;
  const scanner = createScanner({ separator: 'values' });
  const { places } = scanner.scan(Buffer.from(wide), false).lines;
  expect(places).toBeUndefined();
  const narrow = scanner.scan(Buffer.from('{"m1":2}\n'.repeat(5000)), false).lines;
  expect(narrow.ends).toHaveLength(5000);
  expect(narrow.places).toBeUndefined();
  const again = scanner.scan(Buffer.from(wide), true).lines;
  expect(notedValues(again)).toEqual(valuesOf(again));
});

function columnsOf(lines: BoundedLines, wanted: readonly ValueColumn[] = columns): unknown[] {
  const found: unknown[] = [];
  createColumnizer(wanted, { presence: wanted === columns }).columnize(
    lines,
    (column, { nullCount, validity, values }) => {
      const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
      found.push({ column, nullCount, validity: hex(validity), values: hex(values) });
    },
  );
  return found;
}
