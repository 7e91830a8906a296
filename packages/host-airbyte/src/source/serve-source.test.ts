import { setImmediate as turn } from 'node:timers/promises';
import { Failure, secret, type Source, type SourceEvent } from '@fairlead/sdk';
import { changes, checkpoint, fails, memorySource } from '@fairlead/testkit';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import {
  numbered,
  apart,
  readAll,
  recordsIn,
  statesIn,
  statusesOf,
  errorsIn,
} from './testing/read-all.ts';
import { catalogOf, serve, streamsOf } from './testing/serve.ts';

describe('a failure', () => {
  test.each([
    { kind: 'config', type: 'config_error' },
    { kind: 'access', type: 'config_error' },
    { kind: 'transient', type: 'transient_error' },
    { kind: 'data', type: 'system_error' },
    { kind: 'state', type: 'config_error' },
  ] as const)('of kind $kind is a $type', async ({ kind, type }) => {
    const streams = [{ name: 'a', script: [fails(new Failure(kind, 'no'))] }];
    const { code, messages } = await readAll({ streams });
    expect(code).toBe(1);
    expect(errorsIn(messages)[0]).toMatchObject({
      failure_type: type,
      stream_descriptor: { name: 'a' },
    });
  });

  test('that is a bug is told as one, with its stack, and ends everything', async () => {
    const streams = [
      { name: 'a', script: [fails(new TypeError('x is not a function'))] },
      { name: 'b' },
    ];
    const { code, messages } = await readAll({ streams });
    expect(code).toBe(1);
    const [error] = errorsIn(messages);
    expect(error.failure_type).toBe('system_error');
    expect(error.internal_message).toBe('TypeError: x is not a function');
    expect(error.stack_trace).toContain('TypeError');
    expect(statusesOf(messages, 'b')).toEqual(['STARTED', 'INCOMPLETE']);
  });

  test('of a document ends its stream, whose state stays behind it', async () => {
    const a = {
      name: 'a',
      script: [
        numbered(0, 1),
        checkpoint,
        changes(['patch', { id: 0 }]),
        checkpoint,
        numbered(1, 2),
        checkpoint,
      ],
    };
    const { code, messages } = await readAll({
      streams: [a, { name: 'b', script: [numbered(0, 1), checkpoint] }],
    });
    expect(code).toBe(1);
    expect(recordsIn(messages)).toEqual(['a:0', 'b:0']);
    expect(statusesOf(messages, 'a')).toEqual(['STARTED', 'RUNNING', 'INCOMPLETE']);
    expect(statusesOf(messages, 'b')).toEqual(['STARTED', 'RUNNING', 'COMPLETE']);
    const states = statesIn(messages).filter(
      (state) => state.stream.stream_descriptor.name === 'a',
    );
    expect(states.map((state) => state.stream.stream_state.cursor)).toEqual([{ at: 2 }]);
  });

  test('writes the state that its pace had held back', async () => {
    const streams = [
      { name: 'a', script: [numbered(0, 1), checkpoint, fails(new Failure('access', 'no'))] },
    ];
    const pace = { everyMs: Infinity, everyRecords: Infinity };
    const { messages } = await readAll({ streams }, { pace });
    expect(statesIn(messages).map((state) => state.stream.stream_state.cursor)).toEqual([
      { at: 2 },
    ]);
  });

  test.each([
    {
      what: 'ends without a checkpoint',
      events: [
        { is: 'documents', binding: 0, documents: numbered(0, 1).documents },
        { is: 'caught-up', binding: 0 },
      ],
      message: 'Error: the source ended without a checkpoint',
    },
    {
      what: 'speaks of a stream that it was not given',
      events: [{ is: 'caught-up', binding: 7 }],
      message: 'Error: the source speaks of binding 7, which it was not given',
    },
    {
      what: 'goes on with a stream that it has ended',
      events: [
        { is: 'caught-up', binding: 0 },
        { is: 'documents', binding: 0, documents: numbered(0, 1).documents },
      ],
      message: 'Error: the source goes on with a stream that it has ended',
    },
  ] as const)('is what it is when a source $what', async ({ events, message }) => {
    const source = memorySource({ streams: [{ name: 'a' }] });
    const catalog = catalogOf(await streamsOf(source));
    async function* pull(): AsyncGenerator<SourceEvent> {
      yield* events;
      await turn();
    }
    const { code, messages } = await serve({ ...source, pull }, 'read', {
      config: {},
      catalog,
    });
    expect(code).toBe(1);
    expect(errorsIn(messages)[0].internal_message).toBe(message);
  });
});

