import { decodeValue, type JsonSchema } from '@fairlead/json';
import { type Documents, startOf } from '@fairlead/sdk';

/** Where documents have text that is no RFC 3339 date-time, though their schema says so. */
export function dateTimeProblems(documents: Documents, schema: JsonSchema): string[] {
  const problems = new Set<string>();
  for (const [index, end] of documents.ends.entries()) {
    const value = decodeValue(documents.bytes, startOf(documents, index), end);
    for (const problem of problemsAt(value, schema, '')) problems.add(problem);
  }
  return [...problems];
}

/** `2023-08-11T03:00:27.25Z`, and `+02:00` instead of the `Z`. */
const dateTime =
  /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])T(?:[01]\d|2[0-3]):[0-5]\d:(?:[0-5]\d|60)(?:\.\d+)?(?:Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/i;

function problemsAt(value: unknown, schema: unknown, path: string): string[] {
  if (!isRecord(schema)) return [];
  const { format, properties, items } = schema;
  if (typeof value === 'string') {
    const isWrong = format === 'date-time' && !dateTime.test(value);
    return isWrong ? [`${path}: there is text that is no date-time of RFC 3339`] : [];
  }
  if (Array.isArray(value)) return value.flatMap((item) => problemsAt(item, items, `${path}/[]`));
  if (!isRecord(value) || !isRecord(properties)) return [];
  return Object.entries(properties).flatMap(([name, property]) =>
    Object.hasOwn(value, name) ? problemsAt(value[name], property, `${path}/${name}`) : [],
  );
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
