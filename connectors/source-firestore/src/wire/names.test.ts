import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { boundsOfCollection, compareNames, compareNameTexts, leastId } from './names.ts';
import { nameMatcher, parsePathPattern, patternOfCollection } from './path-pattern.ts';

const root = 'projects/p/databases/(default)/documents';

/** The rule, segment by segment. */
function slowOrder(a: string, b: string): number {
  const left = a.split('/');
  const right = b.split('/');
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    const x = left[i] ?? '';
    const y = right[i] ?? '';
    const xNumber = numberOf(x);
    const yNumber = numberOf(y);
    if (xNumber !== undefined && yNumber === undefined) return -1;
    if (xNumber === undefined && yNumber !== undefined) return 1;
    if (xNumber !== undefined && yNumber !== undefined && xNumber !== yNumber) {
      return xNumber < yNumber ? -1 : 1;
    }
    const order = Buffer.compare(Buffer.from(x), Buffer.from(y));
    if (order !== 0) return order;
  }
  return Math.sign(left.length - right.length);
}

function numberOf(segment: string): bigint | undefined {
  const digits = /^__id(-?\d+)__$/.exec(segment)?.[1];
  if (digits === undefined || digits.length > 20) return undefined;
  const number = BigInt(digits);
  return number >= -(2n ** 63n) && number < 2n ** 63n ? number : undefined;
}

describe('order', () => {
  test('numbers come first, then texts by their bytes', () => {
    const ids = [
      leastId,
      '__id-10__',
      '__id-9__',
      '__id0__',
      '__id9__',
      '__id10__',
      '__id9223372036854775807__',
      '\u0001',
      'A',
      'A\u0000',
      '__id9223372036854775808__',
      '__id__',
      '__ida__',
      'a',
      'a!',
      'é',
      '\uffee',
      '😀',
    ];
    for (let i = 1; i < ids.length; i++) {
      const [before, after] = [`${root}/c/${ids[i - 1]}`, `${root}/c/${ids[i]}`];
      expect(compareNameTexts(before, after), `${before} < ${after}`).toBeLessThan(0);
      expect(compareNameTexts(after, before)).toBeGreaterThan(0);
      expect(compareNameTexts(after, after)).toBe(0);
    }
  });

  const segment = fc.oneof(
    fc.constantFrom(
      'a',
      'ab',
      'b',
      '__id1__',
      '__id01__',
      '__id1_',
      '__id1__x',
      '__id-1__',
      'é',
      '😀',
      '\uffff',
      'a!',
      'a\u0000',
    ),
    fc.string({ minLength: 1, maxLength: 3, unit: fc.constantFrom('a', 'b', '_', '0', '!', '-') }),
  );
  const path = fc.array(segment, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/'));

  test('follows the rule, wherever names are within larger bytes', () => {
    fc.assert(
      fc.property(path, path, (x, y) => {
        const a = Buffer.from(`//${x}/z`);
        const b = Buffer.from(`${y}__`);
        const order = compareNames(a, 2, a.length - 2, b, 0, b.length - 2);
        expect(Math.sign(order)).toBe(Math.sign(slowOrder(x, y)));
      }),
      { numRuns: 5000 },
    );
  });

  test('the bounds of a collection hold what is in and below it, and nothing else', () => {
    fc.assert(
      fc.property(path, fc.constantFrom('a', 'a/b/ab', 'b'), (name, collection) => {
        fc.pre(name.split('/').length % 2 === 0);
        const { first, after } = boundsOfCollection(root, collection);
        const full = `${root}/${name}`;
        const isWithin = compareNameTexts(full, first) >= 0 && compareNameTexts(full, after) < 0;
        expect(isWithin).toBe(name.startsWith(`${collection}/`));
      }),
      { numRuns: 3000 },
    );
  });
});

describe('patterns', () => {
  test.each([
    { text: 'users', collectionId: 'users', concrete: 'users', isConcrete: true },
    { text: 'users/*/messages', collectionId: 'messages', concrete: 'users', isConcrete: false },
    {
      text: 'orgs/acme/users',
      collectionId: 'users',
      concrete: 'orgs/acme/users',
      isConcrete: true,
    },
    { text: 'a/b/c/*/d/e/f', collectionId: 'f', concrete: 'a/b/c', isConcrete: false },
  ])('$text is under $concrete', (expected) => {
    expect(parsePathPattern(expected.text)).toMatchObject(expected);
  });

  test.each(['', 'users/a', '/users', 'users/', 'users//messages', '*', 'a/b/*', 'a/*/*'])(
    '%j is no pattern',
    (text) => {
      expect(parsePathPattern(text)).toBe(undefined);
    },
  );

  test.each([
    { pattern: 'users', name: 'users/a', matches: true },
    { pattern: 'users', name: 'users/a/messages/b', matches: false },
    { pattern: 'users', name: 'users2/a', matches: false },
    { pattern: 'users', name: 'user/a', matches: false },
    { pattern: 'users', name: 'users', matches: false },
    { pattern: 'users', name: 'users/', matches: false },
    { pattern: 'users/*/messages', name: 'users/a/messages/b', matches: true },
    { pattern: 'users/*/messages', name: 'groups/a/messages/b', matches: false },
    { pattern: 'users/*/messages', name: 'users/a/b/messages/c', matches: false },
    { pattern: 'users/*/messages', name: 'users/a/messages', matches: false },
    { pattern: 'orgs/acme/users', name: 'orgs/acme/users/é', matches: true },
    { pattern: 'orgs/acme/users', name: 'orgs/other/users/é', matches: false },
  ])('$pattern and $name: $matches', ({ pattern, name, matches }) => {
    const parsed = parsePathPattern(pattern);
    if (parsed === undefined) throw new Error('no pattern');
    const bytes = Buffer.from(`xx${root}/${name}/z`);
    const matcher = nameMatcher(root, parsed);
    expect(matcher(bytes, 2, bytes.length - 2)).toBe(matches);
    const elsewhere = Buffer.from(`projects/p/databases/other/documents/${name}`);
    expect(matcher(elsewhere, 0, elsewhere.length)).toBe(false);
  });

  test('the pattern of a collection has a star for every document', () => {
    expect(patternOfCollection('users/a/messages/b/parts')).toBe('users/*/messages/*/parts');
    expect(patternOfCollection('users')).toBe('users');
  });
});
