import type { Decoder } from './decoder.ts';
import type { FileMember } from './member.ts';
import type { FormatSettings } from './settings.ts';

/** A format that files are in. Another one is another value in {@link detectFormat}'s list. */
export interface Format {
  readonly name: 'csv' | 'json';
  /** What names of such files end with, without a dot and in lower case. */
  readonly extensions: readonly string[];
  /** Whether a file of another name clearly is in this format. */
  recognise(sample: FormatSample): boolean;
  /**
   * How to read the file that begins so.
   * @throws {Failure} config
   */
  plan(sample: FormatSample, settings: FormatSettings): FormatPlan;
}

/** The beginning of a file's text, the same whenever the file is opened. */
export interface FormatSample {
  readonly path: string;
  /** What the name says that the file is; undefined when nothing that is known. */
  readonly extension: string | undefined;
  /** Text in UTF-8, without a byte-order mark. */
  readonly head: Uint8Array;
  /** Whether that is all of it. */
  readonly whole: boolean;
  /** Name of the member that documents get. */
  readonly member: string | undefined;
}

/** How to read one file. */
export interface FormatPlan {
  readonly format: Format['name'];
  /** Whether types of values are guessed from text. */
  readonly textual: boolean;
  /** Everything that decides what documents come out, as JSON. */
  readonly how: object;
  createDecoder(start: DecoderStart): Decoder;
}

/** Where a decoder begins. */
export interface DecoderStart {
  readonly member: FileMember | undefined;
  /** The beginning of the file, or a place where another decoder stopped. */
  readonly begins: 'file' | 'middle';
  /** The {@link Decoder.inside} of that other decoder. */
  readonly inside: string | undefined;
  readonly maxRecordBytes: number;
}
