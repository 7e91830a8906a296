import { isDeepStrictEqual } from 'node:util';
import type { JsonSchema } from '@fairlead/json';
import { stringify } from 'yaml';
import { namesOf } from './connectors/choose-connector.ts';
import type { Addressed } from './connectors/address.ts';
import { memberAt } from './file/member-at.ts';
import { withMember } from './file/read-text-values.ts';
import { secretMembers, type SecretMember } from './secret-members.ts';

/** One end of a pipeline file to begin with. */
export interface DraftEnd {
  readonly end: 'source' | 'destination';
  readonly shortName: string;
  /** Settings with a variable in place of each secret. */
  readonly settings: unknown;
  readonly secrets: readonly DraftSecret[];
}

interface DraftSecret extends SecretMember {
  /** The environment variable that holds it. */
  readonly variable: string;
  /** Whether the settings name it: it was given, or is always needed. */
  readonly used: boolean;
}

/** The end that an address stands for. No secret that the address holds is in it. */
export function draftEnd(
  end: DraftEnd['end'],
  { address, installed, settings }: Pick<Addressed<unknown>, 'address' | 'installed' | 'settings'>,
  schema: JsonSchema,
): DraftEnd {
  const [shortName = installed.name] = namesOf(installed);
  const prefix = end.toUpperCase();
  const members = secretMembers(schema).map((secret) => ({
    ...secret,
    variable: [prefix, ...secret.path.map(upperSnake)].join('_'),
    used: memberAt(settings, secret.path) !== undefined || isRequired(schema, secret.path),
  }));
  const hidden = members
    .filter(({ used }) => used)
    .reduce<unknown>(
      (value, { path, variable }) => withMember(value, path, `\${env:${variable}}`),
      settings,
    );
  const password = passwordOf(address);
  const inText = `${prefix}_PASSWORD`;
  const clean = password === '' ? hidden : withoutText(hidden, password, `\${env:${inText}}`);
  if (isDeepStrictEqual(clean, hidden)) {
    return { end, shortName, settings: hidden, secrets: members };
  }
  // The connector keeps its address as it is, with the password in the midst of it.
  const own = {
    path: [],
    title: 'Password',
    description: 'The password in the address.',
    variable: inText,
    used: true,
  };
  return { end, shortName, settings: clean, secrets: [...members, own] };
}

/** The password of a URL as it is written there; empty when there is none. */
function passwordOf(address: string): string {
  return /^[A-Za-z][A-Za-z0-9+.-]*:\/\/[^/?#@]*?:([^/?#]*)@/.exec(address)?.[1] ?? '';
}

/** `value` with `word` replaced in every text. */
function withoutText(value: unknown, word: string, replacement: string): unknown {
  if (typeof value === 'string') return value.replaceAll(word, () => replacement);
  if (Array.isArray(value)) return value.map((item) => withoutText(item, word, replacement));
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).map(([name, member]) => [
    name,
    withoutText(member, word, replacement),
  ]);
  return Object.fromEntries(members);
}

/** The text of `pipeline.yaml`. */
export function draftPipeline(name: string, schemaFile: string, ends: readonly DraftEnd[]): string {
  const blocks = ends.map(({ end, shortName, settings }) =>
    stringify({ [end]: { [shortName]: settings } }, { lineWidth: 0 }),
  );
  return [
    `# yaml-language-server: $schema=./${schemaFile}\n`,
    '# Names the pipeline in its destination; keep it from run to run.\n' + stringify({ name }),
    ...blocks,
    streamsComment,
  ].join('\n');
}

const streamsComment = `# All streams are read unless you choose. The first pattern that matches decides.
# streams:
#   - orders*
#   - match: customers
#     columns: ['*', -notes]
#     contract: quarantine
`;

/** The text of \`.env.example\`: every secret of both ends, without a value. */
export function draftSecrets(ends: readonly DraftEnd[]): string {
  const secrets = ends.flatMap((end) => end.secrets);
  const head = '# Copy this file to .env, fill in what you need, and keep .env to yourself.\n';
  if (secrets.length === 0) return `${head}# This pipeline needs no secrets.\n`;
  const blocks = secrets.map(({ title, description, variable, used }) => {
    const about = `# ${[title, description].filter((text) => text !== '').join(': ')}`;
    return `${about.replace(/\s*\n\s*/g, ' ')}\n${used ? '' : '# '}${variable}=\n`;
  });
  return [head, ...blocks].join('\n');
}

function isRequired(schema: JsonSchema, path: readonly string[]): boolean {
  const [first, ...rest] = path;
  if (first === undefined) return true;
  const { required, properties } = schema;
  if (!Array.isArray(required) || !required.includes(first)) return false;
  const member = memberAt(properties, [first]);
  return typeof member === 'object' && member !== null && isRequired(member as JsonSchema, rest);
}

function upperSnake(word: string): string {
  return word
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replace(/\W+/g, '_')
    .toUpperCase();
}
