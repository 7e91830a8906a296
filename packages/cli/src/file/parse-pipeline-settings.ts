import { Failure } from '@fairlead/sdk';
import { inLongForm, ParsedSettings, pipelineSettingsSchema } from './pipeline-settings.ts';
import type { Path, PlacedDocument } from './placed-document.ts';
import { invalidValues } from './invalid-values.ts';
import { memberAt } from './member-at.ts';
import { refuse, unknownKeys, type Problem } from './problems.ts';
import { readTextValues } from './read-text-values.ts';

/**
 * The settings of a pipeline file, as far as they are the same for all connectors.
 * @throws {Failure} config, with line and column.
 */
export function parsePipelineSettings(document: PlacedDocument): ParsedSettings {
  const written = document.value;
  if (typeof written !== 'object' || written === null || Array.isArray(written)) {
    throw new Failure('config', 'the file holds no settings', {
      where: document.place(document.offsetOf([], 'value')),
      hint: 'It begins with "source:" and "destination:"; see "fairlead init".',
    });
  }
  const value = inLongForm(written);
  const isText = (path: Path) => document.isFromVariable(path);
  const parsed = ParsedSettings.safeParse(readTextValues(ParsedSettings, value, isText));
  const invalid = parsed.success ? [] : invalidValues(parsed.error.issues, value, isText);
  const ends = [...endProblems(document, 'source'), ...endProblems(document, 'destination')];
  refuse(document, [...unknownKeys(pipelineSettingsSchema(), value), ...invalid, ...ends]);
  if (!parsed.success) throw new Error('settings that do not fit have no problem');
  return parsed.data;
}

function endProblems(document: PlacedDocument, end: 'source' | 'destination'): readonly Problem[] {
  const value = memberAt(document.value, [end]);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [];
  const names = Object.keys(value);
  if (names.length === 1) return [];
  const message =
    names.length === 0 ? `"${end}" names no connector` : `"${end}" names more than one connector`;
  return [{ is: 'invalid', path: [end], message }];
}
