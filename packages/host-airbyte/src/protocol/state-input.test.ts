import type { Json } from '@fairlead/sdk';
import { describe, expect, test } from 'vitest';
import { parseState } from './state-input.ts';

const stream = (name: string, state: Json, namespace?: string) => ({
  stream_descriptor: namespace === undefined ? { name } : { name, namespace },
  stream_state: state,
});

/** What was read, by the names of streams. */
function told(value: Json | undefined) {
  const { streams, ...rest } = parseState(value);
  return { ...rest, streams: [...streams].map(([id, part]) => [id, part.state]) };
}

describe('a state file', () => {
  test.each<{ what: string; value: Json | undefined; is: object }>([
    { what: 'nothing', value: undefined, is: { streams: [] } },
    { what: 'null', value: null, is: { streams: [] } },
    { what: 'an empty array', value: [], is: { streams: [] } },
    { what: 'an empty object', value: {}, is: { streams: [] } },
    {
      what: 'streams',
      value: [{ type: 'STREAM', stream: stream('a', { c: 1 }) }, { stream: stream('b', { c: 2 }) }],
      is: {
        streams: [
          ['a', { c: 1 }],
          ['b', { c: 2 }],
        ],
      },
    },
    {
      what: 'a stream twice, the last one counts',
      value: [{ stream: stream('a', { c: 1 }) }, { stream: stream('a', { c: 2 }) }],
      is: { streams: [['a', { c: 2 }]] },
    },
    {
      what: 'streams of one name in two namespaces',
      value: [{ stream: stream('a', 1, 'x') }, { stream: stream('a', 2, 'y') }],
      is: {
        streams: [
          ['["x","a"]', 1],
          ['["y","a"]', 2],
        ],
      },
    },
    {
      what: 'a stream that was cleared',
      value: [{ stream: stream('a', { c: 1 }) }, { stream: stream('a', null) }],
      is: { streams: [] },
    },
    {
      what: 'nulls for what is not there',
      value: [
        {
          type: 'STREAM',
          global: null,
          data: null,
          stream: { stream_descriptor: { name: 'a', namespace: null }, stream_state: { c: 1 } },
          sourceStats: null,
          id: null,
        },
      ],
      is: { streams: [['a', { c: 1 }]] },
    },
    {
      what: 'a global state',
      value: [
        {
          type: 'GLOBAL',
          stream: null,
          global: {
            shared_state: { lsn: 7 },
            stream_states: [stream('a', { c: 1 }), stream('b', null)],
          },
        },
      ],
      is: { shared: { lsn: 7 }, streams: [['a', { c: 1 }]] },
    },
    {
      what: 'a global state without anything',
      value: [{ type: 'GLOBAL', global: { shared_state: null, stream_states: null } }],
      is: { streams: [] },
    },
    {
      what: 'an item with data',
      value: [{ data: { a: 1 } }],
      is: { legacy: { a: 1 }, streams: [] },
    },
    {
      what: 'an item of type LEGACY',
      value: [{ type: 'LEGACY', data: { a: 1 }, stream: null, global: null }],
      is: { legacy: { a: 1 }, streams: [] },
    },
    { what: 'a bare object', value: { a: { c: 1 } }, is: { legacy: { a: { c: 1 } }, streams: [] } },
    {
      what: 'whole messages',
      value: [{ type: 'STATE', state: { type: 'STREAM', stream: stream('a', { c: 1 }) } }],
      is: { streams: [['a', { c: 1 }]] },
    },
    {
      what: 'one item that is in no array',
      value: { type: 'STREAM', stream: stream('a', { c: 1 }) },
      is: { streams: [['a', { c: 1 }]] },
    },
  ])('may hold $what', ({ value, is }) => {
    expect(told(value)).toEqual(is);
  });

  test.each<{ what: string; value: Json; message: string }>([
    { what: 'an item with nothing', value: [{}], message: 'none of stream, global and data' },
    { what: 'an item that is a text', value: ['x'], message: 'expected object' },
    {
      what: 'a stream without a name',
      value: [{ stream: { stream_descriptor: {} } }],
      message: 'stream.stream_descriptor.name',
    },
  ])('fails plainly with $what', ({ value, message }) => {
    expect(() => parseState(value)).toThrow(
      expect.objectContaining({
        kind: 'state',
        message: expect.stringContaining(message),
        where: 'item 1 of the state file',
      }),
    );
  });
});
