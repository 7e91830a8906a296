import { allClasses, numberClasses, textClasses } from './class-sets.ts';
import { mostDigits } from './number-class.ts';
import { ValueClass, type Shape } from './shape.ts';

/** How shapes are merged. */
export interface MergeOptions {
  /**
   * Whether the types of the values were only guessed from text, as in CSV: where booleans, numbers,
   * strings, dates, date-times or UUIDs meet one another, all of them are then plain strings.
   */
  readonly textual?: boolean;
}

/** The shape of nothing: merging it into another one changes nothing. */
export const emptyShape: Shape = { classes: 0, integerDigits: 0, scale: 0, optional: false };

/** The shape of whatever there is: merging another one into it changes nothing but `optional`. */
export const anyShape: Shape = {
  classes: allClasses,
  integerDigits: mostDigits,
  scale: mostDigits,
  optional: false,
};

/**
 * The shape of all values of `a` and `b` together. Associative, idempotent and, but for the order of
 * properties, commutative: those of `a` come first. A property that one side lacks becomes optional
 * when that side has seen objects. Where one side has not looked at its objects (or arrays), neither
 * has the result.
 */
export function mergeShapes(a: Shape, b: Shape, options: MergeOptions = {}): Shape {
  const classes = mergedClasses(a.classes | b.classes, options);
  const hasNumbers = (classes & numberClasses) !== 0;
  const properties = mergedProperties(a, b, options);
  const items = mergedItems(a, b, options);
  return {
    classes,
    integerDigits: hasNumbers ? Math.max(a.integerDigits, b.integerDigits) : 0,
    scale: hasNumbers ? Math.max(a.scale, b.scale) : 0,
    optional: a.optional || b.optional,
    ...(properties && { properties }),
    ...(items && { items }),
  };
}

/** Whether merging `b` into `a` gives something else than `a`. */
export function widens(a: Shape, b: Shape, options: MergeOptions = {}): boolean {
  return !sameShape(mergeShapes(a, b, options), a);
}

/** Whether two shapes say the same, properties in whatever order. */
export function sameShape(a: Shape, b: Shape): boolean {
  return (
    a.classes === b.classes &&
    a.integerDigits === b.integerDigits &&
    a.scale === b.scale &&
    a.optional === b.optional &&
    sameProperties(a.properties, b.properties) &&
    sameItems(a.items, b.items)
  );
}

const { boolean, string, date, dateTime, uuid, object, array } = ValueClass;
const families = [boolean, numberClasses, string, date, dateTime, uuid];
const scalarClasses = boolean | numberClasses | textClasses;

function mergedClasses(classes: number, { textual = false }: MergeOptions): number {
  if (!textual) return classes;
  const present = families.filter((family) => (classes & family) !== 0);
  return present.length > 1 ? (classes & ~scalarClasses) | string : classes;
}

type Properties = ReadonlyMap<string, Shape>;

function mergedProperties(a: Shape, b: Shape, options: MergeOptions): Properties | undefined {
  if (lacks(a, object)) return lacks(b, object) ? undefined : settledProperties(b, options);
  if (lacks(b, object)) return settledProperties(a, options);
  if (a.properties === undefined || b.properties === undefined) return undefined;
  const merged = new Map<string, Shape>();
  for (const [name, shape] of a.properties) {
    merged.set(name, mergeShapes(shape, b.properties.get(name) ?? absent, options));
  }
  for (const [name, shape] of b.properties) {
    if (!merged.has(name)) merged.set(name, mergeShapes(shape, absent, options));
  }
  return merged;
}

function mergedItems(a: Shape, b: Shape, options: MergeOptions): Shape | undefined {
  if (lacks(a, array)) return lacks(b, array) ? undefined : settled(b.items, options);
  if (lacks(b, array)) return settled(a.items, options);
  if (a.items === undefined || b.items === undefined) return undefined;
  return mergeShapes(a.items, b.items, options);
}

function lacks(shape: Shape, valueClass: number): boolean {
  return (shape.classes & valueClass) === 0;
}

/** The shape of a property in objects that lack it. */
const absent: Shape = { ...emptyShape, optional: true };

function settledProperties(shape: Shape, options: MergeOptions): Properties | undefined {
  if (!options.textual || shape.properties === undefined) return shape.properties;
  const properties = new Map<string, Shape>();
  for (const [name, property] of shape.properties) {
    properties.set(name, mergeShapes(property, emptyShape, options));
  }
  return properties;
}

/** A shape taken from one side alone, in which the options hold too. */
function settled(shape: Shape | undefined, options: MergeOptions): Shape | undefined {
  return shape === undefined || !options.textual ? shape : mergeShapes(shape, emptyShape, options);
}

function sameProperties(a: Properties | undefined, b: Properties | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  if (a.size !== b.size) return false;
  for (const [name, shape] of a) {
    const other = b.get(name);
    if (other === undefined || !sameShape(shape, other)) return false;
  }
  return true;
}

function sameItems(a: Shape | undefined, b: Shape | undefined): boolean {
  return a === undefined || b === undefined ? a === b : sameShape(a, b);
}
