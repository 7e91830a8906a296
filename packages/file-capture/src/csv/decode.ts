import { CsvError } from './csv-error.ts';
import type { CsvDecoder, CsvDecoderOptions, DecodedCsv, SkippedRows } from './csv-decoder.ts';
import { checkDialect } from './csv-dialect.ts';
import { Bad, RunStatus, dropCsvKernel } from './kernel.ts';
import { Preamble } from './preamble.ts';
import { csvTables, extraName } from './tables.ts';
import type { CsvTables } from './tables.ts';
import { firstInvalidUtf8 } from './utf8.ts';
import { Workspace, noLines } from './workspace.ts';

export type { CsvDecoder, CsvDecoderOptions } from './csv-decoder.ts';

/**
 * A decoder for one file.
 *
 * An empty field is null; an empty field in quotes is null too unless its column holds strings. A
 * value that is not of its column's type is a string. Fields that a row lacks are left out of
 * its document.
 *
 * @throws {RangeError} when the dialect contradicts itself or two members have the same name
 */
export function createCsvDecoder(options: CsvDecoderOptions): CsvDecoder {
  return new Decoder(options);
}

/**
 * Copies the chunk into the kernel window by window, each of which begins with a row. A window
 * that holds no whole row is widened.
 */
class Decoder implements CsvDecoder {
  readonly #tables: CsvTables;
  readonly #preamble: Preamble | undefined;
  readonly #columnCount: number;
  readonly #first: number;
  readonly #skips: boolean;
  readonly #maxRowBytes: number;
  readonly #errors: CsvError[] = [];
  #skipped = 0;
  #rows = 0;
  /** Bytes consumed by earlier calls. */
  #offset = 0;
  #window = windowBytes;
  /** Less than this holds no whole row. */
  #awaited = 0;
  #failure: CsvError | undefined;

