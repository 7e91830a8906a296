import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Failure, isFailure, type Json } from '@fairlead/sdk';
import { z } from 'zod';
import type { Environment } from '../environment.ts';
import { parsePlaced } from '../file/placed-document.ts';
import { readVariables } from '../file/read-variables.ts';

type Group = Readonly<Record<string, Json>>;

/**
 * Settings that a word of the command line gives: within braces they are themselves, else they are
 * in the file of that name, as YAML or JSON. Variables are replaced as in a pipeline file.
 *
 * @throws {Failure} config
 */
export function givenSettings(environment: Environment, option: string, word: string): Group {
  const isThemselves = word.trimStart().startsWith('{');
  const text = isThemselves ? word : readGiven(environment, option, word);
  const variables = readVariables(environment.folder, environment.variables);
  const document = parsePlaced(text, isThemselves ? option : word, variables);
  const parsed = z.record(z.string(), z.json()).safeParse(document.value);
  if (parsed.success) return parsed.data;
  throw new Failure('config', 'this is no group of settings', {
    where: isThemselves ? option : word,
    hint: 'Write NAME: VALUE on each line, or {NAME: VALUE}.',
  });
}

/** The JSON in a file that an option names. @throws {Failure} config */
export function givenJson(environment: Environment, option: string, path: string): Json {
  try {
    return z.json().parse(JSON.parse(readGiven(environment, option, path)));
  } catch (error) {
    if (isFailure(error)) throw error;
    throw new Failure('config', 'the file is no JSON', { where: path });
  }
}

/** The text of a file that an option names. @throws {Failure} config */
export function readGiven({ folder }: Environment, option: string, path: string): string {
  try {
    return readFileSync(resolve(folder, path), 'utf8');
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
    const message =
      code === 'ENOENT' ? `there is no file ${path}` : `cannot read ${path} (${code})`;
    throw new Failure('config', message, { where: option, cause });
  }
}

/** A whole number that an option gives. @throws {Failure} config */
export function givenCount(option: string, word: string, least: number): number {
  const count = Number(word);
  if (/^-?\d{1,9}$/.test(word) && count >= least) return count;
  throw new Failure('config', `must be a whole number from ${least} on`, { where: option });
}
