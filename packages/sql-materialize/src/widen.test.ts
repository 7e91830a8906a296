import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { FlatType } from './flat-type.ts';
import { sameType, widenings } from './widen.ts';

const boolean: FlatType = { is: 'boolean' };
const safe: FlatType = { is: 'integer', safe: true };
const integer: FlatType = { is: 'integer', safe: false };
const wide: FlatType = { is: 'integer-wide', digits: 38 };
const number: FlatType = { is: 'number' };
const price: FlatType = { is: 'decimal', precision: 10, scale: 2 };
const string: FlatType = { is: 'string' };
const date: FlatType = { is: 'date' };
const dateTime: FlatType = { is: 'date-time' };
const uuid: FlatType = { is: 'uuid' };
const json: FlatType = { is: 'json' };
const all = [boolean, integer, wide, number, price, string, date, dateTime, uuid, json];

function decimal(precision: number, scale: number): FlatType {
  return { is: 'decimal', precision, scale };
}

describe('a column', () => {
  test.each<[FlatType, FlatType, FlatType[]]>([
    [integer, safe, [integer]],
    [integer, wide, [wide]],
    [integer, number, [number, string]],
    [integer, price, [decimal(21, 2)]],
    [integer, decimal(38, 20), [decimal(38, 20), string]],
    [wide, integer, [wide]],
    [wide, number, [number, string]],
    [wide, price, [decimal(38, 2), string]],
    [number, safe, [number]],
    [number, integer, [string]],
    [number, wide, [string]],
    [number, price, [string]],
    [price, safe, [decimal(18, 2)]],
    [price, decimal(9, 4), [decimal(12, 4)]],
    [price, decimal(5, 1), [price]],
    [price, decimal(38, 36), [decimal(38, 36), string]],
    [price, wide, [string]],
    [price, { is: 'integer-wide', digits: 20 }, [decimal(22, 2)]],
    [price, number, [string]],
    [boolean, integer, [string]],
    [date, dateTime, [string]],
    [dateTime, string, [string]],
    [uuid, string, [string]],
    [string, integer, [string]],
    [string, dateTime, [string]],
    [string, json, [json]],
    [integer, json, [json]],
    [json, string, [json]],
  ])('of %j that is to take %j becomes %j', (stored, wanted, types) => {
    expect(widenings(stored, wanted).map(({ type }) => type)).toEqual(types);
  });

  test.each(all)('of %j stays what it is for values of its own type', (type) => {
    expect(widenings(type, type)).toEqual([{ type }]);
  });

  test('becomes a double only where doubles hold what is stored', () => {
    expect(widenings(integer, number)[0]?.provided).toEqual({ is: 'safe' });
  });

  test('becomes a decimal only where what is stored leaves room for the fraction', () => {
    const [first] = widenings(wide, decimal(20, 10));
    expect(first?.provided).toEqual({ is: 'integer-digits', atMost: 28 });
  });
});

test('there is always a type without condition, and it is a fixed point', () => {
  const types = fc.constantFrom(...all, safe, decimal(38, 38), decimal(38, 0), decimal(1, 0));
  fc.assert(
    fc.property(types, types, (stored, wanted) => {
      const last = widenings(stored, wanted).at(-1);
      expect(last?.provided).toBeUndefined();
      if (last === undefined) return;
      const again = widenings(last.type, wanted)[0];
      expect(again !== undefined && sameType(again.type, last.type)).toBe(true);
      expect(again?.provided).toBeUndefined();
    }),
  );
});
