import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { tempFolder } from '@fairlead/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { duckdbRows } from './destination/testing/duckdb-rows.ts';
import { bundled } from './testing/bundled.ts';
import { untilEnd, type Ended } from './testing/start-connector.ts';

let file: Awaited<ReturnType<typeof bundled>> | undefined;
let duckdb: Awaited<ReturnType<typeof bundled>> | undefined;
beforeAll(async () => {
  file = await bundled(new URL('testing/file-source.ts', import.meta.url));
  duckdb = await bundled(new URL('platform/testing/duckdb-destination.ts', import.meta.url));
});
afterAll(async () => {
  await file?.[Symbol.asyncDispose]();
  await duckdb?.[Symbol.asyncDispose]();
});

const record = (data: string, more = '') =>
  `{"type":"RECORD","record":{"stream":"rows","emitted_at":1700000000000${more},"data":${data}}}`;
const state = (text: string) =>
  `{"type":"STATE","state":{"type":"STREAM","stream":{"stream_descriptor":{"name":"rows"},"stream_state":${text}}}}`;
const complete =
  '{"type":"TRACE","trace":{"type":"STREAM_STATUS","emitted_at":1,"stream_status":{"stream_descriptor":{"name":"rows"},"status":"COMPLETE"}}}';
const lines = (...some: readonly string[]) => some.map((line) => `${line}\n`).join('');
/** 100 MB of one record. */
const large = () => record(`{"id":1,"text":"${'x'.repeat(100_000_000)}"}`);

interface Case {
  readonly what: string;
  /** The settings, when they are not a new file. */
  readonly config?: string;
  readonly catalog?: string;
  readonly input: () => string;
  readonly exits: number;
  /** The type of the first error, and a part of its message. */
  readonly error?: readonly [type: string, saying: RegExp];
  /** What is in the table then, as `id length-of-text`. */
  readonly rows?: readonly string[];
  readonly states?: number;
}

const written: readonly Case[] = [
  {
    what: 'a line that is no message',
    input: () => lines('Traceback (most recent call last):', record('{"id":1}'), complete),
    exits: 0,
    rows: ['1 null'],
  },
  {
    what: 'half a record',
    input: () => lines(record('{"id":1}'), '{"type":"RECORD","record":{"stream":"rows","data":{"i'),
    exits: 1,
    error: ['system_error', /not valid JSON/],
  },
  {
    what: 'a record whose data is no object',
    input: () => lines(record('[1]'), complete),
    exits: 1,
    error: ['system_error', /no object as its data/],
  },
  {
    what: 'a record of a stream that is not in the catalog',
    input: () => lines(record('{"id":1}').replace('"rows"', '"others"'), complete),
    exits: 1,
    error: ['config_error', /not in the catalog/],
  },
  {
    what: 'settings that do not fit their schema',
    config: '{"path":7}',
    input: () => lines(record('{"id":1}'), complete),
    exits: 1,
    error: ['config_error', /path/i],
  },
  {
    what: 'settings that are cut off',
    config: '{"path":',
    input: () => '',
    exits: 1,
    error: ['config_error', /config/i],
  },
  {
    what: 'a catalog that is none',
    catalog: '{"streams":{}}',
    input: () => '',
    exits: 1,
    error: ['config_error', /catalog/i],
  },
  {
    what: 'an end in the middle of a stream',
    input: () => lines(record('{"id":1}'), state('{"at":1}')),
    exits: 1,
    error: ['transient_error', /has not completed rows/],
    rows: ['1 null'],
    states: 1,
  },
  {
    what: 'an end in the middle of a line',
    input: () => lines(record('{"id":1}'), complete) + record('{"id":2}').slice(0, -9),
    exits: 1,
    error: ['system_error', /not valid JSON/],
  },
  {
    what: 'a last line without its end',
    input: () => lines(record('{"id":1}'), record('{"id":2}')) + complete,
    exits: 0,
    rows: ['1 null', '2 null'],
  },
  {
    what: 'a line of 100 MB',
    input: () => lines(large(), complete),
    exits: 0,
    rows: ['1 100000000'],
  },
  {
    what: 'integers past 2^53 and past 64 bits',
    input: () =>
      lines(
        record('{"id":9007199254740993}'),
        record('{"id":18446744073709551616}'),
        state('{"at":123456789012345678901234567890}'),
        complete,
      ),
    exits: 0,
    rows: ['9007199254740993 null', 'null null'],
    states: 1,
  },
  {
    what: 'half a character',
    input: () => lines(record('{"id":1,"text":"\\ud800"}'), complete),
    exits: 1,
    error: ['system_error', /lone surrogate/],
  },
  {
    what: 'bytes that are no text',
    input: () => lines(record('{"id":1,"text":"\u00ff"}'), complete),
    exits: 1,
    error: ['system_error', /not valid JSON/],
  },
];

