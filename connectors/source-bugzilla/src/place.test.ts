import { describe, expect, test } from 'vitest';
import { isAfter, isAt, placeAfter } from './place.ts';

const at = (minute: number) => `2024-01-01T00:0${minute}:00Z`;
const bug = (id: number, minute: number) => ({ id, last_change_time: at(minute) });
const place = { since: at(5), id: 10, ties: 3 };

test.each([
  { id: 11, minute: 5, after: true },
  { id: 10, minute: 5, after: false },
  { id: 9, minute: 5, after: false },
  { id: 1, minute: 6, after: true },
  { id: 99, minute: 4, after: false },
])('bug $id of minute $minute is after the place: $after', ({ id, minute, after }) => {
  expect(isAfter(bug(id, minute), place)).toBe(after);
});

test('a bug is at a place as long as it has not changed', () => {
  expect(isAt(bug(10, 5), place)).toBe(true);
  expect(isAt(bug(10, 6), place)).toBe(false);
  expect(isAt(bug(11, 5), place)).toBe(false);
  expect(isAt(undefined, place)).toBe(false);
});

describe('the place after', () => {
  test('no bugs is the same', () => {
    expect(placeAfter(place, [])).toBe(place);
  });

  test('bugs of the same second counts them, too', () => {
    const bugs = [bug(11, 5), bug(12, 5)];
    expect(placeAfter(place, bugs)).toEqual({ since: at(5), id: 12, ties: 5 });
  });

  test('bugs of later seconds counts those of the last one', () => {
    const bugs = [bug(11, 5), bug(3, 6), bug(4, 7), bug(5, 7)];
    expect(placeAfter(place, bugs)).toEqual({ since: at(7), id: 5, ties: 2 });
  });
});
