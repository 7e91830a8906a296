import type { Source } from '@fairlead/sdk';
import { memorySource } from '@fairlead/testkit';
import { describe, expect, test } from 'vitest';
import {
  apart,
  together,
  readAll,
  recordsIn,
  statesIn,
  keep,
  statusesOf,
  errorsIn,
} from './testing/read-all.ts';
import { catalogOf, serve, streamsOf } from './testing/serve.ts';

describe('a state', () => {
  const stream = (name: string, state: unknown) => ({
    type: 'STREAM',
    stream: { stream_descriptor: { name }, stream_state: state },
  });
  const allOf = ['a:0', 'a:1', 'a:2', 'a:3', 'a:4', 'a:5', 'a:-0'];

  test.each([
    {
      what: 'of the source itself',
      state: [stream('a', { source: 'source-memory', cursor: { at: 6 } })],
      first: 'a:5',
    },
    { what: 'that is a bare cursor', state: [stream('a', { at: 6 })], first: 'a:5' },
    { what: 'in a legacy blob', state: { a: { at: 6 } }, first: 'a:5' },
    { what: 'that is empty', state: [stream('a', {})], first: 'a:0' },
    { what: 'that was cleared', state: [stream('a', null)], first: 'a:0' },
    { what: 'of another stream', state: [stream('x', { at: 6 })], first: 'a:0' },
    { what: 'in an empty file', state: '', first: 'a:0' },
    {
      what: 'of a source with one position',
      state: [
        {
          type: 'GLOBAL',
          global: {
            shared_state: { source: 'source-memory', cursor: { at: 2 } },
            stream_states: [{ stream_descriptor: { name: 'a' }, stream_state: { at: 6 } }],
          },
        },
      ],
      first: 'a:5',
    },
  ])('$what is gone on from where it says', async ({ state, first }) => {
    const { code, messages } = await readAll(apart, { state });
    expect(code).toBe(0);
    const read = recordsIn(messages).filter((record) => record.startsWith('a:'));
    expect(read).toEqual(allOf.slice(allOf.indexOf(first)));
  });

  test.each([
    {
      what: 'of an incremental read',
      part: { source: 'source-memory', cursor: { at: 6 } },
      count: 7,
    },
    {
      what: 'of a full refresh',
      part: { source: 'source-memory', cursor: { at: 6 }, full_refresh: true },
      count: 2,
    },
    {
      what: 'of a full refresh that ended',
      part: {
        source: 'source-memory',
        cursor: { at: 11 },
        full_refresh: true,
        __ab_full_refresh_sync_complete: true,
      },
      count: 0,
    },
    {
      what: 'that says only that it ended',
      part: { __ab_full_refresh_sync_complete: true },
      count: 0,
    },
    {
      what: 'that says only that it has no cursor',
      part: { __ab_no_cursor_state_message: true },
      count: 0,
    },
  ])('$what leaves $count records to a full refresh', async ({ part, count }) => {
    const { code, messages } = await readAll(apart, { state: [stream('a', part)] }, 'full_refresh');
    expect(code).toBe(0);
    expect(recordsIn(messages).filter((record) => record.startsWith('a:'))).toHaveLength(count);
    expect(statusesOf(messages, 'a')).toEqual(['STARTED', 'RUNNING', 'COMPLETE']);
    const last = statesIn(messages).findLast(
      (state) => state.stream.stream_descriptor.name === 'a',
    );
    expect(last.stream.stream_state.__ab_full_refresh_sync_complete).toBe(true);
  });

  test.each([
    { what: 'in a legacy blob', state: { a: { at: 6 } }, isTaken: true },
    { what: 'that is a bare cursor', state: [stream('a', { at: 6 })], isTaken: true },
    {
      what: 'of an incremental read',
      state: [stream('a', { source: 'source-memory', cursor: { at: 6 } })],
      isTaken: false,
    },
  ])(
    '$what is for a source of snapshots to judge in a full refresh',
    async ({ state, isTaken }) => {
      const source: Source = memorySource(apart);
      const told: Parameters<Source['pull']>[0][] = [];
      const snapshots: Source = {
        ...source,
        snapshots: true,
        pull(request) {
          told.push(request);
          return source.pull(request);
        },
      };
      const catalog = catalogOf(await streamsOf(source), { sync_mode: 'full_refresh' });
      const { code } = await serve(snapshots, 'read', { config: {}, catalog, state });
      expect(code).toBe(0);
      expect(told.map(({ state: given }) => given.bindings)).toEqual([
        isTaken ? { a: { at: 6 } } : {},
      ]);
      expect(told[0]?.bindings.map(({ isSnapshot }) => isSnapshot)).toEqual([true, true]);
    },
  );

  test('of streams apart starts a source with one position anew', async () => {
    const { messages } = await readAll(together, { state: [stream('a', { at: 2 })] });
    expect(recordsIn(messages).filter((record) => record.startsWith('a:'))).toHaveLength(4);
  });

  test('without a stream that was cleared reads it anew, and goes on with the others', async () => {
    const { messages } = await readAll(together);
    const state = keep(statesIn(messages));
    state[0].global.stream_states[0].stream_state = null;
    const again = await readAll(together, { state });
    expect(recordsIn(again.messages)).toEqual(['a:0', 'a:1', 'a:2', 'a:3']);
  });

  test.each([
    {
      what: 'of another connector',
      part: { source: 'source-file', cursor: { files: {} } },
      message: 'The saved state belongs to source-file',
    },
    {
      what: 'with a cursor that does not fit',
      part: { source: 'source-memory', cursor: { at: 'x' } },
      message: 'the saved state does not fit this connector',
    },
  ])('$what fails plainly', async ({ part, message }) => {
    const { code, messages } = await readAll(apart, { state: [stream('a', part)] });
    expect(code).toBe(1);
    expect(recordsIn(messages)).toEqual([]);
    const [error] = errorsIn(messages);
    expect(error.failure_type).toBe('config_error');
    expect(error.message.toLowerCase()).toContain(message.toLowerCase());
    expect(error.message).toContain('Refresh or clear the stream');
    expect(error.message).not.toContain('fairlead');
  });
});

