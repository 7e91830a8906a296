import { create } from '@bufbuild/protobuf';
import type { JsonSchema } from '@fairlead/json';
import {
  type ConfigurationFormResponse,
  ConfigurationFormResponseSchema,
  DescriptiveDropDownFieldsSchema,
  DropdownFieldSchema,
  type FormField,
  FormFieldSchema,
  TextField,
  ToggleFieldSchema,
  UploadFieldSchema,
} from '../protocol/common.gen.ts';
import { type Condition, type FormQuestion, formQuestions, valuesOf } from './form.ts';

/** What can be tested with the settings, by a name that Fivetran gives back. */
export interface FormTest {
  readonly name: string;
  readonly label: string;
}

export interface FormOptions {
  readonly tests: readonly FormTest[];
  /** Whether a user chooses tables and columns, which is so for sources. */
  readonly selection: boolean;
}

/** The form for settings with this JSON Schema. */
export function configurationForm(
  schema: JsonSchema,
  { tests, selection }: FormOptions,
): ConfigurationFormResponse {
  return create(ConfigurationFormResponseSchema, {
    schemaSelectionSupported: selection,
    tableSelectionSupported: selection,
    fields: fieldsOf(formQuestions(schema), 0),
    tests: [...tests],
  });
}

/** The largest file that can be a setting. */
const mostFileBytes = 1024 * 1024;

/**
 * The fields of questions that share their first conditions. Those under one more condition become a
 * field of their own, in the place of the first of them.
 */
function fieldsOf(questions: readonly FormQuestion[], depth: number): FormField[] {
  const groups = new Map<string, FormQuestion[]>();
  const order: (
    | FormQuestion
    | { readonly condition: Condition; readonly group: FormQuestion[] }
  )[] = [];
  for (const question of questions) {
    const condition = question.when[depth];
    if (condition === undefined) {
      order.push(question);
      continue;
    }
    const name = JSON.stringify(condition);
    const group = groups.get(name);
    if (group !== undefined) {
      group.push(question);
      continue;
    }
    const begun = [question];
    groups.set(name, begun);
    order.push({ condition, group: begun });
  }
  return order.map((entry) =>
    'group' in entry ? conditionalField(entry.condition, entry.group, depth) : fieldOf(entry),
  );
}

function conditionalField(
  { name, value }: Condition,
  group: readonly FormQuestion[],
  depth: number,
): FormField {
  const title = `${name}=${value}`;
  return create(FormFieldSchema, {
    name: title,
    label: title,
    type: {
      case: 'conditionalFields',
      value: {
        condition: { conditionField: name, visibleWhen: { case: 'stringValue', value } },
        fields: fieldsOf(group, depth + 1),
      },
    },
  });
}

function fieldOf(question: FormQuestion): FormField {
  const { name, schema, required } = question;
  const { title, description, examples } = schema;
  const [example]: unknown[] = Array.isArray(examples) ? examples : [];
  const preset = schema['default'];
  return create(FormFieldSchema, {
    name,
    label: typeof title === 'string' ? title : name,
    required,
    ...(typeof description === 'string' ? { description: description + hintOf(schema) } : {}),
    ...(isEmpty(preset) ? {} : { defaultValue: textOf(preset) }),
    ...(example === undefined ? {} : { placeholder: textOf(example) }),
    type: typeOf(question),
  });
}

function typeOf({ kind, schema }: FormQuestion): FormField['type'] {
  switch (kind) {
    case 'text':
      return { case: 'textField', value: TextField.PlainText };
    case 'password':
      return { case: 'textField', value: TextField.Password };
    case 'toggle':
      return { case: 'toggleField', value: create(ToggleFieldSchema) };
    case 'file': {
      const terms = { allowedFileType: ['.json', '.pem', '.txt'], maxFileSizeBytes: mostFileBytes };
      return { case: 'uploadField', value: create(UploadFieldSchema, terms) };
    }
    case 'choice':
      return choiceType(schema);
  }
}

/** A list of values, with their titles and descriptions where they have such. */
function choiceType(schema: JsonSchema): FormField['type'] {
  const values = valuesOf(schema);
  if (values.every(({ title }) => title === undefined)) {
    const names = values.map(({ value }) => value);
    return {
      case: 'dropdownField',
      value: create(DropdownFieldSchema, { dropdownField: names }),
    };
  }
  const choices = values.map(({ value, title = value, description = '' }) => ({
    value,
    label: title,
    description,
  }));
  return {
    case: 'descriptiveDropdownFields',
    value: create(DescriptiveDropDownFieldsSchema, { descriptiveDropdownField: choices }),
  };
}

/** How to write what has no field of its own kind. */
function hintOf({ type, anyOf }: JsonSchema): string {
  if (type === 'array') return ' Several are written with commas, or as a JSON list.';
  return type === 'object' || Array.isArray(anyOf) ? ' It may be written as JSON.' : '';
}

/** Whether a default is none that a user would write. */
function isEmpty(preset: unknown): boolean {
  if (preset === undefined || preset === null || preset === '') return true;
  return typeof preset === 'object' && Object.keys(preset).length === 0;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
