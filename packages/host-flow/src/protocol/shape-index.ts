import type { Field, Shape } from './shape.ts';

/** A field with its name. */
export interface NamedField {
  readonly name: string;
  readonly field: Field;
}

/** The fields of a message by protobuf number. */
export function fieldsByTag(shape: Shape): ReadonlyMap<number, NamedField> {
  return indexOf(shape).byTag;
}

/**
 * The fields of a message by the names that JSON may give them: that of the table, and the one of
 * the protobuf definition.
 */
export function fieldsByName(shape: Shape): ReadonlyMap<string, NamedField> {
  return indexOf(shape).byName;
}

interface ShapeIndex {
  readonly byTag: ReadonlyMap<number, NamedField>;
  readonly byName: ReadonlyMap<string, NamedField>;
}

const indexes = new WeakMap<Shape, ShapeIndex>();

function indexOf(shape: Shape): ShapeIndex {
  const known = indexes.get(shape);
  if (known !== undefined) return known;
  const fields = Object.entries(shape).map(([name, field]) => ({ name, field }));
  const made: ShapeIndex = {
    byTag: new Map(fields.filter(({ field }) => field.tag > 0).map((f) => [f.field.tag, f])),
    byName: new Map(fields.flatMap((named) => namesOf(named).map((name) => [name, named]))),
  };
  indexes.set(shape, made);
  return made;
}

function namesOf({ name, field }: NamedField): readonly string[] {
  const snake = name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  const single = field.kind === 'list' || field.kind === 'map' ? field.of : field;
  const names = [name, snake];
  if (single.kind === 'json') names.push(`${snake}_json`);
  if ('alias' in single && single.alias !== undefined) names.push(single.alias);
  return names;
}
