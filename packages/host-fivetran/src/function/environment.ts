import type { JsonSchema } from '@fairlead/json';
import { placeOf, waysOf } from './fit-text.ts';
import { isMembers, type Members } from './request.ts';

/** What the names of variables begin with that hold settings. */
const prefix = 'FAIRLEAD_SETTING_';

/**
 * The settings that a deployment has in its environment, under dotted names:
 * `FAIRLEAD_SETTING_CREDENTIALS__API_KEY` is `credentials.apiKey`. Two underscores go into an
 * object; else neither they nor case count, where the form has such a member.
 */
export function environmentMembers(
  schema: JsonSchema,
  environment: Readonly<Record<string, string | undefined>>,
): Members {
  const entries = Object.entries(environment).flatMap(([name, text]) => {
    if (!name.startsWith(prefix) || text === undefined) return [];
    return [[settingNamed(schema, name.slice(prefix.length)), text] as const];
  });
  return Object.fromEntries(entries);
}

function settingNamed(schema: JsonSchema, name: string): string {
  let place: JsonSchema | undefined = schema;
  const path = name.split('__').map((part) => {
    const known: string | undefined = memberNames(place).find(
      (member) => folded(member) === folded(part),
    );
    const member = known ?? part.toLowerCase();
    place = place === undefined ? undefined : placeOf(place, member, {});
    return member;
  });
  return path.join('.');
}

function memberNames(schema: JsonSchema | undefined): readonly string[] {
  if (schema === undefined) return [];
  return waysOf(schema, {}).flatMap(({ properties }) =>
    isMembers(properties) ? Object.keys(properties) : [],
  );
}

function folded(name: string): string {
  return name.toLowerCase().replaceAll(/[_-]/g, '');
}
