import { sameNumber, type JsonSchema } from '@fairlead/json';
import { Failure, type Json } from '@fairlead/sdk';
import { isMembers } from './request.ts';

/**
 * Settings in which texts have become what their form has in their places, since secrets are texts
 * only:
 *
 * | place        | texts                                                           |
 * |--------------|-----------------------------------------------------------------|
 * | text         | as it is; of a private key in one line, `\n` is a line break    |
 * | number       | a JSON number that a double can hold                            |
 * | boolean      | `true` `yes` `on` `1`, `false` `no` `off` `0`, in any case      |
 * | list         | JSON in brackets, else what is between commas                   |
 * | object       | JSON in braces                                                  |
 *
 * An empty text where none can be is no setting. Any other text stays what it is, for the settings'
 * own schema to refuse. A place for texts and others takes texts.
 * @param name what the setting is called in messages.
 * @throws {Failure} config, for malformed JSON; it names the setting, never its value.
 */
export function fitTexts(schema: JsonSchema, value: Json, name = ''): Json | undefined {
  if (typeof value === 'string') return fitText(schema, value, name);
  if (isList(value)) return fitItems(schema, value, name);
  if (!isMembers(value)) return value;
  const entries = Object.entries(value).flatMap(([key, member]) => {
    const place = placeOf(schema, key, value);
    const path = name === '' ? key : `${name}.${key}`;
    const fitted = place === undefined ? member : fitTexts(place, member, path);
    return fitted === undefined ? [] : [[key, fitted] as const];
  });
  return Object.fromEntries(entries);
}

/** The schema of a member of settings; undefined when their form has none of that name. */
export function placeOf(schema: JsonSchema, name: string, settings: Json): JsonSchema | undefined {
  const ways = waysOf(schema, settings);
  for (const { properties } of ways) {
    if (!isMembers(properties) || !Object.hasOwn(properties, name)) continue;
    const place = properties[name];
    if (isMembers(place)) return place;
  }
  return ways.map((way) => way['additionalProperties']).find(isMembers);
}

/** The schema and those of its alternatives that can be meant by a value. */
export function waysOf(schema: JsonSchema, value: Json): readonly JsonSchema[] {
  const options = [schema['oneOf'], schema['anyOf'], schema['allOf']]
    .flatMap((list): unknown[] => (Array.isArray(list) ? list : []))
    .filter(isMembers);
  const possible = options.filter(({ properties }) =>
    Object.entries(isMembers(properties) ? properties : {}).every(
      ([name, property]) =>
        !isMembers(value) ||
        !Object.hasOwn(value, name) ||
        !isMembers(property) ||
        !('const' in property) ||
        value[name] === property['const'],
    ),
  );
  return [schema, ...possible.flatMap((option) => waysOf(option, value))];
}

function fitItems(schema: JsonSchema, list: readonly Json[], name: string): Json {
  const items = waysOf(schema, list)
    .map((way) => way['items'])
    .find(isMembers);
  if (items === undefined) return list;
  return list.map((item, index) => fitTexts(items, item, `${name}[${index}]`) ?? item);
}

function fitText(schema: JsonSchema, text: string, name: string): Json | undefined {
  const ways = waysOf(schema, text);
  const accepts = (...types: readonly string[]) =>
    ways.some((way) => typesOf(way).some((type) => types.some((other) => other === type)));
  const isFree = ways.some(
    (way) => typesOf(way).includes('string') && constantsOf(way) === undefined,
  );
  const trimmed = text.trim();
  const looksLike = (type: string, bracket: string) => accepts(type) && trimmed.startsWith(bracket);
  if (looksLike('object', '{') || looksLike('array', '[')) {
    const parsed = parse(trimmed);
    if (parsed !== undefined) return fitTexts(schema, parsed, name);
    if (!isFree) throw new Failure('config', `${name}: malformed JSON`, { where: 'secrets' });
  }
  if (isFree || !ways.some((way) => typesOf(way).length > 0)) return unfolded(text);
  if (ways.some((way) => constantsOf(way)?.includes(trimmed) === true)) return trimmed;
  const word = words.get(trimmed.toLowerCase());
  if (word !== undefined && accepts('boolean')) return word;
  if (accepts('integer', 'number') && sameNumber(trimmed, String(Number(trimmed)))) {
    return Number(trimmed);
  }
  if (trimmed === '' && !accepts('string')) return undefined;
  if (!accepts('array')) return text;
  const parts = trimmed.split(',').map((part) => part.trim());
  return fitItems(
    schema,
    parts.filter((part) => part !== ''),
    name,
  );
}

const words: ReadonlyMap<string, boolean> = new Map([
  ...['true', 'yes', 'on', '1'].map((word) => [word, true] as const),
  ...['false', 'no', 'off', '0'].map((word) => [word, false] as const),
]);

/** A key of several lines that a form has made one of, as it was. */
function unfolded(text: string): string {
  const isFolded = text.startsWith('-----BEGIN ') && !text.includes('\n');
  return isFolded ? text.replaceAll(String.raw`\n`, '\n') : text;
}

function typesOf({ type }: JsonSchema): readonly unknown[] {
  return Array.isArray(type) ? type : type === undefined ? [] : [type];
}

function constantsOf(way: JsonSchema): readonly unknown[] | undefined {
  if ('const' in way) return [way['const']];
  return Array.isArray(way['enum']) ? way['enum'] : undefined;
}

function parse(text: string): Json | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}
