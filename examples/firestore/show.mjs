// Prints the users in the DuckDB file that is named: node examples/firestore/show.mjs demo.duckdb
import { DuckDBInstance } from '@duckdb/node-api';

const instance = await DuckDBInstance.create(process.argv[2], { access_mode: 'READ_ONLY' });
const connection = await instance.connect();
const result = await connection.runAndReadAll(
  `select parse_filename(u._meta_path), any_value(u.name), any_value(u.city), count(o.item)::int
   from users u left join users_orders o on starts_with(o._meta_path, u._meta_path || '/')
   group by all order by all`,
);
const rows = [['id', 'name', 'city', 'orders'], ...result.getRowsJson()];
for (const row of rows)
  console.log(
    row
      .map((cell) => String(cell).padEnd(10))
      .join('')
      .trimEnd(),
  );
