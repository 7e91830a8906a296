import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { connect, emptyState, silentLog, wholeRange } from '@fairlead/sdk';
import { expect, test } from 'vitest';
import { file } from './index.ts';

test('smoke', async () => {
  const root = mkdtempSync(join(tmpdir(), 'd-'));
  writeFileSync(join(root, 'a.jsonl'), '{"a":1}\n{"a":2}\n');
  writeFileSync(join(root, 'b.jsonl.gz'), gzipSync('{"a":1}\n{"a":2}\n'));
  writeFileSync(join(root, 'c.csv'), 'x,y\n1,hello\n2,world\n');
  const source = connect(file as never, { paths: '*', root });
  const signal = new AbortController().signal;
  console.log(JSON.stringify(await source.discover({ signal, log: silentLog }), null, 1));
  for await (const e of source.pull({
    bindings: ['a', 'b', 'c'].map((stream) => ({ stream, resource: { stream }, stateKey: stream })),
    state: emptyState, until: 'caught-up', range: wholeRange, signal, log: silentLog,
  })) console.log(e.is === 'documents' ? Buffer.from(e.documents.bytes).toString() : JSON.stringify(e));
  expect(1).toBe(1);
});
