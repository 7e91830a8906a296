import type { JsonSchema } from '@fairlead/json';
import { closest, Failure, formatPath, unknownMembers } from '@fairlead/sdk';
import type { z } from 'zod';
import type { Path, PlacedDocument } from './placed-document.ts';

/** Something wrong with one setting. */
export interface Problem {
  /** A key that nobody knows, one that is not there, or a value that is not taken. */
  readonly is: 'unknown' | 'missing' | 'invalid';
  readonly path: Path;
  readonly message: string;
  /** What was probably meant. */
  readonly suggestion?: string | undefined;
  readonly hint?: string;
}

/** Members of `value` that `schema` has no place for. */
export function unknownKeys(schema: JsonSchema, value: unknown): readonly Problem[] {
  return unknownMembers(schema, value).map(({ path, suggestion }) => ({
    is: 'unknown',
    path,
    message: `unknown key "${String(path.at(-1))}"`,
    suggestion,
  }));
}

/** What a schema found wrong with `value`, in words for its writer. Values are not shown. */
export function invalidValues(
  issues: readonly z.core.$ZodIssue[],
  value: unknown,
  isFromVariable: (path: Path) => boolean,
): readonly Problem[] {
  return issues.map((issue) => {
    const path = issue.path.filter((part) => typeof part !== 'symbol');
    const found = memberAt(value, path);
    if (found === undefined) {
      const parent = path.length < 2 ? '' : ` in "${formatPath(path.slice(0, -1))}"`;
      return { is: 'missing', path, message: `"${String(path.at(-1))}" is missing${parent}` };
    }
    return {
      is: 'invalid',
      path,
      message: `"${formatPath(path)}" ${complaint(issue, found)}`,
      suggestion: isFromVariable(path) ? undefined : nearest(issue, found),
    };
  });
}

function nearest(issue: z.core.$ZodIssue, found: unknown): string | undefined {
  if (issue.code !== 'invalid_value' || typeof found !== 'string') return undefined;
  return closest(found, issue.values.map(String));
}

function complaint(issue: z.core.$ZodIssue, found: unknown): string {
  switch (issue.code) {
    case 'invalid_type':
      return mismatch(issue.expected, found);
    case 'invalid_value':
      return `must be ${alternatives(issue.values.map(String))}`;
    case 'too_small':
      if (issue.origin === 'string' || issue.origin === 'array') return 'must not be empty';
      return `must be at least ${issue.minimum}`;
    case 'too_big':
      if (issue.origin === 'string') return `must have at most ${issue.maximum} characters`;
      return `must be at most ${issue.maximum}`;
    case 'invalid_union': {
      const options = 'options' in issue ? (issue.options as readonly unknown[]) : [];
      if (options.length > 0) return `must be ${alternatives(options.map(String))}`;
      return 'has none of the forms that are allowed';
    }
    default: {
      const plain = issue.message.charAt(0).toLowerCase() + issue.message.slice(1);
      return `does not fit: ${plain}`;
    }
  }
}

function alternatives(values: readonly string[]): string {
  const quoted = values.map((value) => `"${value}"`);
  if (quoted.length < 2) return quoted.join('');
  return `${quoted.slice(0, -1).join(', ')} or ${quoted.at(-1) ?? ''}`;
}

const typeNames: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a group of settings',
  record: 'a group of settings',
};

function mismatch(expected: string, found: unknown): string {
  const wanted = `must be ${typeNames[expected] ?? expected}`;
  if (expected === 'int' && typeof found === 'number') return wanted;
  const scalar = typeof found === 'number' || typeof found === 'boolean';
  const remedy = expected === 'string' && scalar ? ' (put it in quotes)' : '';
  return `${wanted}, not ${kindOf(found)}${remedy}`;
}

function kindOf(value: unknown): string {
  if (value === null) return 'empty';
  const type = Array.isArray(value) ? 'array' : typeof value;
  return typeNames[type] ?? type;
}

/** The part of `value` at `path`; undefined when it is not there. */
export function memberAt(value: unknown, path: Path): unknown {
  let found = value;
  for (const part of path) {
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, part))
      return undefined;
    found = (found as Readonly<Record<string | number, unknown>>)[part];
  }
  return found;
}

/**
 * Ends with the first of the problems by its place in the file. A key is not called missing where
 * another one was probably meant to be it.
 *
 * @throws {Failure} config, when there is any problem.
 */
export function refuse(document: PlacedDocument, problems: readonly Problem[]): void {
  const meant = new Set(problems.map(({ suggestion }) => suggestion));
  const real = problems.filter(
    ({ is, path }) => is !== 'missing' || !meant.has(String(path.at(-1))),
  );
  const placed = real
    .map((problem) => ({ problem, offset: offsetOf(document, problem) }))
    .toSorted((a, b) => a.offset - b.offset);
  const [first] = placed;
  if (first === undefined) return;
  const count = placed.length === 1 ? '' : ` (the first of ${placed.length} problems)`;
  const { hint } = first.problem;
  throw new Failure('config', `${messageOf(first.problem)}${count}`, {
    where: document.place(first.offset),
    ...(hint === undefined ? {} : { hint }),
  });
}

function offsetOf(document: PlacedDocument, { is, path }: Problem): number {
  return document.offsetOf(path, is === 'invalid' ? 'value' : 'key');
}

/** The problem as a phrase, with what was probably meant. */
export function messageOf({ message, suggestion }: Problem): string {
  return suggestion === undefined ? message : `${message}; did you mean "${suggestion}"?`;
}
