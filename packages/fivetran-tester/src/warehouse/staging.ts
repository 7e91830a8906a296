import { blobValue, DuckDBDataChunk, type DuckDBConnection } from '@duckdb/node-api';
import { Failure } from '@fairlead/sdk';
import { duckdbType, type Cell, type ColumnType, type WarehouseColumn } from './column-type.ts';

/** The temporary table that rows are staged in: columns by their place, and `n`, the row's. */
export const stagedName = 'fairlead_staged';

/**
 * Fills the temporary table with rows, whatever was in it before.
 * @throws {Failure} data when a value is not of its column's type.
 */
export async function stage(
  connection: DuckDBConnection,
  columns: readonly WarehouseColumn[],
  rows: readonly (readonly Cell[])[],
): Promise<void> {
  const types = columns.map(({ type }, i) => `"${i}" ${stagedType(type)}, `);
  await connection.run(
    `CREATE OR REPLACE TEMP TABLE ${stagedName} (${types.join('')}n BIGINT NOT NULL)`,
  );
  const appender = await connection.createAppender(stagedName, 'main', 'temp');
  const duckTypes = Array.from({ length: columns.length + 1 }, (_, i) => appender.columnType(i));
  for (let begin = 0; begin < rows.length; begin += chunkRows) {
    const part = rows.slice(begin, begin + chunkRows);
    const values = columns.map((column, i) => part.map((row) => duckValue(row[i] ?? null, column)));
    const chunk = DuckDBDataChunk.create(duckTypes);
    chunk.setColumns([...values, part.map((_, i) => BigInt(begin + i))]);
    appender.appendDataChunk(chunk);
  }
  appender.closeSync();
}

/** SQL for the value that was staged at a place, of its type. */
export function stagedSql(place: number, type: ColumnType): string {
  return stagedType(type) === duckdbType(type)
    ? `"${place}"`
    : `CAST("${place}" AS ${duckdbType(type)})`;
}

/** The most rows that a chunk of DuckDB takes. */
const chunkRows = 2048;

/** Decimals, dates and times are staged as text: DuckDB reads them faster than they are made here. */
function stagedType(type: ColumnType): string {
  const isParsed = type.name === 'DECIMAL' || /DATE|TIME/.test(type.name);
  return isParsed ? 'VARCHAR' : duckdbType(type);
}

function duckValue(cell: Cell, column: WarehouseColumn) {
  if (cell === null) return null;
  switch (column.type.name) {
    case 'BOOLEAN':
      if (typeof cell === 'boolean') return cell;
      break;
    case 'SHORT':
      if (isWhole(cell, 2 ** 15)) return cell;
      break;
    case 'INT':
      if (isWhole(cell, 2 ** 31)) return cell;
      break;
    case 'LONG':
      if (isWhole(cell, Number.MAX_SAFE_INTEGER)) return BigInt(cell);
      if (typeof cell === 'bigint' && BigInt.asIntN(64, cell) === cell) return cell;
      break;
    case 'FLOAT':
    case 'DOUBLE':
      if (typeof cell === 'number') return cell;
      break;
    case 'BINARY':
      if (cell instanceof Uint8Array) return blobValue(cell);
      break;
    default:
      return typeof cell === 'object' ? Buffer.from(cell).toString('base64') : String(cell);
  }
  throw new Failure('data', `a value is not of its column's type, ${column.type.name}`, {
    where: `column ${column.name}`,
  });
}

function isWhole(cell: Cell, limit: number): cell is number {
  return Number.isInteger(cell) && Number(cell) >= -limit && Number(cell) < limit;
}