describe('a catalog', () => {
  test('offers to read a snapshot whole only', async () => {
    const source = memorySource(apart);
    const offering: Source = {
      ...source,
      discover: async (scope) => {
        const [a, b] = await source.discover({ ...scope, config: { account: 'test' } });
        return a && b ? [a, { ...b, isSnapshotOnly: true }] : [];
      },
    };
    const streams = await streamsOf(offering);
    expect(streams.map(({ supported_sync_modes: modes }) => modes)).toEqual([
      ['full_refresh', 'incremental'],
      ['full_refresh'],
    ]);
  });

  test('that was discovered is read without a second discovery', async () => {
    const source = memorySource(apart);
    const streams = await streamsOf(source);
    let discoveries = 0;
    const counting: Source = {
      ...source,
      discover: async (scope) => {
        discoveries++;
        return await source.discover({ ...scope, config: { account: 'test' } });
      },
    };
    await serve(counting, 'read', { config: {}, catalog: catalogOf(streams) });
    expect(discoveries).toBe(0);
    const bare = streams.map(({ name }) => ({ name }));
    const { messages } = await serve(counting, 'read', { config: {}, catalog: catalogOf(bare) });
    expect(discoveries).toBe(1);
    expect(recordsIn(messages)).toHaveLength(11);
  });

  test('with a namespace gets records and states with it', async () => {
    const source = memorySource(apart);
    const [a] = await streamsOf(source);
    const catalog = catalogOf([{ ...a, namespace: 'n' }]);
    const { messages } = await serve(source, 'read', { config: {}, catalog });
    expect(messages.find(({ record }) => record).record.namespace).toBe('n');
    expect(statesIn(messages)[0].stream.stream_descriptor).toEqual({ name: 'a', namespace: 'n' });
  });

  test('with a stream that the source does not have is read as far as there are others', async () => {
    const source = memorySource(apart);
    const catalog = catalogOf([{ name: '__AIRBYTE__stream_that_does_not_exist' }, { name: 'b' }]);
    const { code, messages } = await serve(source, 'read', { config: {}, catalog });
    expect(code).toBe(1);
    expect(recordsIn(messages)).toHaveLength(4);
    expect(errorsIn(messages)[0]).toMatchObject({ failure_type: 'config_error' });
  });

  test.each([
    {
      what: 'with a mode that there is not',
      catalog: catalogOf([{ name: 'a' }], { sync_mode: 'INVALID' }),
    },
    { what: 'that is empty', catalog: '' },
    { what: 'that is torn', catalog: '{"streams":[' },
    { what: 'that is no catalog', catalog: [] },
  ])('$what is refused', async ({ catalog }) => {
    const { code, messages } = await serve(memorySource(apart), 'read', { config: {}, catalog });
    expect(code).toBe(1);
    expect(messages).toHaveLength(1);
    expect(errorsIn(messages)[0].failure_type).toBe('config_error');
  });
});
