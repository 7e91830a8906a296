import { Control, columnTypes, freeAddress } from './kernel.ts';
import type { CsvDecoderOptions } from './csv-decoder.ts';
import { terminatorBytes } from './csv-dialect.ts';

/** What the kernel has to know of one decoder. */
export interface CsvTables {
  /** Words of the control block, by index, without those of a run. */
  readonly control: readonly (readonly [index: number, value: number])[];
  /** What is at {@link freeAddress}. */
  readonly bytes: Uint8Array;
  /** The greatest length of a line whose fields are all empty. */
  readonly emptyLineBytes: number;
}

/** The name of the member that keeps fields past the columns. */
export const extraName = '_extra';

/** The tables of a decoder: names of columns as pieces of JSON, ready to be copied. */
export function csvTables(options: CsvDecoderOptions): CsvTables {
  const { dialect, columns, member } = options;
  const pieces = new Pieces(columns.length * 16);
  const opening = member === undefined ? '{' : `{${JSON.stringify(member.name)}:`;
  const open = pieces.add(Buffer.from(opening), member?.before ?? nothing);
  const close = pieces.add(member?.after ?? nothing);
  let comma = member === undefined ? '' : ',';
  const prefixes = columns.map(({ name, type }) => {
    const prefix = pieces.add(Buffer.from(`${comma}${JSON.stringify(name)}:"`));
    comma = ',';
    return { at: prefix.at, length: prefix.length - 1, type: columnTypes[type] };
  });
  const extra =
    options.extraFields === 'keep'
      ? pieces.add(Buffer.from(`${comma}${JSON.stringify(extraName)}:[`))
      : pieces.add(nothing);
  const nulls = (options.nulls ?? []).filter((text) => text !== '' && text[0] !== dialect.quote);
  const spellings = pieces.add(...nulls.map(sized));

  const bytes = pieces.take();
  const table = new DataView(bytes.buffer, bytes.byteOffset);
  prefixes.forEach(({ at, length, type }, i) => {
    table.setUint32(i * 16, at, true);
    table.setUint32(i * 16 + 4, length, true);
    table.setUint32(i * 16 + 8, type, true);
  });
  const [end1, end2] = terminatorBytes[dialect.terminator];
  return {
    control: [
      [Control.delimiter, dialect.delimiter.charCodeAt(0)],
      [Control.quote, dialect.quote?.charCodeAt(0) ?? none],
      [Control.escape, dialect.escape?.charCodeAt(0) ?? none],
      [Control.end1, end1],
      [Control.end2, end2],
      [Control.comment, dialect.comment?.charCodeAt(0) ?? none],
      [Control.columns, freeAddress],
      [Control.columnsEnd, freeAddress + columns.length * 16],
      [Control.nulls, spellings.at],
      [Control.nullsEnd, spellings.at + spellings.length],
      [Control.open, open.at],
      [Control.openLength, open.length],
      [Control.numbered, member === undefined ? 0 : 1],
      [Control.close, close.at],
      [Control.closeLength, close.length],
      [Control.extra, extra.at],
      [Control.extraLength, extra.length],
    ],
    bytes,
    emptyLineBytes: bytes.length + columns.length * 4 + 64,
  };
}

const nothing = new Uint8Array(0);
/** Stands for a byte that does not exist. */
const none = 256;

/** `text` behind its length in 32 bits. */
function sized(text: string): Uint8Array {
  const utf8 = Buffer.from(text);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(utf8.length);
  return Buffer.concat([length, utf8]);
}

/** Pieces end to end behind the table of columns. The kernel may read 16 bytes past each. */
class Pieces {
  readonly #all: Uint8Array[];
  #length: number;

  constructor(tableBytes: number) {
    this.#all = [new Uint8Array(tableBytes)];
    this.#length = tableBytes;
  }

  add(...parts: readonly Uint8Array[]): { readonly at: number; readonly length: number } {
    const length = parts.reduce((sum, part) => sum + part.length, 0);
    const at = freeAddress + this.#length;
    this.#all.push(...parts);
    this.#length += length;
    return { at, length };
  }

  take(): Uint8Array {
    return Buffer.concat([...this.#all, new Uint8Array(16)]);
  }
}
