import type { JsonSchema } from '@fairlead/json';
import {
  Failure,
  formatPath,
  type Json,
  mergePatch,
  parseSettings,
  settingsSchema,
  type Source,
  unknownMembers,
} from '@fairlead/sdk';
import { z } from 'zod';
import { environmentMembers } from './environment.ts';
import { fitTexts, placeOf } from './fit-text.ts';
import { type Mask, maskSecrets } from '@fairlead/host-io';
import { type FunctionRequest, isMembers, type Members } from './request.ts';

/** What the settings of a call say. */
export interface CallSettings {
  /** Those of the source, still to be parsed by its `config`. */
  readonly settings: Json;
  /** Patterns of the names of the streams that are read; absent when nothing is said. */
  readonly streams?: readonly string[];
  /** Hides the secrets among them. */
  readonly mask: Mask;
  /** A sentence for each setting that nobody knows. */
  readonly unknown: readonly string[];
}

/** Settings of the host, which come among those of the source: `fairlead.streams`. */
const HostSettings = z.object({
  fairlead: z
    .object({ streams: z.array(z.string()).optional() })
    .default({})
    .meta({ title: 'Fairlead', description: 'Settings of the function itself.' }),
});

/** What a deployment itself says. */
export interface Deployed {
  readonly settings?: Json;
  /** Of which variables that begin with `FAIRLEAD_SETTING_` are settings. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
}

/**
 * The settings of a call: those of the deployment, over them those of its environment, over them the
 * custom payload, over them the secrets. Each is a text, by {@link fitTexts}, or already a value. A member of an object can have a
 * dotted name, `credentials.password`.
 * @throws {Failure} config, which names the setting, never its value.
 */
export function readSettings(
  source: Source,
  { secrets, customPayload }: Pick<FunctionRequest, 'secrets' | 'customPayload'>,
  deployed: Deployed = {},
): CallSettings {
  const schema = withHostSettings(settingsSchema(source.config));
  const given = [environmentMembers(schema, deployed.environment ?? {}), customPayload, secrets];
  const merged = given.reduce<Json>(
    (now, members) => mergePatch(now, nest(schema, members)),
    deployed.settings ?? {},
  );
  const fitted = fitTexts(schema, merged) ?? {};
  const { fairlead, ...settings } = isMembers(fitted) ? fitted : {};
  const host = parseSettings(HostSettings, { fairlead }, 'custom payload').fairlead;
  return {
    settings,
    ...(host.streams === undefined ? {} : { streams: host.streams }),
    mask: maskSecrets(schema, fitted),
    unknown: unknownMembers(schema, fitted).map(
      ({ path, suggestion }) =>
        `nobody knows ${formatPath(path)}${suggestion === undefined ? '' : `, perhaps ${suggestion} was meant`}`,
    ),
  };
}

function withHostSettings(schema: JsonSchema): JsonSchema {
  const own = settingsSchema(HostSettings)['properties'];
  const properties = isMembers(schema['properties']) ? schema['properties'] : {};
  return { ...schema, properties: { ...(isMembers(own) ? own : {}), ...properties } };
}

/** Members with their dotted names taken apart. */
function nest(schema: JsonSchema, members: Members): Json {
  const isDotted = (name: string) => name.includes('.') && placeOf(schema, name, {}) === undefined;
  const entries = Object.entries(members);
  const plain = Object.fromEntries(entries.filter(([name]) => !isDotted(name)));
  let nested: Json = fitTexts(schema, plain) ?? {};
  for (const [name, value] of entries.filter(([dotted]) => isDotted(dotted))) {
    nested = withMember(nested, name.split('.'), value, name);
  }
  return nested;
}

function withMember(target: Json, path: readonly string[], value: Json, name: string): Json {
  const [first, ...rest] = path;
  if (first === undefined) return value;
  if (!isMembers(target)) {
    throw new Failure('config', `${name}: a part of its name has a value that is no object`, {
      where: 'secrets',
      hint: 'Give the object as JSON, or each of its members by a dotted name.',
    });
  }
  const inner = Object.hasOwn(target, first) ? target[first] : undefined;
  return { ...target, [first]: withMember(inner ?? {}, rest, value, name) };
}
