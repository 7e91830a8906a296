// What databases are told, as a dialect's author sees it. What it does to rows is tested with real databases.
import type { SqlColumn } from '@fairlead/sdk';
import { expect, test } from 'vitest';
import { alterTable } from './define-table.ts';
import { addColumnInHistory } from './migrate-history.ts';
import { changeMode } from './migrate-mode.ts';
import { historyColumns } from './system-columns.ts';
import { fileOf, recordedSql } from './testing/recorded-sql.ts';
import { truncateTable } from './truncate-table.ts';
import { writeBatch } from './write-batch.ts';
import { writeHistory } from './write-history.ts';

const columns: readonly SqlColumn[] = [
  { name: 'id', type: { is: 'int' }, key: true },
  { name: 'a', type: { is: 'text' }, key: false },
  { name: '_fivetran_synced', type: { is: 'instant' }, key: false },
];
const name = { schema: 's', table: 't' };
const files = { key: ['id'], columns: ['id', 'a'], replace: [], update: [], delete: [] };
const complete = [[['1']], []];

test('a batch', async () => {
  const sql = recordedSql({ t: columns }, [...complete, ...complete, ...complete]);
  await writeBatch(sql, name, {
    ...files,
    replace: [fileOf('a', 'id')],
    update: [fileOf('id', 'a')],
    delete: [fileOf('id')],
  });
  expect(sql.statements).toMatchInlineSnapshot(`
    [
      "STAGE fairlead_stage (a, id, fairlead_unmodified)",
      "SELECT count("id") FROM "fairlead_stage"",
      "SELECT 1 FROM "fairlead_stage" GROUP BY "id" HAVING count(*) > 1 LIMIT 1",
      "DELETE FROM "s"."t" WHERE EXISTS (SELECT 1 FROM "fairlead_stage" AS s WHERE s."id" = "s"."t"."id")",
      "INSERT INTO "s"."t" ("a", "id") SELECT "a", "id" FROM "fairlead_stage"",
      "DROP TABLE "fairlead_stage"",
      "STAGE fairlead_stage (id, a, fairlead_unmodified)",
      "SELECT count("id") FROM "fairlead_stage"",
      "SELECT 1 FROM "fairlead_stage" GROUP BY "id" HAVING count(*) > 1 LIMIT 1",
      "UPDATE "s"."t" t SET "a" = CASE WHEN substr(s."fairlead_unmodified", 2, 1) = '1' THEN t."a" ELSE s."a" END FROM "fairlead_stage" s WHERE t."id" = s."id"",
      "DROP TABLE "fairlead_stage"",
      "STAGE fairlead_stage (id, fairlead_unmodified)",
      "SELECT count("id") FROM "fairlead_stage"",
      "SELECT 1 FROM "fairlead_stage" GROUP BY "id" HAVING count(*) > 1 LIMIT 1",
      "DELETE FROM "s"."t" WHERE EXISTS (SELECT 1 FROM "fairlead_stage" AS s WHERE s."id" = "s"."t"."id")",
      "DROP TABLE "fairlead_stage"",
    ]
  `);
});

test('of rows with the same key the last one stays', async () => {
  const sql = recordedSql({ t: columns }, [[['1']], [[1]]]);
  await writeBatch(sql, name, { ...files, delete: [fileOf('id')] });
  expect(sql.statements[3]).toMatchInlineSnapshot(
    `"DELETE FROM "fairlead_stage" WHERE EXISTS (SELECT 1 FROM "fairlead_stage" AS s WHERE s."id" = "fairlead_stage"."id" AND s."fairlead_row" > "fairlead_stage"."fairlead_row")"`,
  );
});