  constructor(options: CsvDecoderOptions) {
    const dialect = checkDialect(options.dialect);
    checkNames(options);
    this.#tables = csvTables({ ...options, dialect });
    this.#preamble = options.begins === 'row' ? undefined : new Preamble(dialect);
    this.#columnCount = options.columns.length;
    this.#first = options.member?.first ?? 0;
    this.#skips = options.onBadRow === 'skip';
    this.#maxRowBytes = options.maxRowBytes ?? defaultMaxRowBytes;
    if (!(this.#maxRowBytes >= 1 && this.#maxRowBytes <= greatestMaxRowBytes)) {
      throw new RangeError(`maxRowBytes must be from 1 to ${greatestMaxRowBytes}`);
    }
  }

  get rowCount(): number {
    return this.#rows;
  }

  get skipped(): SkippedRows {
    return { count: this.#skipped, first: this.#errors };
  }

  decode(chunk: Uint8Array, final: boolean): DecodedCsv {
    this.#throwFailure();
    if (!final && chunk.length < this.#awaited) return { lines: noLines, consumed: 0 };
    this.#awaited = 0;
    const at = this.#skipPreamble(chunk, final);
    const decoded =
      this.#preamble?.done === false
        ? { lines: noLines, consumed: at }
        : this.#rowsFrom(chunk, at, final);
    this.#offset += decoded.consumed;
    if (decoded.lines === noLines) this.#throwFailure();
    return decoded;
  }

  #throwFailure(): void {
    if (this.#failure !== undefined) throw this.#failure;
  }

  #skipPreamble(chunk: Uint8Array, final: boolean): number {
    if (this.#preamble === undefined || this.#preamble.done) return 0;
    const at = this.#preamble.skip(chunk, final);
    if (this.#preamble.done) return at;
    if (chunk.length - at > this.#maxRowBytes) this.#failure = this.#tooLarge(at);
    else if (final) this.#failure = new CsvError('open-quote', openQuote, 0, this.#offset + at);
    return at;
  }

  #rowsFrom(chunk: Uint8Array, from: number, final: boolean): DecodedCsv {
    let work = new Workspace(this.#tables, this.#window);
    let at = from;
    while (at < chunk.length) {
      const size = Math.min(this.#window, this.#maxRowBytes + 1, chunk.length - at);
      const reachesEnd = at + size === chunk.length;
      const whole = final && reachesEnd && size <= this.#maxRowBytes;
      const window = chunk.subarray(at, at + size);
      const lineCount = work.lineCount;
      const invalid = firstInvalidUtf8(window, whole);
      const status = work.run(window, whole, invalid, this.#first + this.#rows);
      this.#rows += work.lineCount - lineCount;
      if (status === RunStatus.badRow) {
        const error = this.#badRow(work, at);
        if (!this.#skips) {
          this.#failure = error;
          at += work.taken;
          break;
        }
        this.#skip(error);
        at += work.bad.end;
      } else if (status === RunStatus.needsInput && work.taken === 0) {
        if (size > this.#maxRowBytes) {
          this.#failure = this.#tooLarge(at);
          break;
        }
        if (reachesEnd) {
          if (size >= longRowBytes) this.#awaited = Math.min(size * 2, this.#maxRowBytes + 1);
          break;
        }
        this.#window = Math.min(this.#window * 2, this.#maxRowBytes + 1);
        if (work.lineCount > 0) break;
        work = new Workspace(this.#tables, this.#window);
      } else {
        at += work.taken;
        if (status === RunStatus.needsOutput) break;
        if (reachesEnd && !final && chunk.length - at < longRowBytes) break;
        if (this.#window > keptWindowBytes) this.#window = windowBytes;
      }
    }
    const decoded = { lines: work.take(), consumed: at };
    if (work.memoryBytes > keptMemoryBytes) dropCsvKernel();
    return decoded;
  }

  #badRow(work: Workspace, windowAt: number): CsvError {
    const { bad, at, fields } = work.bad;
    const row = this.#rows + 1;
    const offset = this.#offset + windowAt + at;
    switch (bad) {
      case Bad.tooManyFields: {
        const names = `the header names ${this.#columnCount}`;
        return new CsvError('too-many-fields', `has ${fields} fields, but ${names}`, row, offset);
      }
      case Bad.textAfterQuote:
        return new CsvError('text-after-quote', 'has text after a closing quote', row, offset);
      case Bad.openQuote:
        return new CsvError('open-quote', openQuote, row, offset);
      default:
        return new CsvError('invalid-utf8', 'is not valid UTF-8', row, offset);
    }
  }

  #tooLarge(at: number): CsvError {
    const row = this.#preamble?.done === false ? 0 : this.#rows + 1;
    const reason = `has more than ${this.#maxRowBytes} bytes: perhaps a quote is never closed`;
    return new CsvError('too-large', reason, row, this.#offset + at);
  }

  #skip(error: CsvError): void {
    this.#rows++;
    this.#skipped++;
    if (this.#errors.length < keptErrors) this.#errors.push(error);
  }
}

/** How much is copied into the kernel's memory at a time, unless a row is longer. */
const windowBytes = 128 * 1024;
/** A window that was widened past this for a row shrinks again after it. */
const keptWindowBytes = 1024 * 1024;
/** When a kernel has more memory than this after a call, it is not kept. */
const keptMemoryBytes = 64 * 1024 * 1024;
/** An unfinished row of this length is not read again before twice as many bytes are there. */
const longRowBytes = 1024 * 1024;
const defaultMaxRowBytes = 64 * 1024 * 1024;
/** A longer row and its document would not fit into the memory of a kernel. */
const greatestMaxRowBytes = 512 * 1024 * 1024;
const keptErrors = 100;
const openQuote = 'opens a quote that is never closed';

function checkNames({ columns, member, extraFields }: CsvDecoderOptions): void {
  const names = new Set<string>();
  const add = (name: string) => {
    if (names.has(name)) throw new RangeError(`two members have the name ${JSON.stringify(name)}`);
    names.add(name);
  };
  if (member !== undefined) add(member.name);
  if (extraFields === 'keep') add(extraName);
  for (const { name } of columns) add(name);
}
