import type { JsonSchema } from '@fairlead/json';
import { Failure, type Json, settingsSchema, type Source, type StreamInfo } from '@fairlead/sdk';
import { jsonValue } from '../protocol/json-text.ts';

/** The member of a binding's settings that tells it from others: a name of the source's own, or one that is added. */
export function streamSettingOf({ streamSetting = 'stream' }: Source): string {
  return streamSetting;
}

/** The form of a binding's settings: those of the source, and the name of the stream where it has none. */
export function resourceForm(source: Source): JsonSchema {
  const form = settingsSchema(source.resource);
  const properties = isObject(form['properties']) ? form['properties'] : {};
  const required = Array.isArray(form['required']) ? form['required'] : [];
  const setting = streamSettingOf(source);
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Stream',
    ...form,
    type: 'object',
    required: [...new Set([setting, ...required])],
    properties: Object.hasOwn(properties, setting)
      ? properties
      : { [setting]: streamField, ...properties },
  };
}

/** The settings that read a stream, with its name where they have none. */
export function resourceOf({ streamSetting }: Source, { name, resource }: StreamInfo): Json {
  if (streamSetting !== undefined) return resource;
  // What a source offers are members of an object, as its form has them.
  return { stream: name, ...(resource as { readonly [key: string]: Json }) };
}

/** A binding's settings, and the stream that they name. */
export interface StreamResource {
  readonly stream: string;
  /** Still to be parsed by the source. */
  readonly resource: Json;
}

/**
 * A binding's settings out of a request.
 * @throws {Failure} config, when they name no stream.
 */
export function readResource(
  source: Source,
  text: Uint8Array | undefined,
  index: number,
): StreamResource {
  const where = `binding ${index}`;
  const found = jsonValue(text, where);
  if (!isObject(found)) throw new Failure('config', 'the settings are no object', { where });
  // The control plane notes the path of a resource under this name.
  const { _meta, ...resource } = found;
  const setting = streamSettingOf(source);
  const stream = found[setting];
  if (typeof stream !== 'string' || stream === '') {
    throw new Failure('config', `${setting}: the name of a stream is expected`, { where });
  }
  // What is no JSON to the letter, such as a number with many digits, the source's schema refuses.
  return { stream, resource: resource as Json };
}

const streamField = {
  order: 0,
  type: 'string',
  title: 'Stream',
  description: 'The stream that you want to read.',
};

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
