import type { Json } from '@fairlead/sdk';

/**
 * Values as FQL v10 takes them: numbers with their tags, everything else as it is, so that an object with a tag as its
 * only member is that value: `{ '@time': '2024-01-01T00:00:00Z' }`. Members that are undefined are left out.
 */
export function taggedArguments(
  values: Readonly<Record<string, unknown>>,
): Readonly<Record<string, Json>> {
  const members = Object.entries(values).filter(([, value]) => value !== undefined);
  return Object.fromEntries(members.map(([name, value]) => [name, tagged(value)]));
}

function tagged(value: unknown): Json {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value;
    case 'bigint':
      return { '@long': String(value) };
    case 'number':
      if (!Number.isInteger(value)) return { '@double': String(value) };
      return value === (value | 0) ? { '@int': String(value) } : { '@long': String(BigInt(value)) };
    case 'object':
      if (value === null) return null;
      return Array.isArray(value) ? value.map(tagged) : taggedArguments({ ...value });
    default:
      throw new TypeError(`an argument of a query cannot be a ${typeof value}`);
  }
}
