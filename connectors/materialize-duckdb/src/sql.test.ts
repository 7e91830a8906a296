import type { JsonSchema } from '@fairlead/json';
import { flatTypeOf, type EffectiveColumn } from '@fairlead/sql-materialize';
import { expect, test } from 'vitest';
import { documentSql } from './document-sql.ts';
import { duckdbDialect } from './duckdb-dialect.ts';
import { countSql, overlaidSql, overlaySql, replaceSql, type Fold } from './fold-sql.ts';
import { createStageSql, insertSql, selectChangesSql, stageSql } from './load-sql.ts';
import { chainsSql, setDocumentsSql } from './overlay-documents.ts';
import { documentsByKeySql } from './read-documents.ts';

function column(pointer: string, schema: JsonSchema, key = false): EffectiveColumn {
  const name = pointer.replace(/^\//, '').replaceAll('/', '_') || 'doc';
  const type = flatTypeOf({ schema, key }) ?? { is: 'string' };
  return {
    column: { name, pointer, schema, key },
    name,
    type,
    sqlType: duckdbDialect.typeOf(type),
  };
}

const columns = [
  column('/id', { type: 'integer' }, true),
  column('/price', { type: 'number', 'x-digits': 10, 'x-scale': 2 }),
  column('/at', { type: 'string', format: 'date-time' }),
  column('/a/b"c', {}),
  column('/a/n', { type: 'string' }),
  column('/long', { type: 'number', 'x-digits': 400 }),
];

const segment = { file: "/tmp/it's.parquet" };

const fold: Fold = {
  target: '"main"."t"',
  changes: 'temp.main."stage"',
  columns: ['id', 'name', 'a_b'],
  keyCount: 1,
  witnessOf: [0, 1, 3],
};

test('segments are loaded', () => {
  expect(insertSql('"main"."t"', columns, segment)).toMatchInlineSnapshot(`
    "INSERT INTO "main"."t" ("id", "price", "at", "a_b""c", "a_n", "long")
    SELECT "0", CAST("1" AS DECIMAL(10,2)), "2", "3", "4", "5"
    FROM read_parquet('/tmp/it''s.parquet')"
  `);
  expect(insertSql('"main"."t"', columns.slice(0, 1), segment, '_deleted_at'))
    .toMatchInlineSnapshot(`
      "INSERT INTO "main"."t" ("id", "_deleted_at")
      SELECT "0", CASE WHEN "o" = 3 THEN now() END
      FROM read_parquet('/tmp/it''s.parquet')"
    `);
});

test('changes are staged', () => {
  expect(createStageSql('stage', columns)).toMatchInlineSnapshot(
    `"CREATE TEMP TABLE IF NOT EXISTS stage ("s" BIGINT, "o" UTINYINT, "p" BIT, "0" BIGINT, "1" DECIMAL(10,2), "2" TIMESTAMP WITH TIME ZONE, "3" JSON, "4" VARCHAR, "5" VARCHAR)"`,
  );
  expect(stageSql('stage', columns.slice(0, 2), segment)).toMatchInlineSnapshot(`
    "INSERT INTO stage
    SELECT CAST("s" AS BIGINT) AS "s", CAST("o" AS UTINYINT) AS "o", CAST("p" AS BIT) AS "p", "0" AS "0", CAST("1" AS DECIMAL(10,2)) AS "1"
    FROM read_parquet('/tmp/it''s.parquet')"
  `);
  expect(stageSql('stage', columns, segment)).toContain(selectChangesSql(columns, segment));
});

test('whole documents replace rows', () => {
  expect(countSql(fold)).toMatchInlineSnapshot(
    `"SELECT count(*), count(DISTINCT "0") FROM temp.main."stage""`,
  );
  expect(replaceSql(fold, true).join(';\n')).toMatchInlineSnapshot(`
    "DELETE FROM "main"."t" t USING temp.main."stage" f
    WHERE t."id" = f."0";
    INSERT INTO "main"."t" ("id", "name", "a_b")
    SELECT "0", "1", "2"
    FROM temp.main."stage"
    WHERE "o" <> 3 AND "s" IN (SELECT max("s") FROM temp.main."stage" GROUP BY "0")"
  `);
  expect(replaceSql(fold, false)[1]).not.toContain('GROUP BY');
});

test('keys of several columns are compared and counted as one', () => {
  const two = { ...fold, keyCount: 2 };
  expect(countSql(two)).toMatchInlineSnapshot(
    `"SELECT count(*), count(DISTINCT ("0", "1")) FROM temp.main."stage""`,
  );
  expect(replaceSql(two, true)[0]).toMatchInlineSnapshot(`
    "DELETE FROM "main"."t" t USING temp.main."stage" f
    WHERE t."id" = f."0" AND t."name" = f."1""
  `);
});

test('patches are laid over rows', () => {
  expect(overlaySql(fold, 'rows')).toMatchInlineSnapshot(`
    "CREATE TEMP TABLE rows AS
    WITH marked AS (
      SELECT *, max(CASE WHEN "o" <> 2 THEN "s" END) OVER (PARTITION BY "0") AS "base"
      FROM temp.main."stage"
    ), folded AS (
      SELECT
        "0",
        arg_max(struct_pack("v" := "1"), CASE WHEN "o" < 2 OR ("o" = 2 AND get_bit("p", 1) = 1) THEN "s" END) AS "1",
        arg_max(struct_pack("v" := "2"), CASE WHEN "o" < 2 OR ("o" = 2 AND get_bit("p", 3) = 1) THEN "s" END) AS "2",
        coalesce(bool_or("o" <> 2), false) AS "based",
        coalesce(bool_or("o" < 3), false) AS "alive",
        coalesce(bool_or("o" = 2), false) AS "patched",
        coalesce(max("base"), 0) AS "from",
        arg_max("o", "s") AS "last"
      FROM marked
      WHERE "base" IS NULL OR "s" >= "base"
      GROUP BY "0"
    )
    SELECT
      f."0",
      CASE WHEN f."based" OR f."1" IS NOT NULL THEN f."1"."v" ELSE t."name" END AS "1",
      CASE WHEN f."based" OR f."2" IS NOT NULL THEN f."2"."v" ELSE t."a_b" END AS "2",
      CASE WHEN f."last" = 3 THEN now() END AS "deleted_at",
      f."last" <> 3 AS "alive",
      f."patched", f."based", f."from"
    FROM folded f LEFT JOIN "main"."t" t ON t."id" = f."0""
  `);
  expect(overlaidSql(fold, 'rows').join(';\n')).toMatchInlineSnapshot(`
    "DELETE FROM "main"."t" t USING rows f
    WHERE t."id" = f."0";
    INSERT INTO "main"."t" ("id", "name", "a_b")
    SELECT "0", "1", "2"
    FROM rows
    WHERE "alive";
    DROP TABLE rows"
  `);
});

test('soft deletes mark rows', () => {
  const soft = { ...fold, deletedAt: '_deleted_at' };
  expect(overlaySql(soft, 'rows')).toContain('f."alive" OR t.rowid IS NOT NULL AS "alive"');
  expect(overlaidSql(soft, 'rows')[1]).toMatchInlineSnapshot(`
    "INSERT INTO "main"."t" ("id", "name", "a_b", "_deleted_at")
    SELECT "0", "1", "2", "deleted_at"
    FROM rows
    WHERE "alive""
  `);
});

test('documents are gathered, patched and put back', () => {
  expect(chainsSql(fold, 'rows', 2)).toMatchInlineSnapshot(`
    "SELECT "row" || ' ' || "document" FROM (
      SELECT f.rowid AS "row", s."s" AS "place", s."2" AS "document"
      FROM rows f JOIN temp.main."stage" s ON f."0" = s."0"
      WHERE f."patched" AND s."o" < 3 AND s."s" >= f."from"
      UNION ALL
      SELECT f.rowid, -1, t."a_b"
      FROM rows f JOIN "main"."t" t ON t."id" = f."0"
      WHERE f."patched" AND NOT f."based"
    )
    WHERE "document" IS NOT NULL
    ORDER BY "row", "place""
  `);
  expect(setDocumentsSql('rows', 2, segment)).toMatchInlineSnapshot(`
    "UPDATE rows f SET "2" = r."d"
    FROM read_parquet('/tmp/it''s.parquet') r
    WHERE f.rowid = r."r""
  `);
});

test('documents are made of columns', () => {
  expect(documentSql(columns, 't')).toMatchInlineSnapshot(
    `"'{' || concat_ws(',', '"id":' || CAST(t."id" AS VARCHAR), '"price":' || rtrim(rtrim(CAST(t."price" AS VARCHAR), '0'), '.'), '"at":' || '"' || strftime(t."at", '%Y-%m-%dT%H:%M:%S.%fZ') || '"', '"a":' || nullif('{' || concat_ws(',', '"b\\"c":' || CAST(t."a_b""c" AS VARCHAR), '"n":' || CAST(to_json(t."a_n") AS VARCHAR)) || '}', '{}'), '"long":' || CASE WHEN regexp_full_match(t."long", 'true|false|-?(0|[1-9][0-9]*)([.][0-9]+)?([eE][+-]?[0-9]+)?') THEN t."long" ELSE CAST(to_json(t."long") AS VARCHAR) END) || '}'"`,
  );
  expect(documentSql([...columns, column('', { type: 'object' })], 't')).toBe(
    'CAST(t."doc" AS VARCHAR)',
  );
  expect(documentsByKeySql('"main"."t"', columns.slice(0, 1), segment)).toMatchInlineSnapshot(`
    "SELECT '{' || concat_ws(',', '"id":' || CAST(t."id" AS VARCHAR)) || '}'
    FROM "main"."t" t SEMI JOIN (SELECT "0" AS "k0" FROM read_parquet('/tmp/it''s.parquet')) k ON t."id" = k."k0""
  `);
});
