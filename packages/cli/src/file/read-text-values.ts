import type { z } from 'zod';
import type { Path } from './placed-document.ts';
import { memberAt } from './member-at.ts';

/**
 * `value` with texts read as numbers and booleans, where `schema` wants those and `isText` says
 * that the value at a path could only be text, as that of a variable.
 */
export function readTextValues(
  schema: z.ZodType,
  value: unknown,
  isText: (path: Path) => boolean,
): unknown {
  const parsed = schema.safeParse(value);
  if (parsed.success) return value;
  let result = value;
  for (const issue of parsed.error.issues) {
    const path = issue.path.filter((part) => typeof part !== 'symbol');
    const text = memberAt(result, path);
    if (issue.code !== 'invalid_type' || typeof text !== 'string' || !isText(path)) continue;
    const read = readAs(issue.expected, text);
    if (read !== undefined) result = withMember(result, path, read);
  }
  return result;
}

function readAs(type: string, text: string): number | boolean | undefined {
  if (type === 'boolean') return text === 'true' ? true : text === 'false' ? false : undefined;
  if (type !== 'number' && type !== 'int') return undefined;
  return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : undefined;
}

/** `value` with another member at `path`; groups that are not there are made. */
export function withMember(value: unknown, path: Path, member: unknown): unknown {
  const [first, ...rest] = path;
  if (first === undefined) return member;
  if (Array.isArray(value)) {
    return value.map((item: unknown, index) =>
      index === first ? withMember(item, rest, member) : item,
    );
  }
  const members = typeof value === 'object' && value !== null ? value : {};
  const inner = Object.hasOwn(members, first)
    ? (members as Readonly<Record<string | number, unknown>>)[first]
    : undefined;
  return { ...members, [first]: withMember(inner, rest, member) };
}
