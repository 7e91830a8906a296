import { textClasses } from './class-sets.ts';
import { EncodeError } from './encode-error.ts';
import { shapeOfValue } from './infer.ts';
import { intersectShapes } from './intersect-shapes.ts';
import { formats, type JsonSchema } from './json-schema.ts';
import { anyShape, emptyShape, mergeShapes } from './merge-shape.ts';
import { integerShape, numberShape } from './read-number-schema.ts';
import { ValueClass, type Shape } from './shape.ts';

/**
 * The shape of the values that a JSON Schema allows: one that covers `s` for `schemaOf(s)`, and a
 * useful one for schemas of others.
 *
 * `integer` without further notice is one of 64 bits and `number` is one that a double holds, for
 * that is what their authors mean; `string` may have any form. `anyOf`, `oneOf`, `allOf`, `enum`,
 * `const`, `nullable` and lists of types are followed. A reference, a missing `type`, what is no
 * schema and what lies over 100 levels deep stand for anything. Other keywords only restrict, and
 * are not looked at. Properties that are not named are not in the shape.
 */
export function shapeOf(schema: JsonSchema | boolean): Shape {
  return new SchemaReader().shape(schema, 0);
}

const deepest = 100;

class SchemaReader {
  /** The schemas that were read; a schema within itself stands for anything. */
  readonly #shapes = new Map<object, Shape>();

  shape(schema: unknown, depth: number): Shape {
    if (schema === false) return emptyShape;
    if (!isRecord(schema) || depth > deepest) return anyShape;
    const known = this.#shapes.get(schema);
    if (known !== undefined) return known;
    this.#shapes.set(schema, anyShape);
    const shape = this.#read(schema, depth + 1);
    this.#shapes.set(schema, shape);
    return shape;
  }

  #read(schema: JsonSchema, depth: number): Shape {
    if (refers(schema)) return anyShape;
    if (isRecord(schema['not']) && Object.keys(schema['not']).length === 0) return emptyShape;
    let shape = valuesShape(schema) ?? this.#typedShape(schema, depth);
    for (const keyword of ['anyOf', 'oneOf']) {
      const branches = schema[keyword];
      if (isFilledArray(branches)) {
        const all = branches.map((branch) => this.shape(branch, depth));
        shape = intersectShapes(
          shape,
          all.reduce((a, b) => mergeShapes(a, b)),
        );
      }
    }
    if (isFilledArray(schema['allOf'])) {
      for (const part of schema['allOf']) shape = intersectShapes(shape, this.shape(part, depth));
    }
    const isNullable = schema['nullable'] === true;
    return isNullable ? { ...shape, classes: shape.classes | ValueClass.null } : shape;
  }

  #typedShape(schema: JsonSchema, depth: number): Shape {
    const { type } = schema;
    const types = (Array.isArray(type) ? type : [type]).filter(isTypeName);
    if (types.length === 0) return this.#withParts(anyShape, schema, depth);
    const shapes = types.map((name) => shapesByType[name](schema));
    return this.#withParts(
      shapes.reduce((a, b) => mergeShapes(a, b)),
      schema,
      depth,
    );
  }

  /** The shape with the format, the properties and the items that the schema asks for. */
  #withParts(shape: Shape, schema: JsonSchema, depth: number): Shape {
    const { classes } = shape;
    const properties = this.#properties(schema, depth);
    const items = this.#items(schema, depth);
    return {
      ...shape,
      classes: (classes & textClasses) === 0 ? classes : (classes & ~textClasses) | text(schema),
      ...(properties && (classes & ValueClass.object) !== 0 && { properties }),
      ...(items && (classes & ValueClass.array) !== 0 && { items }),
    };
  }

  #properties(schema: JsonSchema, depth: number): ReadonlyMap<string, Shape> | undefined {
    const { properties, required } = schema;
    if (!isRecord(properties)) return undefined;
    const names = new Set<unknown>(Array.isArray(required) ? required : []);
    const shapes = new Map<string, Shape>();
    for (const [name, property] of Object.entries(properties)) {
      shapes.set(name, { ...this.shape(property, depth), optional: !names.has(name) });
    }
    return shapes;
  }

  #items({ items, prefixItems }: JsonSchema, depth: number): Shape | undefined {
    // Tuples: what the elements past the described ones are is open.
    if (items === undefined || prefixItems !== undefined || Array.isArray(items)) return undefined;
    return this.shape(items, depth);
  }
}

const typed = (classes: number): (() => Shape) => {
  const shape = { ...emptyShape, classes };
  return () => shape;
};

const shapesByType = {
  null: typed(ValueClass.null),
  boolean: typed(ValueClass.boolean),
  integer: integerShape,
  number: numberShape,
  string: typed(textClasses),
  object: typed(ValueClass.object),
  array: typed(ValueClass.array),
} as const;

function isTypeName(name: unknown): name is keyof typeof shapesByType {
  return typeof name === 'string' && Object.hasOwn(shapesByType, name);
}

function refers(schema: JsonSchema): boolean {
  return ['$ref', '$dynamicRef', '$recursiveRef'].some((keyword) => schema[keyword] !== undefined);
}

/** The shape of the values that are listed; undefined when none are. */
function valuesShape(schema: JsonSchema): Shape | undefined {
  const values = 'const' in schema ? [schema['const']] : schema['enum'];
  if (!isFilledArray(values)) return undefined;
  try {
    return values.map((value) => shapeOfValue(value)).reduce((a, b) => mergeShapes(a, b));
  } catch (error) {
    if (error instanceof EncodeError) return undefined;
    throw error;
  }
}

function text({ format }: JsonSchema): number {
  return (typeof format === 'string' ? formats.get(format) : undefined) ?? textClasses;
}

function isRecord(value: unknown): value is JsonSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isFilledArray(value: unknown): value is readonly unknown[] {
  return Array.isArray(value) && value.length > 0;
}
