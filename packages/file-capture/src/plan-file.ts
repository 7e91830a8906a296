import { Failure, hash32 } from '@fairlead/sdk';
import { decompress, type Decompressed } from './compression.ts';
import { detectEncoding, EncodingError, transcode } from './csv/encoding.ts';
import { detectFormat, extensionOf } from './detect-format.ts';
import type { FormatPlan } from './format.ts';
import { skipBlank } from './json-skip.ts';
import { peek } from './peek.ts';
import type { FileSettings, FormatSettings } from './settings.ts';

/** How much of a file's text decides how it is read. */
const sampleBytes = 64 * 1024;

/** What is in a file, and how to read it. */
export interface FilePlan {
  readonly compression: 'gzip' | 'none';
  /** Of the text; UTF-8 passes untouched. */
  readonly encoding: string;
  /** Whether the encoding is only likely. */
  readonly encodingGuessed: boolean;
  /** Undefined when there is nothing in the file. */
  readonly format: FormatPlan | undefined;
  /** The same for the same file and settings: what decides which documents come out. */
  readonly signature: string;
  /** Whether positions in the text are positions in the file. */
  readonly seekable: boolean;
}

/** The settings that a plan depends on. */
export type PlanSettings = Pick<FileSettings, 'format' | 'compression' | 'metadata'>;

/** A file's plan and all of its text in UTF-8. Closing `text` closes the file's chunks. */
export interface PlannedFile {
  readonly plan: FilePlan;
  readonly text: AsyncIterableIterator<Uint8Array>;
}

/**
 * Looks at the beginning of a file.
 * @throws {Failure} config for content that is not read, or not what the settings say; data.
 */
export async function planFile(
  chunks: AsyncIterable<Uint8Array>,
  path: string,
  settings: PlanSettings,
): Promise<PlannedFile> {
  const plain = await decompress(chunks, { setting: settings.compression, path });
  try {
    return await planText(plain, path, settings);
  } catch (error) {
    await plain.chunks.return?.();
    throw error;
  }
}

async function planText(
  { compression, chunks }: Decompressed,
  path: string,
  settings: PlanSettings,
): Promise<PlannedFile> {
  // One byte more than is used tells whether that is all.
  const raw = await peek(chunks, sampleBytes + 1);
  const { encoding, guessed } = encodingOf(
    raw.head.subarray(0, sampleBytes),
    path,
    settings.format,
  );
  const text =
    encoding === utf8 ? raw : await peek(inUtf8(raw.chunks, encoding, path), sampleBytes + 1);
  const head = withoutMark(text.head.subarray(0, sampleBytes));
  const whole = text.head.length <= sampleBytes;
  const member = settings.metadata === false ? undefined : settings.metadata;
  const sample = { path, extension: extensionOf(path), head, whole, member };
  const blank = whole && skipBlank(head, 0) === head.length;
  const format = blank
    ? undefined
    : detectFormat(sample, settings.format).plan(sample, settings.format);
  const how = { compression, encoding, member, format: format?.format, how: format?.how };
  return {
    plan: {
      compression,
      encoding,
      encodingGuessed: guessed,
      format,
      signature: hash32(JSON.stringify(how)).toString(36),
      seekable: compression === 'none' && encoding === utf8,
    },
    text: text.chunks,
  };
}

/** JSON is UTF-8, or says that it is not: a broken byte must not change what the others mean. */
function encodingOf(head: Uint8Array, path: string, format: FormatSettings) {
  const setting = format.type === 'csv' ? format.encoding : undefined;
  const { encoding, from } = detected(head, path, setting);
  const first = head[skipBlank(head, 0)];
  const json = format.type === 'json' || first === 0x7b || first === 0x5b;
  if (from === 'guess' && json) return { encoding: utf8, guessed: false };
  return { encoding, guessed: from === 'guess' };
}

function detected(head: Uint8Array, path: string, setting: string | undefined) {
  try {
    return detectEncoding(head, setting);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    const where = `${path}: format.encoding`;
    throw new Failure('config', error.message, { where, cause: error });
  }
}

async function* inUtf8(
  chunks: AsyncIterable<Uint8Array>,
  encoding: string,
  path: string,
): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    yield* transcode(chunks, encoding);
  } catch (error) {
    if (!(error instanceof EncodingError)) throw error;
    throw new Failure('data', `the text is not valid ${error.encoding}`, {
      where: `${path}, byte ${error.offset}`,
      hint: 'Set format.encoding to the encoding of the file.',
      cause: error,
    });
  }
}

function withoutMark(head: Uint8Array): Uint8Array {
  return head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf ? head.subarray(3) : head;
}

const utf8 = 'utf-8';
