import { closest, formatPath } from '@fairlead/sdk';
import type { z } from 'zod';
import { memberAt } from './member-at.ts';
import type { Path } from './placed-document.ts';
import type { Problem } from './problems.ts';

type Issue = z.core.$ZodIssue;

/** What a schema found wrong with `value`, in words for its writer. Values are not shown. */
export function invalidValues(
  issues: readonly Issue[],
  value: unknown,
  isFromVariable: (path: Path) => boolean,
): readonly Problem[] {
  return issues.flatMap(withinUnion).map((issue) => {
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

/** What is wrong within the only form of a union that the value can have been meant as. */
function withinUnion(issue: Issue): readonly Issue[] {
  if (issue.code !== 'invalid_union') return [issue];
  const meant = issue.errors.filter((form) => !form.some(isOtherType));
  const [only] = meant;
  if (only === undefined || meant.length > 1) return [issue];
  return only.flatMap((inner) => withinUnion({ ...inner, path: [...issue.path, ...inner.path] }));
}

/** Whether the value is not even of the type that a form has. */
function isOtherType({ code, path }: Issue): boolean {
  return code === 'invalid_type' && path.length === 0;
}

function nearest(issue: Issue, found: unknown): string | undefined {
  if (issue.code !== 'invalid_value' || typeof found !== 'string') return undefined;
  return closest(found, issue.values.map(String));
}

function complaint(issue: Issue, found: unknown): string {
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
      const options = 'options' in issue && Array.isArray(issue.options) ? issue.options : [];
      if (options.length > 0) return `must be ${alternatives(options.map(String))}`;
      const types = issue.errors.flatMap((form) => form.filter(isOtherType).flatMap(typeOf));
      if (types.length === 0) return 'has none of the forms that are allowed';
      return `must be ${types.map(nameOf).join(' or ')}, not ${kindOf(found)}`;
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

function typeOf(issue: Issue): readonly string[] {
  return issue.code === 'invalid_type' ? [issue.expected] : [];
}

function nameOf(type: string): string {
  return typeNames[type] ?? type;
}

function mismatch(expected: string, found: unknown): string {
  const wanted = `must be ${nameOf(expected)}`;
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