describe('a destination is given', () => {
  test.each(written)(
    '$what',
    async (of) => {
      await using folder = await tempFolder();
      const path = folder.join('rows.duckdb');
      const properties = { id: { type: 'integer' }, text: { type: 'string' } };
      const stream = { name: 'rows', json_schema: { type: 'object', properties } };
      const catalog = JSON.stringify({ streams: [{ stream, generation_id: 1, sync_id: 1 }] });
      const files = {
        config: of.config ?? JSON.stringify({ path }),
        catalog: of.catalog ?? catalog,
      };
      const ended = await start(duckdb?.command ?? [], 'write', files, of.input());
      expectError(ended, of);
      expect(messagesOf(ended, 'STATE')).toHaveLength(of.states ?? 0);
      if (of.rows === undefined) return;
      const rows = await duckdbRows(path, 'SELECT id, length(text) FROM rows ORDER BY id');
      expect(rows.map((row) => row.map(String).join(' '))).toEqual(of.rows);
    },
    180_000,
  );

  test('an output that nobody reads', async () => {
    await using folder = await tempFolder();
    const path = folder.join('rows.duckdb');
    const stream = { name: 'rows', json_schema: { type: 'object', properties: {} } };
    const catalog = JSON.stringify({ streams: [{ stream }] });
    const files = { config: JSON.stringify({ path }), catalog };
    const input = lines(record('{}'), state('{}'), complete);
    const ended = await start(duckdb?.command ?? [], 'write', files, input, true);
    expect(ended).toEqual({ end: 1, stdout: '', stderr: '' });
  });
});

interface ReadCase {
  readonly what: string;
  readonly config?: string;
  readonly state?: string;
  readonly catalog?: string;
  readonly exits: number;
  readonly error?: readonly [type: string, saying: RegExp];
}

const read: readonly ReadCase[] = [
  { what: 'no state', state: '', exits: 0 },
  {
    what: 'settings that do not fit their schema',
    config: '{"streams":7}',
    exits: 1,
    error: ['config_error', /streams/],
  },
  {
    what: 'a state of another connector',
    state: JSON.stringify([
      {
        type: 'STREAM',
        stream: {
          stream_descriptor: { name: 'people' },
          stream_state: { source: 'source-postgres', cursor: { lsn: '0/1' } },
        },
      },
    ]),
    exits: 1,
    error: ['config_error', /source-postgres/],
  },
  {
    what: 'a state of nobody',
    state: JSON.stringify([
      { type: 'STREAM', stream: { stream_descriptor: { name: 'people' }, stream_state: { x: 1 } } },
    ]),
    exits: 1,
    error: ['config_error', /state/],
  },
  { what: 'half a state', state: '[{"type":', exits: 1, error: ['config_error', /state/] },
  { what: 'half a catalog', catalog: '{"streams":[', exits: 1, error: ['config_error', /catalog/] },
  { what: 'no catalog', catalog: '', exits: 1, error: ['config_error', /Catalog/] },
];

describe('a source is given', () => {
  test.each(read)('$what', async (of) => {
    await using folder = await tempFolder();
    await folder.write('data/a.csv', 'id\n1\n9007199254740993\n');
    const streams = [{ name: 'people', paths: ['*.csv'] }];
    const config = JSON.stringify({ root: folder.join('data'), streams });
    const chosen = { stream: { name: 'people' }, sync_mode: 'incremental' };
    const catalog = JSON.stringify({ streams: [chosen] });
    const files = {
      config: of.config ?? config,
      catalog: of.catalog ?? catalog,
      state: of.state ?? '[]',
    };
    const ended = await start(file?.command ?? [], 'read', files, '');
    expectError(ended, of);
    if (of.exits === 0) expect(ended.stdout).toContain('9007199254740993');
  });
});

/** Runs a program with files of these contents, and this on its standard input. */
async function start(
  command: readonly string[],
  verb: string,
  files: Readonly<Record<string, string>>,
  input: string,
  deaf = false,
): Promise<Ended> {
  await using folder = await tempFolder();
  const args = [verb];
  for (const [name, text] of Object.entries(files)) {
    args.push(`--${name}`, await folder.write(`${name}.txt`, text));
  }
  const [node = '', ...own] = command;
  const child = spawn(node, [...own, ...args], { stdio: ['pipe', 'pipe', 'pipe'] });
  child.stdin.on('error', () => {});
  const ended = untilEnd(child);
  if (deaf) {
    child.stdout.destroy();
    await once(child.stdout, 'close');
  }
  // Bytes that are no text are one for each character here.
  child.stdin.end(Buffer.from(input, 'latin1'));
  return await ended;
}

function expectError(
  ended: Ended,
  { exits, error }: { readonly exits: number; readonly error?: readonly [string, RegExp] },
): void {
  const [first] = messagesOf(ended, 'TRACE').filter(({ trace }) => trace.type === 'ERROR');
  expect({ end: ended.end, stderr: ended.stderr, said: first?.trace.error.message }).toEqual({
    end: exits,
    stderr: '',
    said: error === undefined ? undefined : expect.stringMatching(error[1]),
  });
  expect(first?.trace.error.failure_type).toBe(error?.[0]);
}

// Messages of all kinds are looked at, whose form the test asserts.
// oxlint-disable-next-line typescript/no-explicit-any
function messagesOf({ stdout }: Ended, type: string): any[] {
  const messages = stdout.split('\n').filter((line) => line !== '');
  return messages.map((line) => JSON.parse(line)).filter((message) => message.type === type);
}
