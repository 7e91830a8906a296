import type { JsonSchema } from '@fairlead/json';
import type { Inference } from './flow-spec.ts';

/**
 * The JSON Schema of what Flow has inferred of a location. Strings that hold numbers stay strings,
 * and a location that may be missing may be null. Integers have 64 bits, unless they are known to
 * need more: then they have their bounds.
 */
export function columnSchema(inference: Inference): JsonSchema {
  const types = inference.types ?? [];
  const all = isNullable(inference) && !types.includes('null') ? [...types, 'null'] : types;
  const format = inference.string?.format ?? '';
  const [only] = all;
  return {
    type: all.length === 1 && only !== undefined ? only : [...all],
    ...(types.includes('integer') ? beyondLong(inference) : {}),
    ...(format === '' || numericFormats.has(format) || !types.includes('string') ? {} : { format }),
  };
}

/** Whether a location may have no value of its own. */
export function isNullable({ exists, types, default: value }: Inference): boolean {
  if (value !== undefined && Buffer.from(value).toString('utf8') !== 'null') return false;
  return exists !== 'MUST' || types?.includes('null') === true;
}

/** The bounds of numbers of which some do not fit into 64 bits with a sign; nothing for others. */
function beyondLong({ numeric }: Inference): JsonSchema {
  const { hasMinimum, minimum = 0, hasMaximum, maximum = 0 } = numeric ?? {};
  const least = hasMinimum === true ? minimum : 0;
  const greatest = hasMaximum === true ? maximum : 0;
  if (least >= -(2 ** 63) && greatest <= 2 ** 63) return {};
  return { minimum: least, maximum: greatest };
}

const numericFormats: ReadonlySet<string> = new Set(['integer', 'number']);
