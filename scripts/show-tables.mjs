// Prints the tables of a DuckDB file: their row counts, and a few rows of some.
import { DuckDBInstance } from '@duckdb/node-api';

/** Cells are cut to this many characters. */
const cellWidth = 22;
const shownColumns = 6;

/** Prints to stdout. */
export async function showTables(path) {
  const instance = await DuckDBInstance.create(path, { access_mode: 'READ_ONLY' });
  const connection = await instance.connect();
  const rowsOf = async (sql) => (await connection.runAndReadAll(sql)).getRowsJson();
  const found = await rowsOf(
    `select table_name from information_schema.tables
     where table_schema = 'main' and not starts_with(table_name, 'fairlead_') order by 1`,
  );
  const tables = [];
  for (const [name] of found) {
    const [[rows]] = await rowsOf(`select count(*) from "${name}"`);
    const columns = await rowsOf(
      `select column_name, data_type from information_schema.columns
       where table_name = '${name}' and not starts_with(column_name, '_') order by ordinal_position`,
    );
    tables.push({ name, rows, columns });
  }
  console.log('\nTables in quickstart.duckdb:');
  const list = tables.map(({ name, rows, columns }) => [
    name,
    Number(rows).toLocaleString('en-US'),
    columns.map(([column, type]) => `${column} ${type}`).join(', '),
  ]);
  console.log(
    align([['table', 'rows', 'columns'], ...list.map(([a, b, c]) => [a, b, cut(c, 70)])], 1),
  );
  for (const name of ['flights_200k', 'movies', 'birdstrikes']) {
    const table = tables.find((candidate) => candidate.name === name);
    if (table === undefined) continue;
    const columns = table.columns.slice(0, shownColumns).map(([column]) => column);
    const names = columns.map((column) => `"${column.replaceAll('"', '""')}"::varchar`);
    const rows = await rowsOf(`select ${names.join(', ')} from "${name}" limit 3`);
    console.log(`\nThe first rows of ${name}:`);
    console.log(
      align([columns, ...rows].map((row) => row.map((cell) => cut(cell ?? 'NULL', cellWidth)))),
    );
  }
  connection.closeSync();
  instance.closeSync();
}

function cut(text, width) {
  return text.length <= width ? text : `${text.slice(0, width - 1)}…`;
}

/** Rows as lines of equally wide columns; one column may hold numbers, to the right. */
function align(rows, numbers = -1) {
  const widths = rows[0].map((_, index) => Math.max(...rows.map((row) => row[index].length)));
  return rows
    .map((row) =>
      `  ${row
        .map((cell, index) =>
          index === numbers ? cell.padStart(widths[index]) : cell.padEnd(widths[index]),
        )
        .join('  ')}`.trimEnd(),
    )
    .join('\n');
}
