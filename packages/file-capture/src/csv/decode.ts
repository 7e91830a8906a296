import type { CsvColumn } from './types.ts';
import type { CsvDialect } from './dialect.ts';
import type { CsvError } from './csv-error.ts';
import type { Lines } from '@fairlead/json';

export interface CsvDecoderOptions {
  readonly dialect: CsvDialect;
  readonly columns: readonly CsvColumn[];
  readonly member?: {
    readonly name: string;
    readonly before: Uint8Array;
    readonly after: Uint8Array;
    readonly first: number;
  };
  readonly begins?: 'file' | 'row';
  readonly nulls?: readonly string[];
  readonly extraFields?: 'fail' | 'keep';
  readonly onBadRow?: 'fail' | 'skip';
  readonly maxRowBytes?: number;
}
export interface CsvDecoder {
  readonly rowCount: number;
  readonly skipped: { readonly count: number; readonly first: readonly CsvError[] };
  decode(
    chunk: Uint8Array,
    final: boolean,
  ): { readonly lines: Lines; readonly consumed: number };
}
export declare function createCsvDecoder(options: CsvDecoderOptions): CsvDecoder;
