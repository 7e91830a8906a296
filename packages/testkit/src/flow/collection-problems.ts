import { type JsonSchema, parsePointer } from '@fairlead/json';

/** Where a schema does not promise the key of its documents: each part has to be there, and a scalar. */
export function keyProblems(schema: JsonSchema, key: readonly string[]): string[] {
  return key.flatMap((pointer) => {
    let place: JsonSchema | undefined = schema;
    for (const step of parsePointer(pointer)) {
      const required: unknown = place['required'];
      const inner: unknown = propertiesOf(place)[step];
      if (!isRecord(inner)) return [`the key ${pointer} is not in the schema`];
      const isRequired = Array.isArray(required) && required.includes(step);
      if (!isRequired && !('default' in inner)) return [`the key ${pointer} may be missing`];
      place = inner;
    }
    const types = [place['type']].flat();
    const odd = types.filter((type) => !keyTypes.has(String(type)));
    return odd.length === 0 ? [] : [`the key ${pointer} may be ${odd.map(String).join(' or ')}`];
  });
}

/** Where the annotations that say how documents are reduced are none that Flow knows. */
export function reduceProblems(schema: unknown, path = ''): string[] {
  if (Array.isArray(schema)) {
    return schema.flatMap((item, index) => reduceProblems(item, `${path}/${index}`));
  }
  if (!isRecord(schema)) return [];
  const { reduce } = schema;
  const own = reduce === undefined ? [] : strategyProblems(reduce, `${path}/reduce`);
  const inner = Object.entries(schema).flatMap(([keyword, value]) => {
    const at = `${path}/${keyword}`;
    if (keyword === 'properties' || keyword === 'patternProperties') {
      return Object.entries(isRecord(value) ? value : {}).flatMap(([name, property]) =>
        reduceProblems(property, `${at}/${name}`),
      );
    }
    return subschemas.has(keyword) ? reduceProblems(value, at) : [];
  });
  return [...own, ...inner];
}

function strategyProblems(reduce: unknown, at: string): string[] {
  if (!isRecord(reduce)) return [`${at}: is no object`];
  const { strategy, key, ...rest } = reduce;
  const options = strategies.get(String(strategy));
  if (options === undefined) return [`${at}: there is no strategy ${String(strategy)}`];
  const isKeyed = key !== undefined;
  const names = [...Object.keys(rest), ...(isKeyed ? ['key'] : [])];
  const odd = names.filter((name) => !options.includes(name));
  const problems = odd.map((name) => `${at}: ${String(strategy)} has no option ${name}`);
  if (isKeyed && !(Array.isArray(key) && key.every((one) => typeof one === 'string'))) {
    problems.push(`${at}: the key is no list of pointers`);
  }
  return problems;
}

const strategies: ReadonlyMap<string, readonly string[]> = new Map([
  ['append', []],
  ['firstWriteWins', ['associative']],
  ['lastWriteWins', ['associative', 'delete']],
  ['maximize', ['key']],
  ['minimize', ['key']],
  ['merge', ['key', 'delete', 'associative']],
  ['set', ['key']],
  ['sum', []],
  ['jsonSchemaMerge', []],
]);

const keyTypes: ReadonlySet<string> = new Set(['boolean', 'integer', 'string']);
const subschemas: ReadonlySet<string> = new Set(
  'items prefixItems contains anyOf oneOf allOf if then else not additionalProperties'.split(' '),
);

function propertiesOf(schema: JsonSchema): Readonly<Record<string, unknown>> {
  const { properties } = schema;
  return isRecord(properties) ? properties : {};
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
