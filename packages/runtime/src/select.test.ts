import { inferShape } from '@fairlead/json';
import { encodeDocuments, type Json, type StreamInfo } from '@fairlead/sdk';
import { describe, expect, test } from 'vitest';
import type { Pipeline, StreamRule } from './pipeline.ts';
import { globOf, selectStreams, tableOf } from './select.ts';

function info(name: string, key: readonly string[] = ['/id']): StreamInfo {
  return { name, key, schema: { type: 'object' }, resource: { stream: name } };
}

function rule(match: string, options: Partial<StreamRule> = {}): StreamRule {
  return { match, deletes: 'hard', contract: 'evolve', ...options };
}

/** A destination whose tables are named like the streams, but for letters it does not take. */
function pipeline(...streams: StreamRule[]): Pick<Pipeline, 'streams' | 'destination'> {
  const materialization = { resourceFor: (name: string) => ({ table: name.replace('/', '_') }) };
  return {
    streams,
    destination: { materialization, parseResource: (resource: Json) => resource },
  } as unknown as Pick<Pipeline, 'streams' | 'destination'>;
}

describe('choosing streams', () => {
  const offered = [info('orders'), info('order_lines'), info('customers', []), info('a/b')];

  test('takes the first rule that matches, in the order of discovery', () => {
    const chosen = selectStreams(
      pipeline(rule('customers'), rule('order*', { write: 'append' }), rule('orders')),
      offered,
    );
    expect(chosen.map(({ info: { name }, write }) => [name, write])).toEqual([
      ['orders', 'append'],
      ['order_lines', 'append'],
      ['customers', 'append'],
    ]);
  });

  test('merges by the key of the stream, or by that of the rule', () => {
    const [stream, other] = selectStreams(
      pipeline(rule('orders'), rule('customers', { key: ['name', '/at/x'] })),
      offered,
    );
    expect(stream).toMatchObject({ write: 'merge', key: ['/id'] });
    expect(other).toMatchObject({ write: 'merge', key: ['/name', '/at/x'] });
  });

  test('lays the rule’s settings over those that are offered', () => {
    const [stream] = selectStreams(
      pipeline(rule('orders', { resource: { format: 'csv' }, target: { table: 'o' } })),
      offered,
    );
    expect(stream).toMatchObject({
      binding: { resource: { stream: 'orders', format: 'csv' } },
      resource: { table: 'o' },
      tableName: 'o',
    });
  });

  test.each([
    [rule('oders'), 'no stream matches "oders"', 'Did you mean "orders"?'],
    [rule('x'), 'no stream matches "x"', 'The source offers: orders, order_lines, customers, a/b.'],
    [
      rule('customers', { write: 'merge' }),
      'write: merge needs a key, and the stream has none',
      'Name its members under key, or write: append.',
    ],
    [
      rule('*', { target: { table: 'Same' } }),
      'the streams orders and order_lines go into one table, Same',
      'Give one of them another table under target.',
    ],
  ])('refuses %j', (bad, message, hint) => {
    expect(() => selectStreams(pipeline(bad), offered)).toThrow(
      expect.objectContaining({ kind: 'config', message, hint }),
    );
  });
});

describe('columns', () => {
  const shape = inferShape(
    encodeDocuments([{ _meta: { file: 'a', offset: 1 }, id: 1, name: 'x', 'a~/b': true }]),
  );
  const columns = (options: Partial<StreamRule>, key = ['/_meta/file', '/_meta/offset']) => {
    const [stream] = selectStreams(pipeline(rule('s', options)), [info('s', key)]);
    if (stream === undefined) throw new Error('the stream was not chosen');
    return tableOf(stream, shape).columns.map(({ name, pointer, key: isKey }) =>
      isKey ? `${name} ${pointer} key` : `${name} ${pointer}`,
    );
  };

  test('are the members, and those of a member that holds the key', () => {
    expect(columns({})).toEqual([
      '_meta_file /_meta/file key',
      '_meta_offset /_meta/offset key',
      'id /id',
      'name /name',
      'a~/b /a~0~1b',
    ]);
    expect(columns({}, ['/id'])).toEqual([
      '_meta /_meta',
      'id /id key',
      'name /name',
      'a~/b /a~0~1b',
    ]);
  });

  test.each([
    [{ columns: ['name', '_meta*'] }, ['name', '_meta_file', '_meta_offset']],
    [{ columns: ['-name', '-a*'] }, ['_meta_file', '_meta_offset', 'id']],
    [{ columns: ['*', '-id', '-a*'] }, ['_meta_file', '_meta_offset', 'name']],
    [{ columns: ['id'], write: 'append' as const }, ['id']],
  ])('are chosen by %j', (options, names) => {
    expect(columns(options).map((column) => column.split(' ')[0])).toEqual(names);
  });

  test.each([
    [{ columns: ['id'] }, 'the key /_meta/file is not among the columns'],
    [{ columns: ['nothing'] }, 'columns leaves none'],
  ])('are refused as %j', (options, message) => {
    expect(() => columns(options)).toThrow(expect.objectContaining({ kind: 'config', message }));
  });
});

test.each([
  ['*', 'anything', true],
  ['orders', 'orders', true],
  ['orders', 'orders2', false],
  ['a.c', 'abc', false],
  ['*_log', 'x\n_log', true],
  ['a*b*c', 'aXbXc', true],
  ['a*b*c', 'aXcXb', false],
])('the pattern %j against %j is %s', (pattern, name, matches) => {
  expect(globOf(pattern)(name)).toBe(matches);
});
