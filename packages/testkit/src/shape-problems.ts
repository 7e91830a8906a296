import { type Shape, ValueClass } from '@fairlead/json';

/** Where `seen` holds what `accepted` has no place for; a line each, without values. */
export function shapeProblems(
  accepted: Shape,
  seen: Shape,
  { textual = false, partial = false }: { readonly textual?: boolean; readonly partial?: boolean },
  path = '',
): string[] {
  const beyond = seen.classes & ~accepted.classes;
  const scalars = textual && (accepted.classes & scalarClasses) !== 0 ? scalarClasses : 0;
  const problems = classNames(beyond & ~scalars).map(
    (name) => `${path || 'a document'}: the schema has no place for a value of class ${name}`,
  );
  for (const [name, shape] of accepted.properties ?? []) {
    const found = seen.properties?.get(name);
    if (!partial && !shape.optional && seen.properties !== undefined) {
      if (found === undefined || found.optional) {
        problems.push(`${path}/${name}: is required, and missing from a document`);
      }
    }
    if (found !== undefined) {
      problems.push(...shapeProblems(shape, found, { textual }, `${path}/${name}`));
    }
  }
  if (accepted.items !== undefined && seen.items !== undefined) {
    problems.push(...shapeProblems(accepted.items, seen.items, { textual }, `${path}/[]`));
  }
  return problems;
}

const { object, array } = ValueClass;
const scalarClasses =
  Object.values(ValueClass).reduce((all, bit) => all | bit, 0) & ~(object | array);

function classNames(classes: number): string[] {
  return Object.entries(ValueClass)
    .filter(([, bit]) => (classes & bit) !== 0)
    .map(([name]) => name);
}
