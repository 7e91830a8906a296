import { create } from '@bufbuild/protobuf';
import {
  FieldSchema,
  MapValueSchema,
  ValueSchema,
  type Field,
  type Value,
} from '../protocol/document.gen.ts';
import { invalid } from '../invalid.ts';

/** The names on the way to a field, from the outside in. */
export type FieldPath = readonly string[];

const plainPart = /[A-Za-z_][A-Za-z_0-9]*/y;
const quotedPart = /`((?:[^`\\]|\\[^])+)`/y;

/** The parts of a path such as ``a.`b.c` ``. @throws {GrpcError} invalid argument */
export function parseFieldPath(text: string): FieldPath {
  const parts: string[] = [];
  for (let at = 0; ; at++) {
    quotedPart.lastIndex = plainPart.lastIndex = at;
    const quoted = quotedPart.exec(text);
    const part = quoted ?? plainPart.exec(text);
    if (part === null)
      throw invalid(`"${text}" is not a field path; quote odd names by backticks.`);
    parts.push(quoted ? (quoted[1] ?? '').replaceAll(/\\([^])/g, '$1') : part[0]);
    at += part[0].length;
    if (at === text.length) return parts;
    if (text[at] !== '.') {
      throw invalid(`"${text}" is not a field path; quote odd names by backticks.`);
    }
  }
}

/** The value at a path, where every step but the last is a map; undefined where there is none. */
export function valueAt(fields: readonly Field[], path: FieldPath): Value | undefined {
  let inside = fields;
  for (const [depth, name] of path.entries()) {
    const value = inside.find(({ key }) => key === name)?.value;
    if (value === undefined || depth === path.length - 1) return value;
    if (value.type.case !== 'mapValue') return undefined;
    inside = value.type.value.fields;
  }
  return undefined;
}

/**
 * The fields with `value` at `path`, or without what is there when it is undefined. Maps on the way are
 * made; anything else on the way is replaced by one. What is given stays as it is.
 */
export function withValueAt(
  fields: readonly Field[],
  path: FieldPath,
  value: Value | undefined,
): readonly Field[] {
  const [name = '', ...rest] = path;
  const index = fields.findIndex(({ key }) => key === name);
  const now = fields[index]?.value;
  const inside = now?.type.case === 'mapValue' ? now.type.value.fields : undefined;
  if (value === undefined && (rest.length > 0 ? inside === undefined : index < 0)) return fields;

  const others = fields.filter((_, at) => at !== index);
  if (rest.length === 0) return value === undefined ? others : [...others, field(name, value)];
  return [...others, field(name, mapValue(withValueAt(inside ?? [], rest, value)))];
}

/** Only the fields on the given paths, each as far as it is there. */
export function pickFields(
  fields: readonly Field[],
  paths: readonly FieldPath[],
): readonly Field[] {
  let picked: readonly Field[] = [];
  for (const path of paths) {
    const value = valueAt(fields, path);
    if (value !== undefined) picked = withValueAt(picked, path, value);
  }
  return picked;
}

/** One member of a document or map. */
export function field(key: string, value: Value): Field {
  return create(FieldSchema, { key, value });
}

/** A map of the given members. */
export function mapValue(fields: readonly Field[]): Value {
  const map = create(MapValueSchema, { fields: [...fields] });
  return create(ValueSchema, { type: { case: 'mapValue', value: map } });
}
