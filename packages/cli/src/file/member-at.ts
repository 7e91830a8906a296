import type { Path } from './placed-document.ts';

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
