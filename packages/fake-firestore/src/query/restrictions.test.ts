import { create, type MessageInitShape } from '@bufbuild/protobuf';
import { expect, test } from 'vitest';
import { StructuredQuerySchema } from '../protocol/query.gen.ts';
import { defaultSettings, type Settings } from '../settings.ts';
import { toValue } from '../values/to-value.ts';
import { checkAllowed, needsIndex } from './restrictions.ts';

type Query = MessageInitShape<typeof StructuredQuerySchema>;

const group = [{ collectionId: 'c', allDescendants: true }];
const collection = [{ collectionId: 'c' }];
const by = (fieldPath: string, direction = 1) => ({ field: { fieldPath }, direction });
const compares = (fieldPath: string, op: number) => ({
  type: {
    case: 'fieldFilter' as const,
    value: { field: { fieldPath }, op, value: toValue(1) },
  },
});
const both = (...filters: ReturnType<typeof compares>[]) => ({
  type: { case: 'compositeFilter' as const, value: { op: 1, filters } },
});
const cursor = { values: [toValue(1)], before: true };

test.each<{ what: string; query: Query; needs: boolean }>([
  { what: 'a group by name', query: { from: group, orderBy: [by('__name__')] }, needs: false },
  { what: 'a group by a field', query: { from: group, orderBy: [by('a')] }, needs: true },
  { what: 'a group with a filter', query: { from: group, where: compares('a', 5) }, needs: true },
  {
    what: 'a collection by a field',
    query: { from: collection, orderBy: [by('a')] },
    needs: false,
  },
  {
    what: 'a collection by two',
    query: { from: collection, orderBy: [by('a'), by('b')] },
    needs: true,
  },
  {
    what: 'a collection with two equalities',
    query: { from: collection, where: both(compares('a', 5), compares('b', 8)) },
    needs: false,
  },
  {
    what: 'a collection with an equality and a range',
    query: { from: collection, where: both(compares('a', 5), compares('b', 3)) },
    needs: true,
  },
])('$what needs an index: $needs', ({ query, needs }) => {
  expect(needsIndex(create(StructuredQuerySchema, query))).toBe(needs);
});

test.each<{ what: string; query: Query; change: (settings: Settings) => void }>([
  {
    what: 'a missing index',
    query: { from: group, orderBy: [by('a')] },
    change: (settings) => (settings.requireIndexes = true),
  },
  {
    what: 'names backwards in the emulator',
    query: { from: group, orderBy: [by('__name__', 2)] },
    change: (settings) => (settings.style = 'emulator'),
  },
  {
    what: 'a cursor beyond the orders in the emulator',
    query: { from: group, startAt: cursor },
    change: (settings) => (settings.style = 'emulator'),
  },
  {
    what: 'a target with cursors',
    query: { from: group, endAt: cursor },
    change: ({ listen }) => (listen.cursors = false),
  },
  {
    what: 'a target without a collection',
    query: { from: [{ allDescendants: true }] },
    change: ({ listen }) => (listen.kindless = false),
  },
])('$what is refused only where the settings say so', ({ query, change }) => {
  const settings = defaultSettings();
  const asked = create(StructuredQuerySchema, query);
  expect(() => checkAllowed(asked, settings, 'listen')).not.toThrow();
  change(settings);
  expect(() => checkAllowed(asked, settings, 'listen')).toThrow(/INVALID|PRECONDITION/);
});
