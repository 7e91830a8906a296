import { toValue, type DirectDatabase, type Plain, type Value } from '@fairlead/fake-firestore';

/** Paths `prefix1` … `prefixN`, with leading zeros so that their order is that of their numbers. */
export function numbered(prefix: string, count: number, first = 1): string[] {
  const digits = String(first + count - 1).length;
  return Array.from(
    { length: count },
    (_, index) => `${prefix}${String(first + index).padStart(digits, '0')}`,
  );
}

/** Commits a document for each path, `{"n": number}` unless told. */
export function setAll(
  store: DirectDatabase,
  paths: readonly string[],
  fields: (index: number) => { readonly [key: string]: Plain } = (index) => ({ n: index + 1 }),
): void {
  for (let from = 0; from < paths.length; from += 500) {
    const part = paths.slice(from, from + 500);
    store.commit(...part.map((path, index) => ({ set: path, fields: fields(from + index) })));
  }
}

/** A reference to the document of a path. */
export function referenceTo(store: DirectDatabase, path: string): Value {
  const value = toValue(null);
  value.type = { case: 'referenceValue', value: `${store.name}/documents/${path}` };
  return value;
}
