import { createHash } from 'node:crypto';
import type { PathPattern } from '../wire/path-pattern.ts';

/**
 * A name for each pattern, by its text: `users/{id}/messages` is `users_messages`, `orgs/acme/users` is `orgs_acme_users`.
 *
 * Two patterns may want one name, as `a_b` and `a/{id}/b` do. Then the shortest of them has it, the first by text where
 * several are as short, and each other one has six hex digits after it. These depend on the pattern alone, so that they
 * are the same whatever else is there.
 */
export function streamNames(patterns: Iterable<PathPattern>): ReadonlyMap<string, string> {
  const ordered = [...patterns].toSorted(
    (a, b) => a.segments.length - b.segments.length || (a.text < b.text ? -1 : 1),
  );
  const taken = new Set<string>();
  const names = new Map<string, string>();
  for (const { text } of ordered) {
    const plain = text.replaceAll('/*/', '_').replaceAll('/', '_');
    const name = taken.has(plain) ? `${plain}_${digestOf(text)}` : plain;
    taken.add(name);
    names.set(text, name);
  }
  return names;
}

function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 6);
}
