import { expect, test } from 'vitest';
import { ansiDialect } from './ansi-dialect.ts';
import { checkpointTable } from './checkpoint-table.ts';

const writer = { task: 'shop', range: { begin: 0, end: 99 }, fence: 3 };

test('the statements on the checkpoint table read as a story', () => {
  const table = checkpointTable(ansiDialect, '"main"');
  expect(table.create()).toMatchInlineSnapshot(`
    "CREATE TABLE IF NOT EXISTS "main"."fairlead_checkpoints" (
      "task" STRING NOT NULL,
      "key_begin" INTEGER NOT NULL,
      "key_end" INTEGER NOT NULL,
      "fence" INTEGER NOT NULL,
      "checkpoint" STRING,
      "updated_at" DATE-TIME NOT NULL,
      "commits" INTEGER NOT NULL,
      "last_rows" INTEGER NOT NULL
    )"
  `);
  expect(table.select('shop')).toMatchInlineSnapshot(`
    {
      "sql": "SELECT "key_begin", "key_end", "fence", "checkpoint" FROM "main"."fairlead_checkpoints" WHERE "task" = $1",
      "values": [
        "shop",
      ],
    }
  `);
  expect(table.insert(writer, null)).toMatchInlineSnapshot(`
    {
      "sql": "INSERT INTO "main"."fairlead_checkpoints" ("task", "key_begin", "key_end", "fence", "checkpoint", "updated_at", "commits", "last_rows") VALUES ($1, $2, $3, $4, $5, now(), 0, 0)",
      "values": [
        "shop",
        0,
        99,
        3,
        null,
      ],
    }
  `);
  expect(table.bump(writer)).toMatchInlineSnapshot(`
    {
      "sql": "UPDATE "main"."fairlead_checkpoints" SET "fence" = $1 WHERE "task" = $2 AND "key_begin" = $3 AND "key_end" = $4",
      "values": [
        3,
        "shop",
        0,
        99,
      ],
    }
  `);
  expect(table.commit(writer, '{}', 17)).toMatchInlineSnapshot(`
    {
      "sql": "UPDATE "main"."fairlead_checkpoints" SET "checkpoint" = $1, "last_rows" = $2, "commits" = "commits" + 1, "updated_at" = now() WHERE "task" = $3 AND "key_begin" = $4 AND "key_end" = $5 AND "fence" = $6",
      "values": [
        "{}",
        17,
        "shop",
        0,
        99,
        3,
      ],
    }
  `);
});

test('every placeholder has a value', () => {
  const table = checkpointTable(ansiDialect, '"main"');
  for (const { sql, values } of [
    table.select('shop'),
    table.insert(writer, '{}'),
    table.bump(writer),
    table.commit(writer, '{}', 1),
  ]) {
    const placeholders = [...sql.matchAll(/\$(\d+)/g)].map(([, number]) => Number(number));
    expect(placeholders.toSorted((a, b) => a - b)).toEqual(values.map((_, i) => i + 1));
  }
});
