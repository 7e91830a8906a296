export interface CsvField {
  readonly text: string;
  readonly quoted: boolean;
}
