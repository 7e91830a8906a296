/** The schema of a column. */
export interface Property {
  readonly type: string | readonly string[];
  readonly format?: string;
}

/** An integer with all its digits, which are in the line. */
export function exact(value: unknown, name: string, line: string): unknown {
  if (typeof value !== 'number' || Number.isSafeInteger(value) || !Number.isInteger(value)) {
    return value;
  }
  return new RegExp(`"${name}":(\\d+)`).exec(line)?.[1] ?? value;
}

/** Whether a value is of the type of its column. */
export function fits({ type, format }: Property, value: unknown): boolean {
  if (value === null || value === undefined) return true;
  const text = String(value);
  switch (Array.isArray(type) ? type.find((name) => name !== 'null') : type) {
    case 'integer':
      return Number.isInteger(value);
    case 'number':
      return typeof value === 'number';
    case 'boolean':
      return typeof value === 'boolean';
    case 'array':
      return Array.isArray(value);
    case 'object':
      return typeof value === 'object' && !Array.isArray(value);
    default:
      return typeof value === 'string' && (format === undefined || /^\d{4}-\d\d-\d\d/.test(text));
  }
}
