import { Failure, type Json } from '@fairlead/sdk';
import { parse } from 'yaml';
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
export function applySets(settings: Json, sets: readonly SetOption[]): unknown {
  return sets.reduce<unknown>((value, set) => withMember(value, set.path, valueOf(set)), settings);
}

function valueOf({ name, text }: SetOption): unknown {
  if (!/^[[{]/.test(text)) return text;
  try {
    return parse(text);
  } catch {
    throw new Failure('config', 'the value is neither a list nor a group of settings', {
      where: `--set ${name}`,
      hint: 'Write [a, b] or {name: value}.',
    });
  }
}
