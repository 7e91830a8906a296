import { closest, Failure } from '@fairlead/sdk';
import {
  TextField,
  type ConfigurationFormResponse,
  type FormField,
} from '@fairlead/host-fivetran/protocol';

/** Settings as Fivetran keeps them: texts by name. */
export type Configuration = Readonly<Record<string, string>>;

/** Asks a person for a value; an empty answer takes what is there. */
export type Ask = (question: string) => Promise<string>;

/** The fields that a form shows for these settings, those within conditions among them, in order. */
function visibleFields(
  fields: readonly FormField[],
  configuration: Configuration,
): readonly FormField[] {
  return fields.flatMap((field) => {
    if (field.type.case !== 'conditionalFields') return [field];
    const { condition, fields: inner } = field.type.value;
    const value = configuration[condition?.conditionField ?? ''] ?? '';
    const when = condition?.visibleWhen;
    const isVisible =
      when?.case === 'emptyValue'
        ? (value === '') === when.value
        : when?.case === 'boolValue'
          ? (value === 'true') === when.value
          : value === when?.value;
    return isVisible ? visibleFields(inner, configuration) : [];
  });
}

/**
 * The values of a configuration that nobody is to see: those that the form keeps from sight, and those
 * whose names say so, as not every connector has a form.
 */
export function secretsOf(
  { fields }: ConfigurationFormResponse,
  configuration: Configuration,
): readonly string[] {
  const hidden = allFields(fields)
    .filter(({ type }) => type.case === 'textField' && type.value === TextField.Password)
    .map(({ name }) => name);
  const named = Object.keys(configuration).filter((name) => secretName.test(name));
  const names = new Set([...hidden, ...named]);
  return [...names].map((name) => configuration[name] ?? '').filter((value) => value !== '');
}

const secretName = /passw|secret|token|credential|api_?key|private_?key/i;

/**
 * The configuration with the defaults of the form for what it leaves open. One without a form is taken as
 * it is.
 * @throws {Failure} config, with all that is wrong; values are not told.
 */
export function completeConfiguration(
  { fields }: ConfigurationFormResponse,
  given: Configuration,
  where: string,
): Configuration {
  if (fields.length === 0) return given;
  const defaults = allFields(fields).flatMap(({ name, defaultValue }) =>
    defaultValue === undefined ? [] : [[name, defaultValue] as const],
  );
  const whole: Configuration = { ...Object.fromEntries(defaults), ...given };
  const visible = visibleFields(fields, whole);
  const known = new Set(allFields(fields).map(({ name }) => name));
  const problems = [
    ...visible.flatMap((field) => problemOf(field, whole[field.name] ?? '') ?? []),
    ...Object.keys(given).flatMap((name) => (known.has(name) ? [] : [unknownField(name, known)])),
  ];
  if (problems.length > 0) throw new Failure('config', problems.join('; '), { where });
  const shown = new Set(visible.map(({ name }) => name));
  return Object.fromEntries(Object.entries(whole).filter(([name]) => shown.has(name)));
}

/** Asks for each field that the form shows. What is known already is taken by an empty answer. */
export async function askConfiguration(
  { fields }: ConfigurationFormResponse,
  known: Configuration,
  ask: Ask,
): Promise<Configuration> {
  let answers: Configuration = known;
  const asked = new Set<string>();
  for (;;) {
    const field = visibleFields(fields, answers).find(({ name }) => !asked.has(name));
    if (field === undefined) return answers;
    asked.add(field.name);
    const value = await askField(field, answers[field.name] ?? field.defaultValue ?? '', ask);
    if (value !== '') answers = { ...answers, [field.name]: value };
  }
}

async function askField(field: FormField, before: string, ask: Ask): Promise<string> {
  const { label, name, description = '', placeholder = '' } = field;
  const isSecret = field.type.case === 'textField' && field.type.value === TextField.Password;
  const shown = before === '' ? placeholder && `e.g. ${placeholder}` : isSecret ? '****' : before;
  const choices = choicesOf(field);
  const hints = [description, choices && choices.join(' | '), field.required ? '' : 'optional'];
  const hint = hints.filter(Boolean).join('; ');
  const title = `${label === '' ? name : label}${hint === '' ? '' : ` (${hint})`}`;
  for (let again = ''; ;) {
    const answer = (await ask(`${again}${title}${shown === '' ? '' : ` [${shown}]`}: `)).trim();
    const value = answer === '' ? before : answer;
    const problem = problemOf(field, value);
    if (problem === undefined) return value;
    again = `${problem}\n`;
  }
}

function problemOf(field: FormField, value: string): string | undefined {
  const { name } = field;
  if (value === '') return field.required === true ? `${name} is missing` : undefined;
  const choices = choicesOf(field);
  if (choices === undefined || choices.includes(value)) return undefined;
  return `${name} has to be one of ${choices.join(', ')}`;
}

function choicesOf({ type }: FormField): readonly string[] | undefined {
  if (type.case === 'toggleField') return ['true', 'false'];
  if (type.case === 'dropdownField') return type.value.dropdownField;
  if (type.case !== 'descriptiveDropdownFields') return undefined;
  return type.value.descriptiveDropdownField.map(({ value }) => value);
}

function allFields(fields: readonly FormField[]): readonly FormField[] {
  return fields.flatMap((field) =>
    field.type.case === 'conditionalFields' ? allFields(field.type.value.fields) : [field],
  );
}

function unknownField(name: string, known: ReadonlySet<string>): string {
  const near = closest(name, [...known]);
  return `the form has no ${name}${near === undefined ? '' : `; did you mean ${near}?`}`;
}
