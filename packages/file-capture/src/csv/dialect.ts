import type { CsvField } from './read-row.ts';
export interface CsvDialect {
  readonly delimiter: string;
  readonly quote: string | null;
  readonly escape: string | null;
  readonly terminator: 'any' | 'lf' | 'cr' | 'record-separator';
  readonly comment: string | null;
  readonly skipLines: number;
  readonly header: boolean;
}
export interface CsvDialectHints {
  readonly delimiter?: string;
  readonly quote?: string | null;
  readonly escape?: string | null;
  readonly terminator?: CsvDialect['terminator'];
  readonly comment?: string | null;
  readonly skipLines?: number;
  readonly header?: 'auto' | 'present' | 'absent';
  readonly columns?: readonly string[];
  readonly reserved?: readonly string[];
  readonly whole?: boolean;
}
export interface DetectedCsv {
  readonly dialect: CsvDialect;
  readonly names: readonly string[];
  readonly rows: readonly (readonly CsvField[])[];
}
export declare function detectDialect(sample: Uint8Array, hints?: CsvDialectHints): DetectedCsv;
