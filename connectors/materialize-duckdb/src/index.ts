export { duckdb, duckdb as connector } from './materialization.ts';
