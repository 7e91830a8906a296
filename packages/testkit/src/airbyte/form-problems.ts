import {
  formsOf,
  isObject,
  propertiesOf,
  schemasIn,
  typesOf,
  type JsonObject,
} from './json-schema.ts';

/** Where the settings of a connector are not as a platform makes a form of them. */
export function formProblems(schema: JsonObject): string[] {
  const problems: string[] = [];
  if (schema['type'] !== 'object') problems.push('the settings are no object');
  for (const [path, part] of schemasIn(schema)) {
    const found = [
      ...keywordProblems(part),
      // Only a connector may have nothing to set.
      ...(part === schema ? [] : emptyProblems(part)),
      ...typeProblems(part),
      ...orderProblems(part),
      ...choiceProblems(part),
    ];
    problems.push(...found.map((problem) => `${path}: ${problem}`));
  }
  return problems;
}

/** Where a secret is not marked as one, or something that cannot be is. */
export function secretProblems(schema: JsonObject): string[] {
  const problems: string[] = [];
  for (const [path, part] of schemasIn(schema)) {
    const types = typesOf(part);
    const isLeaf = types.length > 0 && types.every((type) => leaves.has(type));
    const marked = part['airbyte_secret'] === true;
    const name = path.slice(path.lastIndexOf('/') + 1).toLowerCase();
    if (marked && !isLeaf) problems.push(`${path}: is marked as a secret and is no text or number`);
    if (!marked && isLeaf && secretNames.has(name) && !('const' in part)) {
      problems.push(`${path}: is not marked as a secret`);
    }
  }
  return problems;
}

const leaves: ReadonlySet<string> = new Set(['string', 'integer', 'number']);

const secretNames: ReadonlySet<string> = new Set(
  'client_token access_token api_token token secret client_secret password key service_account_info service_account tenant_id certificate jwt credentials app_id appid refresh_token'.split(
    ' ',
  ),
);

const forbidden = [
  '$ref',
  '$defs',
  'definitions',
  'anyOf',
  'allOf',
  'not',
  'if',
  'then',
  'else',
  'patternProperties',
  'prefixItems',
  'dependentSchemas',
  'dependentRequired',
];

function keywordProblems(part: JsonObject): string[] {
  const problems = forbidden.filter((name) => name in part).map((name) => `has ${name}`);
  const { additionalProperties, enum: values } = part;
  if (additionalProperties !== undefined && additionalProperties !== true) {
    problems.push('refuses other members, and platforms add their own');
  }
  if (Array.isArray(values) && new Set(values).size < values.length) {
    problems.push('has the same choice twice');
  }
  return problems;
}

function typeProblems(part: JsonObject): string[] {
  const { type, items } = part;
  const problems: string[] = [];
  if (Array.isArray(type) && (type.length !== 2 || typesOf(part).length !== 1)) {
    problems.push('has several types');
  }
  if (typesOf(part).includes('array') && !isObject(items)) problems.push('does not say of what');
  return problems;
}

function emptyProblems(part: JsonObject): string[] {
  const isEmpty = propertiesOf(part).length === 0 && formsOf(part).length === 0;
  return typesOf(part).includes('object') && isEmpty ? ['is an object without members'] : [];
}

function orderProblems(part: JsonObject): string[] {
  const places = propertiesOf(part).flatMap(([, { order, group }]) =>
    order === undefined ? [] : [`${String(group)} ${String(order)}`],
  );
  return new Set(places).size === places.length ? [] : ['has two members at the same place'];
}

/** A choice is told by one constant that all its forms have. */
function choiceProblems(part: JsonObject): string[] {
  if (!('oneOf' in part)) return [];
  const forms = formsOf(part);
  const problems = forms.flatMap((form, index) => {
    const isWhole =
      typeof form['title'] === 'string' &&
      form['type'] === 'object' &&
      propertiesOf(form).length > 0;
    return isWhole ? [] : [`form ${index} has no title, or is no object with members`];
  });
  if (part['type'] !== 'object') problems.push('is a choice and no object');
  const constants = forms.map(
    (form) =>
      new Map(
        propertiesOf(form).flatMap(([name, property]) =>
          'const' in property ? [[name, property['const']] as const] : [],
        ),
      ),
  );
  const [first = new Map<string, unknown>()] = constants;
  const common = [...first.keys()].filter((name) => constants.every((some) => some.has(name)));
  const [name] = common;
  if (common.length !== 1 || name === undefined) {
    return [...problems, 'has forms that no single constant tells apart'];
  }
  const values = constants.map((some) => some.get(name));
  if (new Set(values).size < values.length) problems.push(`has two forms with one ${name}`);
  for (const { required } of forms) {
    if (!Array.isArray(required) || !required.includes(name))
      problems.push(`does not need ${name}`);
  }
  return problems;
}
