import { Failure } from '@fairlead/sdk';
import { CsvError } from './csv/csv-error.ts';
import { createCsvDecoder, type CsvDecoder } from './csv/decode.ts';
import { detectDialect, type CsvDialectHints } from './csv/dialect.ts';
import { guessTypes } from './csv/types.ts';
import { DecodeError, type Decoder } from './decoder.ts';
import type { DecoderStart, Format, FormatPlan, FormatSample } from './format.ts';
import type { CsvSettings } from './settings.ts';

/** CSV, TSV and their relatives: the names of the columns become members, and rows objects. */
export const csvFormat: Format = {
  name: 'csv',
  extensions: ['csv', 'tsv', 'tab', 'psv'],
  recognise(sample) {
    return detectDialect(sample.head, { whole: sample.whole }).names.length > 1;
  },
  plan(sample, settings) {
    return planCsv(sample, settings.type === 'csv' ? settings : undefined);
  },
};

/** What the settings do not say is found in the sample. */
function planCsv(sample: FormatSample, settings: CsvSettings | undefined): FormatPlan {
  const { dialect, names, rows } = detected(sample, settings);
  const columns = guessTypes(names, rows, {
    typed: settings?.typed ?? true,
    types: settings?.types ?? {},
    nulls: settings?.nulls ?? [],
  });
  const unknown = Object.keys(settings?.types ?? {}).find((name) => !names.includes(name));
  if (unknown !== undefined) {
    throw new Failure('config', `the file has no column "${unknown}"`, {
      where: `${sample.path}: format.types`,
    });
  }
  const how = {
    dialect,
    columns,
    nulls: settings?.nulls ?? [],
    extraFields: settings?.extraFields ?? 'fail',
    onBadRow: settings?.onBadRow ?? 'fail',
  };
  return {
    format: 'csv',
    textual: true,
    how,
    createDecoder: (start) => createDecoder(how, start),
  };
}

function detected(sample: FormatSample, settings: CsvSettings | undefined) {
  try {
    return detectDialect(sample.head, hintsOf(sample, settings));
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new Failure('config', error.message, { where: `${sample.path}: format`, cause: error });
  }
}

function hintsOf(sample: FormatSample, settings: CsvSettings | undefined): CsvDialectHints {
  const delimiter = settings?.delimiter ?? delimiterOf(sample);
  const orNull = (character: string | undefined) => (character === 'none' ? null : character);
  const quote = orNull(settings?.quote);
  const escape = orNull(settings?.escape);
  return {
    whole: sample.whole,
    ...(sample.member === undefined ? {} : { reserved: [sample.member] }),
    ...(delimiter === undefined ? {} : { delimiter }),
    ...(quote === undefined ? {} : { quote }),
    ...(escape === undefined ? {} : { escape }),
    ...(settings?.rowEnd === undefined ? {} : { terminator: settings.rowEnd }),
    ...(settings?.comment === undefined ? {} : { comment: settings.comment }),
    ...(settings?.columns === undefined ? {} : { columns: settings.columns }),
    skipLines: settings?.skipLines ?? 0,
    header: settings?.header ?? 'auto',
  };
}

/** The delimiter that the name of the file promises, where its first line holds one. */
function delimiterOf({ head, extension }: FormatSample): string | undefined {
  const promised = extension === 'psv' ? '|' : extension === 'csv' ? undefined : '\t';
  if (promised === undefined || extension === undefined) return undefined;
  const end = head.findIndex((byte) => byte === 0x0a || byte === 0x0d);
  const line = end < 0 ? head : head.subarray(0, end);
  return line.includes(promised.charCodeAt(0)) ? promised : undefined;
}

function createDecoder(
  how: Omit<Parameters<typeof createCsvDecoder>[0], 'member' | 'begins'>,
  { member, begins, maxRecordBytes }: DecoderStart,
): Decoder {
  const csv = createCsvDecoder({
    ...how,
    begins: begins === 'file' ? 'file' : 'row',
    maxRowBytes: maxRecordBytes,
    ...(member === undefined ? {} : { member }),
  });
  let consumedBefore = 0;
  let rowsBefore = 0;
  return {
    inside: undefined,
    // A row that is cut off is not consumed.
    unfinished: undefined,
    get skipped() {
      const { count, first } = csv.skipped;
      return { count, reasons: first.map((error) => error.message) };
    },
    decode(chunk, final) {
      const { lines, consumed } = explained(csv, chunk, final, { consumedBefore, rowsBefore });
      const records = csv.rowCount - rowsBefore;
      consumedBefore += consumed;
      rowsBefore = csv.rowCount;
      return { lines, consumed, records };
    },
  };
}

/** The decoder counts from where it began; whoever passes chunks counts from the chunk. */
function explained(
  csv: CsvDecoder,
  chunk: Uint8Array,
  final: boolean,
  before: { readonly consumedBefore: number; readonly rowsBefore: number },
) {
  try {
    return csv.decode(chunk, final);
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw new DecodeError(error.row === 0 ? error.message : `the row ${error.reason}`, {
      offset: error.offset - before.consumedBefore,
      record: error.row - 1 - before.rowsBefore,
      hint: hints[error.code],
    });
  }
}

const hints: Readonly<Record<CsvError['code'], string>> = {
  'too-many-fields':
    'Check format.delimiter and format.quote, or set format.extraFields to keep, or format.onBadRow to skip.',
  'text-after-quote': 'Check format.quote and format.escape, or set format.onBadRow to skip.',
  'open-quote': 'Check format.quote: set it to none if quotes are part of your values.',
  'invalid-utf8': 'Set format.encoding to the encoding of the file.',
  'too-large': 'Check format.quote: set it to none if quotes are part of your values.',
};