test('a batch in history mode', async () => {
  const sql = recordedSql({ t: [...columns, ...historyColumns] }, [
    ...complete,
    [['1', '1']],
    [],
    [['0']],
    ...complete,
  ]);
  await writeHistory(sql, name, {
    key: ['id', '_fivetran_start'],
    columns: ['id'],
    earliestStart: [fileOf('id', '_fivetran_start')],
    replace: [],
    update: [fileOf('id', 'a', '_fivetran_start')],
    delete: [fileOf('id', '_fivetran_end')],
  });
  expect(sql.statements).toMatchInlineSnapshot(`
    [
      "STAGE fairlead_stage (id, _fivetran_start, fairlead_unmodified)",
      "SELECT count("id") FROM "fairlead_stage"",
      "SELECT 1 FROM "fairlead_stage" GROUP BY "id" HAVING count(*) > 1 LIMIT 1",
      "DELETE FROM "s"."t" WHERE EXISTS (SELECT 1 FROM "fairlead_stage" AS s WHERE s."id" = "s"."t"."id" AND "s"."t"."_fivetran_start" >= s."_fivetran_start")",
      "UPDATE "s"."t" t SET "_fivetran_active" = FALSE, "_fivetran_end" = s."_fivetran_start" - INTERVAL '0.001' SECOND FROM "fairlead_stage" s WHERE t."id" = s."id" AND t."_fivetran_active"",
      "DROP TABLE "fairlead_stage"",
      "STAGE fairlead_stage (id, a, _fivetran_start, fairlead_unmodified)",
      "SELECT count("id"), count("_fivetran_start") FROM "fairlead_stage"",
      "SELECT 1 FROM "fairlead_stage" GROUP BY "id", "_fivetran_start" HAVING count(*) > 1 LIMIT 1",
      "DELETE FROM "s"."t" WHERE EXISTS (SELECT 1 FROM (SELECT * FROM "fairlead_stage" WHERE NOT EXISTS (SELECT 1 FROM "fairlead_stage" AS e WHERE e."id" = "fairlead_stage"."id" AND e."_fivetran_start" < "fairlead_stage"."_fivetran_start")) AS s WHERE s."id" = "s"."t"."id" AND s."_fivetran_start" = "s"."t"."_fivetran_start")",
      "INSERT INTO "s"."t" ("id", "a", "_fivetran_synced", "_fivetran_start", "_fivetran_end", "_fivetran_active")
    SELECT s."id", CASE WHEN substr(s."fairlead_unmodified", 2, 1) = '1' THEN p."a" ELSE s."a" END, p."_fivetran_synced", s."_fivetran_start", CAST(parse_instant('9999-12-31T23:59:59.999Z') AS INSTANT), TRUE
    FROM (SELECT * FROM "fairlead_stage" WHERE NOT EXISTS (SELECT 1 FROM "fairlead_stage" AS e WHERE e."id" = "fairlead_stage"."id" AND e."_fivetran_start" < "fairlead_stage"."_fivetran_start")) AS s
    JOIN (SELECT s."id", max(t."_fivetran_start") AS "_fivetran_start"
    FROM (SELECT * FROM "fairlead_stage" WHERE NOT EXISTS (SELECT 1 FROM "fairlead_stage" AS e WHERE e."id" = "fairlead_stage"."id" AND e."_fivetran_start" < "fairlead_stage"."_fivetran_start")) AS s JOIN "s"."t" AS t ON s."id" = t."id" AND t."_fivetran_start" < s."_fivetran_start"
    GROUP BY s."id") AS b ON s."id" = b."id"
    JOIN "s"."t" AS p ON p."id" = b."id" AND p."_fivetran_start" = b."_fivetran_start"",
      "DELETE FROM "fairlead_stage" WHERE NOT EXISTS (SELECT 1 FROM "fairlead_stage" AS e WHERE e."id" = "fairlead_stage"."id" AND e."_fivetran_start" < "fairlead_stage"."_fivetran_start")",
      "SELECT count(*) FROM "fairlead_stage"",
      "DROP TABLE "fairlead_stage"",
      "STAGE fairlead_stage (id, _fivetran_end, fairlead_unmodified)",
      "SELECT count("id") FROM "fairlead_stage"",
      "SELECT 1 FROM "fairlead_stage" GROUP BY "id" HAVING count(*) > 1 LIMIT 1",
      "UPDATE "s"."t" t SET "_fivetran_active" = FALSE, "_fivetran_end" = s."_fivetran_end" FROM "fairlead_stage" s WHERE t."id" = s."id" AND t."_fivetran_active"",
      "DROP TABLE "fairlead_stage"",
    ]
  `);
});

test('other columns', async () => {
  const sql = recordedSql({ t: columns });
  const wanted: readonly SqlColumn[] = [
    { name: 'id', type: { is: 'long' }, key: true },
    { name: 'b', type: { is: 'decimal', precision: 9, scale: 2 }, key: true },
  ];
  await alterTable(sql, name, wanted, { dropColumns: true });
  expect(sql.statements).toMatchInlineSnapshot(`
    [
      "ALTER TABLE t ALTER id TYPE LONG",
      "ALTER TABLE t ADD b DECIMAL(9,2)",
      "ALTER TABLE t KEY (id, b)",
      "ALTER TABLE "s"."t" DROP COLUMN "a"",
      "ALTER TABLE "s"."t" DROP COLUMN "_fivetran_synced"",
    ]
  `);
});

test('a truncation', async () => {
  const sql = recordedSql({ t: columns });
  const truncation = { syncedColumn: '_fivetran_synced', before: '2024-01-01T00:00:00.123Z' };
  await truncateTable(sql, name, truncation);
  await truncateTable(sql, name, { ...truncation, deletedColumn: 'a' });
  expect(sql.statements).toMatchInlineSnapshot(`
    [
      "DELETE FROM "s"."t" WHERE "_fivetran_synced" < instant_to_instant(CAST(parse_instant('2024-01-01T00:00:00.123Z') AS INSTANT))",
      "UPDATE "s"."t" SET "a" = TRUE WHERE "_fivetran_synced" < instant_to_instant(CAST(parse_instant('2024-01-01T00:00:00.123Z') AS INSTANT))",
    ]
  `);
});

