import type { CsvField } from './read-row.ts';
export type CsvType = 'string' | 'integer' | 'number' | 'boolean';
export interface CsvColumn {
  readonly name: string;
  readonly type: CsvType;
}
export interface CsvTypeSettings {
  readonly typed?: boolean;
  readonly types?: Readonly<Record<string, CsvType>>;
  readonly nulls?: readonly string[];
}
export declare function guessTypes(
  names: readonly string[],
  rows: readonly (readonly CsvField[])[],
  settings?: CsvTypeSettings,
): readonly CsvColumn[];