describe('a secret', () => {
  const config = z.object({ token: secret('Token', 'Your token.') });
  const hush: Source = {
    ...memorySource(apart),
    config,
    check: async () => {
      throw new Failure('access', 'the token s3cret was refused');
    },
    async *pull({ log }) {
      log.warn('the token is s3cret', { token: 's3cret' });
      yield { is: 'checkpoint', patch: {} };
      throw new Error('no s3cret');
    },
  };

  test.each(['check', 'read'])('is in nothing that %s writes', async (command) => {
    const catalog = catalogOf([{ name: 'a' }]);
    const files = command === 'read' ? { catalog } : {};
    const { lines } = await serve(hush, command, {
      config: { token: 's3cret' },
      ...files,
      level: 'debug',
    });
    expect(lines.join('\n')).toContain('****');
    expect(lines.join('\n')).not.toContain('s3cret');
  });
});

describe('a command', () => {
  test.each([
    { args: 'nothing', complaint: 'no command "nothing"' },
    { args: 'check', complaint: 'check needs --config' },
    { args: 'write', complaint: 'write needs --config' },
  ])('$args without what it needs is answered with the usage', async ({ args, complaint }) => {
    const result = await serve(memorySource(apart), args);
    expect(result).toMatchObject({ code: 2, lines: [] });
    expect(result.complaint).toContain(complaint);
    expect(result.complaint).toContain('usage:');
  });

  test('of a destination is none of a source', async () => {
    const result = await serve(memorySource(apart), 'write', { config: {}, catalog: {} });
    expect(result).toMatchObject({ code: 2, lines: [] });
    expect(result.complaint).toContain('source-memory is a source: it cannot write');
  });

  test.each(['discover', 'read'])('%s is refused when its settings are wrong', async (command) => {
    const files = command === 'read' ? { catalog: catalogOf([]) } : {};
    const { code, messages } = await serve(memorySource(apart), command, {
      config: { account: 1 },
      ...files,
    });
    expect(code).toBe(1);
    expect(messages).toHaveLength(1);
    expect(errorsIn(messages)[0].failure_type).toBe('config_error');
  });

  test('check that ends with a bug says so, and gives no status', async () => {
    const source = memorySource({ ...apart, refuses: new TypeError('oh') });
    const { code, messages } = await serve(source, 'check', { config: {} });
    expect(code).toBe(1);
    expect(messages.map(({ type }) => type)).toEqual(['TRACE']);
  });

  test('discover that finds nothing fails', async () => {
    const { code, messages } = await serve(memorySource({ streams: [] }), 'discover', {
      config: {},
    });
    expect(code).toBe(1);
    expect(errorsIn(messages)[0].message).toBe('The source offers no streams.');
  });

  test('discover offers no key that is inside of a field, as hosts refuse such a stream', async () => {
    const streams = [{ name: 'files', key: ['/_meta/file', '/id'] }];
    const { messages } = await serve(memorySource({ streams }), 'discover', { config: {} });
    const [stream] = messages[0].catalog.streams;
    expect(stream).not.toHaveProperty('source_defined_primary_key');
    expect(stream).not.toHaveProperty('default_cursor_field');
    expect(Object.keys(stream.json_schema.properties)).not.toContain('_ab_cdc_cursor');
  });

  test('with --debug tells everything', async () => {
    const source: Source = {
      ...memorySource(apart),
      check: async ({ log }) => log.debug('looking', { at: 1n }),
    };
    const told = await serve(source, 'check', { config: {}, args: ['--debug'] });
    expect(told.messages[0]).toEqual({
      type: 'LOG',
      log: { level: 'DEBUG', message: 'looking at="1"' },
    });
    expect((await serve(source, 'check', { config: {} })).messages).toHaveLength(1);
  });
});