test('a column in history mode', async () => {
  const sql = recordedSql({ t: [...columns, ...historyColumns] });
  const added: SqlColumn = { name: 'b', type: { is: 'int' }, key: false };
  await addColumnInHistory(sql, name, added, { at: '2024-01-01T00:00:00Z', value: '7' });
  expect(sql.statements).toMatchInlineSnapshot(`
    [
      "ALTER TABLE t ADD b INT",
      "SELECT 1 FROM "s"."t" WHERE "_fivetran_start" > CAST(parse_instant('2024-01-01T00:00:00Z') AS INSTANT) LIMIT 1",
      "UPDATE "s"."t" SET "b" = CAST(parse_int('7') AS INT) WHERE "_fivetran_active" AND "_fivetran_start" = CAST(parse_instant('2024-01-01T00:00:00Z') AS INSTANT)",
      "INSERT INTO "s"."t" ("id", "a", "_fivetran_synced", "_fivetran_start", "_fivetran_end", "_fivetran_active", "b") SELECT "id", "a", "_fivetran_synced", CAST(parse_instant('2024-01-01T00:00:00Z') AS INSTANT), CAST(parse_instant('9999-12-31T23:59:59.999Z') AS INSTANT), "_fivetran_active", CAST(parse_int('7') AS INT) FROM "s"."t" WHERE "_fivetran_active" AND "_fivetran_start" < CAST(parse_instant('2024-01-01T00:00:00Z') AS INSTANT) AND TRUE",
      "UPDATE "s"."t" SET "_fivetran_active" = FALSE, "_fivetran_end" = CAST(parse_instant('2024-01-01T00:00:00Z') AS INSTANT) - INTERVAL '0.001' SECOND WHERE "_fivetran_active" AND "_fivetran_start" < CAST(parse_instant('2024-01-01T00:00:00Z') AS INSTANT) AND TRUE",
    ]
  `);
});

test('another mode', async () => {
  const soft = recordedSql({
    t: [...columns, { name: '_fivetran_deleted', type: { is: 'boolean' }, key: false }],
  });
  await changeMode(soft, name, { from: 'soft-delete', to: 'history' });
  expect(soft.statements).toMatchInlineSnapshot(`
    [
      "DROP TABLE IF EXISTS "s"."fairlead_rebuilt"",
      "CREATE TABLE fairlead_rebuilt (id INT KEY, a TEXT, _fivetran_synced INSTANT, _fivetran_start INSTANT KEY, _fivetran_end INSTANT, _fivetran_active BOOLEAN)",
      "INSERT INTO "s"."fairlead_rebuilt" ("id", "a", "_fivetran_synced", "_fivetran_start", "_fivetran_end", "_fivetran_active") SELECT "id", "a", "_fivetran_synced", CASE WHEN NOT COALESCE("_fivetran_deleted", FALSE) THEN COALESCE((SELECT max("_fivetran_synced") FROM "s"."t"), CAST(parse_instant('0001-01-01T00:00:00Z') AS INSTANT)) ELSE CAST(parse_instant('0001-01-01T00:00:00Z') AS INSTANT) END, CASE WHEN NOT COALESCE("_fivetran_deleted", FALSE) THEN CAST(parse_instant('9999-12-31T23:59:59.999Z') AS INSTANT) ELSE CAST(parse_instant('0001-01-01T00:00:00Z') AS INSTANT) END, NOT COALESCE("_fivetran_deleted", FALSE) FROM "s"."t"",
      "DROP TABLE "s"."t"",
      "ALTER TABLE fairlead_rebuilt RENAME TO t",
    ]
  `);
  const history = recordedSql({ t: [...columns, ...historyColumns] });
  await changeMode(history, name, { from: 'history', to: 'soft-delete' });
  expect(history.statements).toMatchInlineSnapshot(`
    [
      "DROP TABLE IF EXISTS "s"."fairlead_rebuilt"",
      "CREATE TABLE fairlead_rebuilt (id INT KEY, a TEXT, _fivetran_synced INSTANT, _fivetran_deleted BOOLEAN)",
      "INSERT INTO "s"."fairlead_rebuilt" ("id", "a", "_fivetran_synced", "_fivetran_deleted") SELECT "id", "a", "_fivetran_synced", NOT COALESCE("_fivetran_active", FALSE) FROM "s"."t" WHERE NOT EXISTS (SELECT 1 FROM "s"."t" AS l WHERE l."id" = "s"."t"."id" AND l."_fivetran_start" > "s"."t"."_fivetran_start")",
      "DROP TABLE "s"."t"",
      "ALTER TABLE fairlead_rebuilt RENAME TO t",
    ]
  `);
});
