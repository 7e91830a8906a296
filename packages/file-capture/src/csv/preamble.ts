import type { CsvDialect } from './csv-dialect.ts';
import { terminatorBytes } from './csv-dialect.ts';
import { readRow, rowCodes } from './read-row.ts';

/** Skips what stands before the first row of a file: a byte-order mark, lines, the header. */
export class Preamble {
  readonly #dialect: CsvDialect;
  #mark = true;
  #lines: number;
  #header: boolean;

  constructor(dialect: CsvDialect) {
    this.#dialect = dialect;
    this.#lines = dialect.skipLines;
    this.#header = dialect.header;
  }

  /** Whether the first row has been reached. */
  get done(): boolean {
    return !this.#mark && this.#lines === 0 && !this.#header;
  }

  /**
   * How many bytes of `chunk` belong to it. The rest, and more, is to be passed again until it is
   * {@link done}, which it is after the `final` bytes unless the header has a quote left open.
   */
  skip(chunk: Uint8Array, final: boolean): number {
    let at = 0;
    if (this.#mark) {
      if (!final && chunk.length < mark.length) return 0;
      if (mark.every((byte, i) => chunk[i] === byte)) at = mark.length;
      this.#mark = false;
    }
    while (this.#lines > 0) {
      const end = lineEnd(chunk, at, final, this.#dialect.terminator);
      if (end === undefined) return at;
      at = end;
      this.#lines--;
    }
    if (!this.#header) return at;
    const text = Buffer.from(chunk.buffer, chunk.byteOffset + at, chunk.length - at);
    const row = readRow(text.toString('latin1'), 0, rowCodes(this.#dialect));
    if (row?.open === true || (row?.ended !== true && !final)) return at;
    this.#header = false;
    return row === undefined ? chunk.length : at + row.end;
  }
}

/** The UTF-8 byte-order mark. */
const mark: readonly number[] = [0xef, 0xbb, 0xbf];

/** What follows the line at `at`; `undefined` when that is not known yet. */
function lineEnd(
  chunk: Uint8Array,
  at: number,
  final: boolean,
  terminator: CsvDialect['terminator'],
): number | undefined {
  const [end1, end2] = terminatorBytes[terminator];
  let i = at;
  while (i < chunk.length && chunk[i] !== end1 && chunk[i] !== end2) i++;
  if (i >= chunk.length) return final ? i : undefined;
  if (terminator !== 'any' || chunk[i] !== 13) return i + 1;
  if (i + 1 === chunk.length && !final) return undefined;
  return chunk[i + 1] === 10 ? i + 2 : i + 1;
}
