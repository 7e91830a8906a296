import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compareNameTexts } from '../wire/names.ts';
import { KeySpace } from './key-space.ts';

/** Ids in the order of Firestore. */
function ordered(ids: Iterable<string>): string[] {
  return [...ids].toSorted(compareNameTexts);
}

/** The ids that are found, in their order, where so many places are looked at; the first `known` ids are known. */
function explore(all: readonly string[], known: number, looks: number): string[] {
  const space = new KeySpace(all[known - 1] ?? '');
  const found: string[] = [];
  for (let look = 0; look < looks; look++) {
    const point = space.next();
    if (point === undefined) break;
    const id = all.find((one) => compareNameTexts(one, point) >= 0);
    space.found(id);
    if (id !== undefined) found.push(id);
  }
  return found;
}

const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** Ids as Firestore makes them, without chance. */
function autoIds(count: number): string[] {
  let seed = 1;
  const letter = () => {
    seed = (seed * 48_271) % 2_147_483_647;
    return alphabet[seed % alphabet.length] ?? '';
  };
  return ordered(Array.from({ length: count }, () => Array.from({ length: 20 }, letter).join('')));
}

describe('ids that are looked for', () => {
  test.each([
    { of: 'automatic ids', ids: autoIds(2000) },
    { of: 'numbers', ids: Array.from({ length: 2000 }, (_, i) => String(i).padStart(9, '0')) },
    {
      of: 'numbers behind a long prefix',
      ids: Array.from({ length: 2000 }, (_, i) => `customer_account_${String(i).padStart(6, '0')}`),
    },
    {
      of: 'addresses',
      ids: ordered(Array.from({ length: 2000 }, (_, i) => `${i.toString(36)}@example.com`)),
    },
  ])('come from all over $of', ({ ids }) => {
    const places = explore(ids, 25, 60).map((id) => Math.floor((ids.indexOf(id) / ids.length) * 8));
    expect(new Set(places).size).toBe(8);
  });

  test('are found by few looks behind a long prefix', () => {
    const ids = Array.from({ length: 1000 }, (_, i) => `a_rather_long_prefix_${1000 + i}`);
    expect(new Set(explore(ids, 20, 20)).size).toBeGreaterThan(8);
  });

  test('are the same ones every time', () => {
    const ids = autoIds(500);
    expect(explore(ids, 25, 40)).toEqual(explore(ids, 25, 40));
  });
});

test('it comes to an end, whatever the ids are', () => {
  const id = fc.string({ minLength: 1, maxLength: 12, unit: 'grapheme' });
  fc.assert(
    fc.property(fc.uniqueArray(id, { minLength: 1, maxLength: 30 }), fc.nat(29), (ids, known) => {
      const all = ordered(ids);
      const space = new KeySpace(all[Math.min(known, all.length - 1)] ?? '');
      for (let look = 0; look < 10_000; look++) {
        const point = space.next();
        if (point === undefined) return;
        expect(point).not.toBe('');
        space.found(all.find((one) => compareNameTexts(one, point) >= 0));
      }
      throw new Error('it goes on and on');
    }),
  );
});

test('what it says is no id that is reserved', () => {
  const space = new KeySpace('_');
  for (let look = 0; look < 500; look++) {
    const point = space.next();
    if (point === undefined) break;
    expect(point).not.toMatch(/^__.*__$|\//);
    space.found(look % 3 === 0 ? undefined : `${point}x`);
  }
});
