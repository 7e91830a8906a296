import { numberClasses } from './class-sets.ts';
import { ValueClass, type Shape } from './shape.ts';

/**
 * A shape that covers every value of both shapes at once, as for `allOf`. Properties and items that
 * only one side looks at are taken from it, for the other side allows whatever they are.
 */
export function intersectShapes(a: Shape, b: Shape): Shape {
  const classes = a.classes & b.classes;
  const hasNumbers = (classes & numberClasses) !== 0;
  const properties = bothProperties(a.properties, b.properties);
  const items = a.items && b.items ? intersectShapes(a.items, b.items) : (a.items ?? b.items);
  return {
    classes,
    integerDigits: hasNumbers ? Math.min(a.integerDigits, b.integerDigits) : 0,
    scale: hasNumbers ? Math.min(a.scale, b.scale) : 0,
    optional: a.optional && b.optional,
    ...(properties && (classes & ValueClass.object) !== 0 && { properties }),
    ...(items && (classes & ValueClass.array) !== 0 && { items }),
  };
}

type Properties = ReadonlyMap<string, Shape>;

function bothProperties(a?: Properties, b?: Properties): Properties | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  const both = new Map(a);
  for (const [name, shape] of b) {
    const other = both.get(name);
    both.set(name, other ? intersectShapes(other, shape) : shape);
  }
  return both;
}
