import { test, expect } from 'vitest';
import { encodeDocuments, wholeRange, silentLog, parseSettings, Op } from '@fairlead/sdk';
import { duckdb } from './index.ts';
import { mkdtempSync, readdirSync } from 'node:fs';
test('smoke', async () => {
  const dir = mkdtempSync('/tmp/ct/w/');
  const config = parseSettings(duckdb.config, { path: dir + '/a.duckdb' }, 'x') as any;
  const scope = { config, signal: new AbortController().signal, log: silentLog };
  const table = {
    resource: { table: 't' },
    write: 'merge' as const,
    deletes: 'hard' as const,
    columns: [
      { name: 'v', pointer: '/v', key: false, schema: { type: ['string', 'null'] } },
      { name: 'id', pointer: '/id', key: true, schema: { type: 'integer' } },
      {
        name: 'x',
        pointer: '/x',
        key: false,
        schema: { type: ['number'], 'x-digits': 20, 'x-scale': 5 },
      },
      { name: 'j', pointer: '/j', key: false, schema: {} },
    ],
  };
  {
    await using d = await duckdb.connect(scope);
    console.log(await d.plan([table]));
    await using w = await d.open({ task: 't', range: wholeRange, tables: [table] });
    expect(w.checkpoint).toBe(null);
    console.log(await w.alter([table]));
    await w.store(
      0,
      encodeDocuments(
        [
          { id: 1, v: 'a', x: 1.5, j: { a: [1] } },
          { id: 2, v: null },
        ],
        Op.insert,
      ),
    );
    await w.store(
      0,
      encodeDocuments([
        { id: 2, v: 'b' },
        { id: 3, v: 'c' },
        { id: 3, v: 'd' },
      ]),
    );
    await w.store(0, encodeDocuments([{ id: 1 }], Op.delete));
    await w.store(
      0,
      encodeDocuments(
        [
          { id: 3, x: 2 },
          { id: 4, v: 'n' },
        ],
        Op.patch,
      ),
    );
    await w.commit('{"a":1}');
  }
  console.log(readdirSync(dir));
  {
    await using d = await duckdb.connect(scope);
    console.log(await d.saved({ task: 't', range: wholeRange }));
    console.log(await d.plan([table]));
    const s = d as any;
  }
  const { DuckDBInstance } = await import('@duckdb/node-api');
  const i = await DuckDBInstance.create(dir + '/a.duckdb');
  const c = await i.connect();
  console.log(
    (await c.runAndReadAll('select * from t')).getRowObjectsJson(),
    (await c.runAndReadAll('select * from fairlead_checkpoints')).getRowObjectsJson(),
  );
  c.closeSync();
  i.closeSync();
});
