import { Failure, type Json } from '@fairlead/sdk';
import { withMember } from './file/read-text-values.ts';

/** A setting that was given as `--set source.credentials.user=me`. */
export interface SetOption {
  /** As it was written, before the `=`. */
  readonly name: string;
  readonly end: 'source' | 'destination';
  readonly path: readonly string[];
  readonly text: string;
}

/** Reads the argument of `--set`. @throws {Failure} config */
export function parseSet(argument: string): SetOption {
  const [, name = '', text = ''] = /^([^=]*)=([^]*)$/.exec(argument) ?? [];
  const [end, ...path] = name.split('.');
  if ((end === 'source' || end === 'destination') && path.length > 0 && !path.includes('')) {
    return { name, end, path, text };
  }
  throw new Failure('config', `"${argument.replace(/=[^]*/, '=…')}" sets nothing`, {
    where: '--set',
    hint: 'Write --set source.NAME=VALUE or --set destination.NAME=VALUE.',
  });
}

/**
 * `settings` with what was set, in order. A value in `[…]` or `{…}` is read as YAML, any other is
 * text.
 * @throws {Failure} config
 */
export async function applySets(settings: Json, sets: readonly SetOption[]): Promise<unknown> {
  let value: unknown = settings;
  for (const set of sets) value = withMember(value, set.path, await valueOf(set));
  return value;
}

async function valueOf({ name, text }: SetOption): Promise<unknown> {
  if (!/^[[{]/.test(text)) return text;
  // Most values are text, and the parser takes longer to load than many a copy.
  const { parse } = await import('yaml');
  try {
    return parse(text);
  } catch {
    throw new Failure('config', 'the value is neither a list nor a group of settings', {
      where: `--set ${name}`,
      hint: 'Write [a, b] or {name: value}.',
    });
  }
}
