import { expect, test } from 'vitest';
import { parsePathPattern } from '../wire/path-pattern.ts';
import { streamNames } from './stream-names.ts';

function names(...texts: readonly string[]): Record<string, string> {
  const patterns = texts.flatMap((text) => parsePathPattern(text) ?? []);
  return Object.fromEntries(streamNames(patterns));
}

test.each([
  { path: 'users', name: 'users' },
  { path: 'users/*/messages', name: 'users_messages' },
  { path: 'orgs/*/teams/*/members', name: 'orgs_teams_members' },
  { path: 'orgs/acme/users', name: 'orgs_acme_users' },
  { path: 'orgs/acme/users/*/messages', name: 'orgs_acme_users_messages' },
])('$path is called $name', ({ path, name }) => {
  expect(names(path)).toEqual({ [path]: name });
});

test('of two that would have one name the shorter path has it, and the other one a suffix of its own', () => {
  const both = { a_b: 'a_b', 'a/*/b': 'a_b_790e09' };
  expect(names('a_b', 'a/*/b')).toEqual(both);
  expect(names('a/*/b', 'a_b')).toEqual(both);
  expect(names('a/*/b', 'other', 'a_b', 'a_b/x/c')).toMatchObject(both);
});

test('paths of one length with one name are told apart, too', () => {
  const found = names('a/*/b_c', 'a_b/*/c', 'a/b/c');
  expect(new Set(Object.values(found)).size).toBe(3);
});
