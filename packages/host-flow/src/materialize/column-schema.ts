import type { JsonSchema } from '@fairlead/json';
import type { Inference } from './flow-spec.ts';

/**
 * The JSON Schema of what Flow has inferred of a location. Strings that hold numbers stay strings,
 * and a location that may be missing may be null.
 */
export function columnSchema(inference: Inference): JsonSchema {
  const types = inference.types ?? [];
  const all = isNullable(inference) && !types.includes('null') ? [...types, 'null'] : types;
  const format = inference.string?.format ?? '';
  const [only] = all;
  return {
    type: all.length === 1 && only !== undefined ? only : [...all],
    ...(format === '' || numeric.has(format) || !types.includes('string') ? {} : { format }),
  };
}

/** Whether a location may have no value of its own. */
export function isNullable({ exists, types, default: value }: Inference): boolean {
  if (value !== undefined && Buffer.from(value).toString('utf8') !== 'null') return false;
  return exists !== 'MUST' || types?.includes('null') === true;
}

const numeric: ReadonlySet<string> = new Set(['integer', 'number']);
