// Calls sources by the official client of gRPC for Python, with our definitions and with those that
// Fivetran's own package has.
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import {
  checkpoint,
  documents,
  fivetranPackages,
  memorySource,
  pythonWith,
} from '@fairlead/testkit';
import { expect, test } from 'vitest';
import { played } from './testing/play-fivetran.ts';
import { typedStream } from './testing/typed-stream.ts';

const path = (from: string) => fileURLToPath(new URL(from, import.meta.url));
const more = 30_000;
const many = Array.from({ length: 30 }, (_, batch) => [
  documents(
    Array.from({ length: more / 30 }, (_row, at) => ({
      id: batch * 1000 + at,
      text: 'ö'.repeat(at),
    })),
  ),
  checkpoint,
]).flat();

test.for<{ by: string; way: readonly string[] }>([
  { by: 'our definitions', way: ['protos', path('../../proto')] },
  { by: 'the definitions of Fivetran’s own package', way: ['sdk'] },
])('Python reads a source by $by', { timeout: 1_200_000 }, async ({ way }, { skip }) => {
  const python = await pythonWith(fivetranPackages, 'the client for Python', skip);
  const source = memorySource({ streams: [typedStream, { name: 'many', script: many }] });
  await using fivetran = await played(source);
  const words = [path('testing/drive_source.py'), String(fivetran.served.port), ...way];
  const { stdout } = await promisify(execFile)(python, words, { timeout: 240_000 });
  expect(JSON.parse(stdout)).toEqual({
    fields: ['account', 'token'],
    tested: [true, true],
    tables: { typed: 15, many: 1 },
    unknown: 'UNIMPLEMENTED',
    rows: 5 + more,
    told: [
      ['TRUNCATE', {}],
      [
        'UPSERT',
        {
          id: 'long 1',
          yes: 'bool False',
          small: 'short 100',
          middle: 'int 100000',
          large: 'long 9223372036854775807',
          huge: 'decimal 12345678901234567890123456789012345678',
          price: 'decimal 12345678901234567890.0123456789',
          ratio: 'double nan',
          day: 'naive_date -86400.0',
          local: 'naive_datetime -12220198200.500000000',
          at: 'utc_datetime -1.999999999',
          raw: 'binary AP+A',
          page: 'xml <a>&amp;</a>',
          text: 'string ö "q" \u2028 😀',
          more: 'json {"list":[1,0.10],"deep":{"ok":true}}',
        },
      ],
      ['UPSERT', { ...Object.fromEntries(nulls), id: 'long 2' }],
      'checkpoint',
      ['UPDATE', { id: 'long 2', text: 'string new' }],
      ['DELETE', { id: 'long 1' }],
    ],
  });
});

const nulls = Object.keys(typedStream.schema.properties).map((name) => [name, null] as const);
