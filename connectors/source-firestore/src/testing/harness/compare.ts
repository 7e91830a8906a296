import type { StoredDocument } from '@fairlead/fake-firestore';
import { expect } from 'vitest';
import { plainOf } from './plain.ts';
import type { Row } from './row.ts';
import type { Task } from './task.ts';

/** Whether a document is right in a collection of a pattern. */
export function matches(pattern: string, path: string): boolean {
  const wanted = pattern.split('/');
  const segments = path.split('/').slice(0, -1);
  return (
    segments.length === wanted.length &&
    wanted.every((segment, i) => (segment === '*' && i % 2 > 0) || segment === segments[i])
  );
}

/** The documents of a pattern in the fake, by path. */
function storedOf(task: Task, pattern: string): Map<string, StoredDocument> {
  return new Map([...task.fake.store.model()].filter(([path]) => matches(pattern, path)));
}

/** How the destination of a task differs from its database, and what it was given in vain, in words. */
export function differences(task: Task): string[] {
  const found = task.bindings.flatMap(({ path: pattern, stateKey }) => {
    const table = task.destination.table(stateKey);
    const stored = storedOf(task, pattern);
    const paths = new Set([...stored.keys(), ...table.rows.keys()]);
    return [...paths].flatMap((path) => {
      const difference = differenceOf(stored.get(path), table.rows.get(path));
      if (difference === undefined) return [];
      return [`${stateKey}: ${difference}: ${path}; ${table.historyOf(path)}`];
    });
  });
  return [...found, ...task.destination.problems];
}

function differenceOf(stored: StoredDocument | undefined, row: Row | undefined) {
  if (stored === undefined) return 'left over, although it is deleted';
  const { updatedAt } = stored;
  if (row === undefined) return `lost, although it was written at ${updatedAt} µs`;
  if (row.mtime !== updatedAt) return `stale, as of ${row.mtime} µs and not of ${updatedAt} µs`;
  const fields = JSON.stringify(sorted(plainOf(stored.fields)));
  const has = JSON.stringify(sorted(row.fields));
  return fields === has ? undefined : `other values, ${has} and not ${fields}`;
}

/** Fails with what was lost, is stale, is left over, or came twice. */
export function expectSame(task: Task): void {
  expect(differences(task)).toEqual([]);
}

function sorted(fields: Readonly<Record<string, unknown>>): [string, unknown][] {
  return Object.entries(fields).toSorted(([a], [b]) => (a < b ? -1 : 1));
}
