import { Failure } from '@fairlead/sdk';
import { csvFormat } from './csv-format.ts';
import type { Format, FormatSample } from './format.ts';
import { jsonFormat } from './json-format.ts';
import type { FormatSettings } from './settings.ts';

/** Every format that is read. JSON is before CSV, as its beginning is harder to mistake. */
const formats: readonly Format[] = [jsonFormat, csvFormat];

/**
 * The format of a file: what the settings say, else JSON where the content says so, else what the
 * name says, else what the content looks like.
 * @throws {Failure} config when none of them says anything.
 */
export function detectFormat(sample: FormatSample, settings: FormatSettings): Format {
  const set = formats.find(({ name }) => name === settings.type);
  if (set !== undefined) return set;
  if (isBinary(sample.head)) {
    throw new Failure('config', 'the file is not a text file', {
      where: sample.path,
      hint: 'Leave it out of the paths, or convert it to CSV or JSON lines.',
    });
  }
  if (jsonFormat.recognise(sample)) return jsonFormat;
  const { extension } = sample;
  const named = formats.find(
    ({ extensions }) => extension !== undefined && extensions.includes(extension),
  );
  const found = named ?? formats.find((format) => format.recognise(sample));
  if (found !== undefined) return found;
  throw new Failure('config', 'the file is neither JSON nor rows of fields', {
    where: sample.path,
    hint: 'Set format.type to csv or json, or leave the file out of the paths.',
  });
}

/** What a name says that the file is: the last of its endings that a format knows. */
export function extensionOf(path: string): string | undefined {
  const base = path.slice(path.lastIndexOf('/') + 1).toLowerCase();
  const parts = base.split('.').slice(1).toReversed();
  return parts.find((part) => formats.some(({ extensions }) => extensions.includes(part)));
}

/** Every ending that names a format. */
export const formatExtensions: readonly string[] = formats.flatMap(({ extensions }) => extensions);

/** Text has hardly any control characters; a few may be separators, or stray. */
function isBinary(head: Uint8Array): boolean {
  let controls = 0;
  for (const byte of head) {
    const blank = byte >= 0x09 && byte <= 0x0d;
    const separator = byte === 0x01 || byte === 0x1b || byte === 0x1e || byte === 0x1f;
    if (byte < 0x20 && !blank && !separator) controls++;
  }
  return controls > 2 + head.length / 100;
}
