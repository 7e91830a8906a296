import { maskSecrets, type Mask } from '@fairlead/host-io';
import type { JsonSchema } from '@fairlead/json';
import { memberAt } from '../file/member-at.ts';
import { askForm } from './ask-form.ts';

/**
 * A mask for the secrets in the settings of an executable of Airbyte; for all texts in its `config`
 * when it does not say which they are.
 *
 * @param settings `{ command, config }`, as they were accepted.
 */
export async function maskFor(settings: unknown): Promise<Mask> {
  const config = memberAt(settings, ['config']);
  const form = await formOf(settings).catch((): JsonSchema => {
    return { type: 'object', properties: { config: allSecret(config) } };
  });
  return maskSecrets(form, settings);
}

/**
 * The form of the settings of an executable, which is asked once in the life of this process.
 * @throws {Failure} config, when it cannot be started or does not say.
 */
export async function formOf(settings: unknown): Promise<JsonSchema> {
  const command = commandOf(settings);
  const name = JSON.stringify(command);
  const form = forms.get(name) ?? askForm(command);
  forms.set(name, form);
  return await form;
}

const forms = new Map<string, Promise<JsonSchema>>();

/** The executable and its arguments. */
export function commandOf(settings: unknown): readonly string[] {
  const command = memberAt(settings, ['command']);
  return Array.isArray(command) ? command.filter((word) => typeof word === 'string') : [];
}

/** A form in which every text of a value is a secret, unless it is too short to be one. */
function allSecret(value: unknown): JsonSchema {
  if (typeof value === 'string') return value.length < shortestSecret ? {} : { secret: true };
  if (Array.isArray(value)) return { items: { anyOf: value.map(allSecret) } };
  if (typeof value !== 'object' || value === null) return {};
  const members = Object.entries(value).map(([name, member]) => [name, allSecret(member)]);
  return { properties: Object.fromEntries(members) };
}

const shortestSecret = 4;
