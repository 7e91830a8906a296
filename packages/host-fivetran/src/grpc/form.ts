import type { JsonSchema } from '@fairlead/json';
import { isMembers } from '../function/request.ts';

/** A question of the form that Fivetran shows for some settings. */
export interface FormQuestion {
  /** The path with dots, by which its answer comes back. */
  readonly name: string;
  readonly path: readonly string[];
  readonly schema: JsonSchema;
  readonly required: boolean;
  readonly kind: 'text' | 'password' | 'choice' | 'toggle' | 'file';
  /** When it is asked at all: always, or only while other questions have these answers. */
  readonly when: readonly Condition[];
}

export interface Condition {
  /** Another question. */
  readonly name: string;
  readonly value: string;
}

/**
 * The questions that stand for some settings, in the order of their form. Objects are asked for by
 * their members. Of a union first the member is asked that tells its options apart, then what
 * belongs to the option that was chosen. A setting of several forms, a list, or an object of any names is a text:
 * JSON, or a list with commas.
 */
export function formQuestions(schema: JsonSchema): readonly FormQuestion[] {
  return questionsOf(schema, { path: [], required: true, when: [] });
}

interface Place {
  readonly path: readonly string[];
  readonly required: boolean;
  readonly when: readonly Condition[];
}

function questionsOf(given: JsonSchema, place: Place): readonly FormQuestion[] {
  const schema = withoutNull(given);
  const options = optionsOf(schema);
  const discriminator = discriminatorOf(schema);
  if (discriminator !== undefined) return choiceOf(schema, discriminator, options, place);
  const members = membersOf(schema);
  if (members.length > 0)
    return members.flatMap((member) => memberQuestions(schema, member, place));
  if (place.path.length === 0) return [];
  return [{ ...place, name: place.path.join('.'), schema, kind: kindOf(schema) }];
}

function memberQuestions(
  { required }: JsonSchema,
  [name, content]: readonly [string, JsonSchema],
  place: Place,
): readonly FormQuestion[] {
  const isListed = Array.isArray(required) && required.includes(name);
  // What has a default is no question that must be answered.
  const isRequired = place.required && isListed && !('default' in content);
  return questionsOf(content, { ...place, path: [...place.path, name], required: isRequired });
}

function choiceOf(
  schema: JsonSchema,
  discriminator: string,
  options: readonly JsonSchema[],
  place: Place,
): readonly FormQuestion[] {
  const path = [...place.path, discriminator];
  const name = path.join('.');
  const choices = options.map((option) => ({ option, value: constantOf(option, discriminator) }));
  const preset = isMembers(schema['default']) ? schema['default'][discriminator] : undefined;
  const question: FormQuestion = {
    name,
    path,
    required: place.required,
    when: place.when,
    kind: 'choice',
    schema: {
      title: schema['title'],
      description: schema['description'],
      ...(preset === undefined ? {} : { default: preset }),
      oneOf: choices.map(({ option: { title, description }, value }) => ({
        const: value,
        title,
        description,
      })),
    },
  };
  const members = choices.flatMap(({ option, value }) =>
    membersOf(option)
      .filter(([member]) => member !== discriminator)
      .flatMap((member) =>
        memberQuestions(option, member, {
          path: place.path,
          required: true,
          when: [...place.when, { name, value }],
        }),
      ),
  );
  return [question, ...members];
}

/** The values of a choice, with what is said of them. */
export function valuesOf(schema: JsonSchema): readonly {
  readonly value: string;
  readonly title?: string;
  readonly description?: string;
}[] {
  if (Array.isArray(schema['enum'])) {
    return schema['enum']
      .filter((value) => value !== null)
      .map((value) => ({ value: String(value) }));
  }
  return optionsOf(schema).map(({ const: value, title, description }) => ({
    value: String(value),
    ...(typeof title === 'string' ? { title } : {}),
    ...(typeof description === 'string' ? { description } : {}),
  }));
}

function kindOf(schema: JsonSchema): FormQuestion['kind'] {
  const { type, secret, multiline } = schema;
  // A key of several lines is a file where it comes from, and does not survive a field of one line.
  if (multiline === true) return 'file';
  if (secret === true) return 'password';
  if (type === 'boolean') return 'toggle';
  const options = optionsOf(schema);
  const isChoice = options.length > 0 && options.every((option) => 'const' in option);
  return Array.isArray(schema['enum']) || isChoice ? 'choice' : 'text';
}

function withoutNull(schema: JsonSchema): JsonSchema {
  const { anyOf, type, ...rest } = schema;
  if (Array.isArray(type)) {
    const [only, ...others] = type.filter((name) => name !== 'null');
    return others.length === 0 && only !== undefined ? { ...schema, type: only } : schema;
  }
  if (!Array.isArray(anyOf)) return schema;
  const [only, ...others] = anyOf.filter(isMembers).filter((way) => way['type'] !== 'null');
  return only === undefined || others.length > 0 ? schema : withoutNull({ ...only, ...rest });
}

/** Members by the order that they have in a form. */
function membersOf(schema: JsonSchema): readonly (readonly [string, JsonSchema])[] {
  const { properties } = schema;
  if (!isMembers(properties)) return [];
  const members = Object.entries(properties).map(
    ([name, content]) => [name, isMembers(content) ? content : {}] as const,
  );
  return members.toSorted(([, one], [, other]) => orderOf(one) - orderOf(other));
}

function orderOf({ order }: JsonSchema): number {
  return typeof order === 'number' ? order : Number.MAX_SAFE_INTEGER;
}

function optionsOf(schema: JsonSchema): readonly JsonSchema[] {
  const { oneOf, anyOf } = schema;
  const options = [oneOf, anyOf].find(Array.isArray) ?? [];
  return options.filter(isMembers);
}

function discriminatorOf({ discriminator }: JsonSchema): string | undefined {
  const name = isMembers(discriminator) ? discriminator['propertyName'] : undefined;
  return typeof name === 'string' ? name : undefined;
}

function constantOf(option: JsonSchema, member: string): string {
  const content = membersOf(option).find(([name]) => name === member)?.[1];
  return String(content?.['const']);
}
