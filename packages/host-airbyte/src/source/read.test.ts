import { Failure } from '@fairlead/sdk';
import { checkpoint, generatedStream, memorySource, waits } from '@fairlead/testkit';
import { describe, expect, test } from 'vitest';
import {
  numbered,
  apart,
  together,
  readAll,
  recordsIn,
  statesIn,
  keep,
  statusesOf,
  errorsIn,
} from './testing/read-all.ts';
import { catalogOf, type Message, serve, streamsOf } from './testing/serve.ts';

describe.each([
  { what: 'streams apart', options: apart },
  { what: 'streams with one position', options: together },
])('a read of $what', ({ options }) => {
  test.each(['incremental', 'full_refresh'])('goes on after every state (%s)', async (mode) => {
    const whole = await readAll(options, {}, mode);
    expect(whole.code).toBe(0);
    const states = statesIn(whole.messages);
    expect(states.length).toBeGreaterThan(3);
    for (let taken = 0; taken <= states.length; taken++) {
      const state = keep(states.slice(0, taken));
      const until =
        taken === 0 ? -1 : whole.messages.findIndex((m) => m.state === states[taken - 1]);
      const before = recordsIn(whole.messages.slice(0, until + 1));
      const rest = await readAll(options, { state }, mode);
      expect(rest.code).toBe(0);
      expect([...before, ...recordsIn(rest.messages)].sort()).toEqual(
        recordsIn(whole.messages).sort(),
      );
    }
  });

  test('counts in each state the records since the one before', async () => {
    const { messages } = await readAll(options);
    const counted = new Map<string, number>();
    let inAll = 0;
    for (const { type, record, state } of messages) {
      if (type === 'RECORD') {
        inAll++;
        counted.set(record.stream, (counted.get(record.stream) ?? 0) + 1);
      }
      if (type !== 'STATE') continue;
      const name = state.stream?.stream_descriptor.name;
      expect(state.sourceStats.recordCount).toBe(
        name === undefined ? inAll : (counted.get(name) ?? 0),
      );
      if (name === undefined) inAll = 0;
      else counted.set(name, 0);
    }
    expect(inAll === 0 || [...counted.values()].every((count) => count === 0)).toBe(true);
  });

  test('tells each status once and in order, the last state before the end', async () => {
    const { messages } = await readAll(options);
    for (const name of ['a', 'b']) {
      expect(statusesOf(messages, name)).toEqual(['STARTED', 'RUNNING', 'COMPLETE']);
      const after = messages.slice(
        messages.findIndex(
          ({ trace }) =>
            trace?.stream_status?.status === 'COMPLETE' &&
            trace.stream_status.stream_descriptor.name === name,
        ),
      );
      expect(
        after.some(
          (m) => m.record?.stream === name || m.state?.stream?.stream_descriptor.name === name,
        ),
      ).toBe(false);
    }
  });

  test('that finds nothing new has a state for every stream, and no record', async () => {
    const { messages } = await readAll(options);
    const again = await readAll(options, { state: keep(statesIn(messages)) });
    expect(again.code).toBe(0);
    expect(recordsIn(again.messages)).toEqual([]);
    const states = statesIn(again.messages);
    const named = states.flatMap(({ stream, global }) =>
      (global?.stream_states ?? [stream]).map((part: Message) => part.stream_descriptor.name),
    );
    expect(new Set(named)).toEqual(new Set(['a', 'b']));
    expect(statusesOf(again.messages, 'a')).toEqual(['STARTED', 'RUNNING', 'COMPLETE']);
  });

  test('writes states no more often than its pace', async () => {
    const pace = { everyMs: Infinity, everyRecords: Infinity };
    const { messages } = await readAll(options, { pace });
    const states = statesIn(messages);
    expect(states).toHaveLength(states[0].type === 'GLOBAL' ? 1 : 2);
    expect(states.reduce((sum, { sourceStats }) => sum + sourceStats.recordCount, 0)).toBe(
      recordsIn(messages).length,
    );
  });

  test('that is stopped after any line ends soon, with states that hold and no end', async () => {
    const whole = await readAll(options);
    for (let stopAt = 1; stopAt < whole.lines.length; stopAt++) {
      const controller = new AbortController();
      let seen = 0;
      const { code, messages } = await readAll(options, {
        signal: controller.signal,
        onLine: () => {
          if (++seen === stopAt) controller.abort(new Error('stop'));
        },
      });
      const ended = ['a', 'b'].every((name) => statusesOf(messages, name).at(-1) === 'COMPLETE');
      expect(ended || code === 1).toBe(true);
      expect(errorsIn(messages)).toEqual([]);
      const rest = await readAll(options, { state: keep(statesIn(messages)) });
      const both = new Set([...recordsIn(messages), ...recordsIn(rest.messages)]);
      expect(both).toEqual(new Set(recordsIn(whole.messages)));
    }
  });

  test('ends quietly when nobody reads any more', async () => {
    const closed = new Failure('transient', 'the reader of the output has gone away', {
      cause: Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }),
    });
    const source = memorySource(options);
    const catalog = catalogOf(await streamsOf(source));
    let lines = 0;
    const { code } = await serve(source, 'read', {
      config: {},
      catalog,
      onLine: () => {
        if (++lines > 5) throw closed;
      },
    });
    expect(code).toBe(0);
    expect(lines).toBeLessThan(10);
    expect(source.open).toBe(0);
  });
});

test('records of many batches all come, each with the state that covers it', async () => {
  const streams = [generatedStream('a', { count: 20_000, batch: 512 })];
  const { code, messages } = await readAll(
    { streams },
    { pace: { everyMs: Infinity, everyRecords: 4_000 } },
  );
  expect(code).toBe(0);
  const counts = statesIn(messages).map(({ sourceStats }) => sourceStats.recordCount);
  expect(counts).toEqual([4_096, 4_096, 4_096, 4_096, 3_616]);
});

test('a stop while a source waits ends the read', async () => {
  const controller = new AbortController();
  const streams = [
    { name: 'a', script: [numbered(0, 1), checkpoint, waits(() => new Promise(() => {}))] },
    { name: 'b' },
  ];
  const { code, messages } = await readAll(
    { streams },
    {
      signal: controller.signal,
      onLine: ({ type }) => {
        if (type === 'STATE') setImmediate(() => controller.abort(new Error('stop')));
      },
    },
  );
  expect(code).toBe(1);
  expect(recordsIn(messages)).toEqual(['a:0']);
  expect(statusesOf(messages, 'a')).toEqual(['STARTED', 'RUNNING', 'INCOMPLETE']);
  expect(statusesOf(messages, 'b')).toEqual([]);
});
