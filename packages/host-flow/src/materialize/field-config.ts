import { Failure, parseSettings } from '@fairlead/sdk';
import { z } from 'zod';
import { jsonOf } from './answers.ts';

/**
 * Whether the user wants a field as plain text, whatever its values are: numbers and the like become
 * the text of their JSON, and dates are strings like any other.
 * @throws {Failure} config, also for a column type of the user's own, which there is not.
 */
export function isCastToString(config: Uint8Array | undefined, where: string): boolean {
  const value = jsonOf(config);
  if (typeof value !== 'object' || value === null) return false;
  const settings = parseSettings(FieldConfig, value, where);
  if (settings.DDL !== undefined) {
    throw new Failure('config', 'a field cannot have a column type of your own', {
      where,
      hint: 'Remove DDL from the settings of the field; castToString makes it text.',
    });
  }
  return settings.castToString || settings.ignoreStringFormat;
}

const FieldConfig = z.object({
  castToString: z.boolean().default(false),
  /** What `castToString` was called before. */
  ignoreStringFormat: z.boolean().default(false),
  DDL: z.string().min(1).optional(),
});
