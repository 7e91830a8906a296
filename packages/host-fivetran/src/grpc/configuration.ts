import type { JsonSchema } from '@fairlead/json';
import { type Mask, maskSecrets } from '@fairlead/host-io';
import { Failure, formatPath, type Json, settingsSchema, unknownMembers } from '@fairlead/sdk';
import type { z } from 'zod';
import { fitTexts } from '../function/fit-text.ts';
import { isMembers } from '../function/request.ts';
import { formQuestions } from './form.ts';

/** What the `configuration` of a request says. */
export interface Configuration {
  /** Still to be parsed by the connector's own schema. */
  readonly settings: Json;
  /** Hides the secrets among them. */
  readonly mask: Mask;
  /** A sentence for each setting that nobody knows. */
  readonly unknown: readonly string[];
}

/**
 * The settings in the texts of a `configuration`, as the questions of its form have them: by names
 * with dots, files as base64, and nothing for what was left empty. A text becomes what the settings
 * have in its place.
 * @throws {Failure} config, which names the setting, never its value.
 */
export function readConfiguration(
  config: z.ZodType,
  configuration: Readonly<Record<string, string>>,
): Configuration {
  const schema = settingsSchema(config);
  const questions = new Map(formQuestions(schema).map((question) => [question.name, question]));
  // Objects before their members: texts come in any order.
  const given = Object.entries(configuration)
    .filter(([, text]) => text !== '')
    .map(([name, text]) => ({ name, text, path: questions.get(name)?.path ?? name.split('.') }))
    .toSorted((one, other) => one.path.length - other.path.length);
  let settings: Json = {};
  for (const { name, text, path } of given) {
    const isFile = questions.get(name)?.kind === 'file';
    settings = withMember(settings, path, isFile ? (fileText(text) ?? text) : text, name);
  }
  const fitted = fit(schema, settings);
  return {
    settings: fitted,
    mask: maskSecrets(schema, fitted),
    unknown: unknownMembers(schema, fitted).map(
      ({ path, suggestion }) =>
        `nobody knows ${formatPath(path)}${suggestion === undefined ? '' : `, perhaps ${suggestion} was meant`}`,
    ),
  };
}

function fit(schema: JsonSchema, settings: Json): Json {
  try {
    return fitTexts(schema, settings) ?? {};
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    throw new Failure(error.kind, error.message, { where: 'configuration', cause: error });
  }
}

/** The text of a file that was uploaded; undefined when it is no base64 of a text. */
function fileText(text: string): string | undefined {
  const bytes = Buffer.from(text, 'base64');
  if (bytes.toString('base64') !== text) return undefined;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function withMember(target: Json, path: readonly string[], value: Json, name: string): Json {
  const [first, ...rest] = path;
  if (first === undefined) return value;
  if (!isMembers(target)) {
    throw new Failure('config', `${name}: a part of its name has a value of its own`, {
      where: 'configuration',
      hint: 'Give either the whole object as JSON, or its members by names with dots.',
    });
  }
  const inner = Object.hasOwn(target, first) ? target[first] : undefined;
  return { ...target, [first]: withMember(inner ?? {}, rest, value, name) };
}
