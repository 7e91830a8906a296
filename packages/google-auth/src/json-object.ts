/** A JSON object whose members are not known to be anything. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** The object that `json` is; undefined for any other value and for what is no JSON. */
export function jsonObject(json: string): JsonObject | undefined {
  try {
    return asObject(JSON.parse(json));
  } catch {
    return undefined;
  }
}

/** `value` if it is an object and no array. */
export function asObject(value: unknown): JsonObject | undefined {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isObject ? (value as JsonObject) : undefined;
}

/** `value` if it is a text that is not empty. */
export function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
