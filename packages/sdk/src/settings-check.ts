import type { JsonSchema } from '@fairlead/json';
import type { z } from 'zod';
import { Failure } from './failure.ts';

/**
 * Parses settings.
 * @throws {Failure} config, with one line for all that is wrong; never with a value.
 */
export function parseSettings<T>(schema: z.ZodType<T>, value: unknown, what = 'settings'): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new Failure('config', describeIssues(parsed.error.issues), { where: what });
}

/** What a setting's path is called in messages: `credentials.user`, `urls[0]`. */
export function formatPath(path: readonly PropertyKey[]): string {
  return path
    .map((part, index) =>
      typeof part === 'number' ? `[${part}]` : index === 0 ? String(part) : `.${String(part)}`,
    )
    .join('');
}

/** One phrase for each problem, joined by semicolons. */
export function describeIssues(
  issues: readonly { readonly path: readonly PropertyKey[]; readonly message: string }[],
): string {
  return issues
    .map(({ path, message }) => {
      const plain = message.replace(/^[A-Z](?![A-Z])/, (letter) => letter.toLowerCase());
      return path.length === 0 ? plain : `${formatPath(path)}: ${plain}`;
    })
    .join('; ');
}

/** A member that a schema does not know, and the one that was probably meant. */
export interface UnknownMember {
  readonly path: readonly (string | number)[];
  readonly suggestion?: string;
}

/** Members of `value` that the settings' JSON Schema has no place for, in order. */
export function unknownMembers(schema: JsonSchema, value: unknown): UnknownMember[] {
  const found: UnknownMember[] = [];
  visit(schema, value, [], found);
  return found;
}

function visit(
  schema: JsonSchema,
  value: unknown,
  path: readonly (string | number)[],
  found: UnknownMember[],
): void {
  if (Array.isArray(value)) {
    const items = schema['items'];
    if (isRecord(items))
      value.forEach((item, index) => visit(items, item, [...path, index], found));
    return;
  }
  if (!isRecord(value)) return;
  const chosen = alternatives(schema, value);
  const properties = chosen.flatMap((option) =>
    isRecord(option['properties']) ? Object.entries(option['properties']) : [],
  );
  const open = chosen.some((option) => isRecord(option['additionalProperties']));
  if (properties.length === 0 && !open) return;
  const known = new Map(properties);
  for (const [name, member] of Object.entries(value)) {
    const next =
      known.get(name) ??
      chosen.find((o) => isRecord(o['additionalProperties']))?.['additionalProperties'];
    if (isRecord(next)) visit(next, member, [...path, name], found);
    else if (!open && !name.startsWith('x-')) {
      const suggestion = closest(name, known.keys());
      found.push({ path: [...path, name], ...(suggestion === undefined ? {} : { suggestion }) });
    }
  }
}

/** The schema and those of its alternatives that can be meant by `value`. */
function alternatives(schema: JsonSchema, value: Record<string, unknown>): JsonSchema[] {
  const options = [schema['oneOf'], schema['anyOf'], schema['allOf']]
    .flatMap((list): unknown[] => (Array.isArray(list) ? list : []))
    .filter(isRecord);
  const matching = options.filter((option) => {
    const properties = isRecord(option['properties']) ? option['properties'] : {};
    return Object.entries(properties).every(
      ([name, property]) =>
        !isRecord(property) || !('const' in property) || value[name] === property['const'],
    );
  });
  return [schema, ...matching.flatMap((option) => alternatives(option, value))];
}

/** The candidate that differs least from `word`, if any is near enough to be meant. */
export function closest(word: string, candidates: Iterable<string>): string | undefined {
  let best: string | undefined;
  let bestDistance = Math.max(1, Math.floor(word.length / 3)) + 1;
  for (const candidate of candidates) {
    const distance = editDistance(word.toLowerCase(), candidate.toLowerCase());
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/** How many letters have to be put in, taken out, changed or swapped with the next. */
function editDistance(a: string, b: string): number {
  let beforePrevious: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = a[i - 1] === b[j - 1] ? 0 : 1;
      let least = Math.min(
        (previous[j] ?? 0) + 1,
        (row[j - 1] ?? 0) + 1,
        (previous[j - 1] ?? 0) + change,
      );
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        least = Math.min(least, (beforePrevious[j - 2] ?? 0) + 1);
      }
      row.push(least);
    }
    beforePrevious = previous;
    previous = row;
  }
  return previous[b.length] ?? 0;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
