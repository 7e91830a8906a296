export type { ColumnType } from './column-type.ts';
export type { Page } from './page.ts';
export { magic, ParquetWriter, type ParquetColumn } from './parquet-writer.ts';
