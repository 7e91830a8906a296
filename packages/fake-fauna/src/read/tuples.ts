import type { IndexField, IndexPlan } from '../store/schema.ts';
import type { LiveVersion } from '../store/version.ts';
import { sameValue } from '../values/compare.ts';
import { isArray, isObject, type Ref, type Value } from '../values/value.ts';

/** What an index stores of a document: a tuple of its values, or several where a field is an array. */
export function tuplesOf(plan: IndexPlan, ref: Ref, version: LiveVersion): readonly Value[][] {
  if (plan.values.length === 0) return [[]];
  let tuples: Value[][] = [[]];
  for (const field of plan.values) {
    const values = entriesOf(fieldValue(field, ref, version));
    tuples = tuples.flatMap((tuple) => values.map((value) => [...tuple, value]));
  }
  return tuples.filter((tuple) => tuple.some((value) => value !== null));
}

/** Whether a document is found by these terms. */
export function matchesTerms(
  plan: IndexPlan,
  terms: readonly Value[],
  ref: Ref,
  version: LiveVersion,
): boolean {
  if (plan.terms.length !== terms.length) return false;
  return plan.terms.every((field, i) => {
    const wanted = terms[i];
    return (
      wanted !== undefined &&
      entriesOf(fieldValue(field, ref, version)).some((value) => sameValue(value, wanted))
    );
  });
}

/** The value of a field; null where the document has none. */
function fieldValue({ path }: IndexField, ref: Ref, version: LiveVersion): Value {
  const [first, ...rest] = path;
  if (first === 'ref') return ref;
  if (first === 'ts') return BigInt(version.ts);
  return inside(version.fields.get(String(first)), rest) ?? null;
}

/** What is at a path in a value. */
function inside(value: Value | undefined, path: readonly (string | number)[]): Value | undefined {
  let found = value;
  for (const step of path) {
    if (isObject(found)) found = found.get(String(step));
    else if (isArray(found) && typeof step === 'number') found = found[step];
    else return undefined;
  }
  return found;
}

function entriesOf(value: Value): readonly Value[] {
  return isArray(value) ? value : [value];
}
