import { buildProgram } from '@fairlead/testkit';
import { afterAll, describe, expect, test } from 'vitest';
import type { CodecName } from './protocol/codec.ts';
import { captureRequests } from './protocol/capture-messages.ts';
import { materializeRequests } from './protocol/materialize-messages.ts';
import type { MessageSet } from './protocol/message-set.ts';
import { jsonText } from './protocol/json-text.ts';
import { messageWriter } from './protocol/message-writer.ts';
import { openOf } from './testing/capture-task.ts';
import { peopleBinding } from './materialize/test-specs.ts';
import { runProgram } from './testing/run-program.ts';
import { launchCommand } from './preview/launch.ts';

// What must not be said to a connector, said to processes: each ends with its last log record and an exit code.

const capture = await buildProgram(new URL('testing/main-capture.ts', import.meta.url));
const materialize = await buildProgram(new URL('materialize/test-connector.ts', import.meta.url));

afterAll(async () => {
  await capture[Symbol.asyncDispose]();
  await materialize[Symbol.asyncDispose]();
});

interface Request {
  readonly is: string;
}

const line = (text: string) => [Buffer.from(`${text}\n`)];
const frame = (hex: string) => [Buffer.from(hex, 'hex')];
const sent = (set: MessageSet, codec: CodecName, ...requests: readonly Request[]) => {
  const writer = messageWriter(set, codec);
  return requests.map((request) => Buffer.from(writer.encode(request)));
};

function* megabytes(count: number): Generator<Buffer> {
  yield Buffer.from('{"spec":{"config":"');
  const piece = Buffer.alloc(1_000_000, 'x');
  for (let at = 0; at < count; at++) yield piece;
}

const openTask = {
  is: 'open',
  materialization: { name: 'acmeCo/test', config: jsonText({}), bindings: [peopleBinding()] },
  version: '1',
  range: { keyBegin: 0, keyEnd: 0xffff_ffff },
};

/** What either protocol refuses, in JSON. */
const lines: readonly (readonly [
  string,
  readonly Uint8Array[] | (() => Iterable<Uint8Array>),
  number,
  RegExp,
])[] = [
  ['a malformed line', line('{"spec":{'), 5, /^malformed JSON/],
  ['an unknown request', line('{"rewind":{}}'), 5, /no known kind/],
  ['a line of 100 MB', () => megabytes(100), 5, /is longer than 67108864 bytes$/],
  ['an end in the middle', [Buffer.from('{"spec":')], 5, /ended in the middle/],
  [
    'a lone surrogate',
    line('{"validate":{"name":"a","config":{"a":"\\udfff"}}}'),
    5,
    /lone surrogate/,
  ],
  [
    'settings that are no object',
    line('{"validate":{"name":"a","config":12345678901234567890}}'),
    2,
    /settings/,
  ],
];

describe.each([
  { name: 'capture', program: [...capture.command] },
  { name: 'materialization', program: [...materialize.command, 'null'] },
])('a $name', ({ program }) => {
  test.each(lines)('is told %s', async (_what, input, code, message) => {
    const given = typeof input === 'function' ? input() : input;
    const ended = await runProgram({ command: program, codec: 'json', input: given });
    expect({ code: ended.code, level: ended.last.level }).toEqual({ code, level: 'error' });
    expect(ended.last.message).toMatch(message);
  });

  test.each([
    ['a frame that is cut off', frame('0800000000'), 5, /ended in the middle/],
    ['a frame of 4 GB', frame('ffffffff0a00'), 5, /is longer than 67108864 bytes$/],
    ['a frame of something else', frame('03000000ffffff'), 5, /./],
    ['an unknown request', frame('03000000ea0400'), 5, /no known kind/],
  ])('is told, in protobuf, %s', async (_what, input, code, message) => {
    const ended = await runProgram({ command: program, codec: 'proto', input });
    expect({ code: ended.code, level: ended.last.level }).toEqual({ code, level: 'error' });
    expect(ended.last.message).toMatch(message);
  });
});

describe.each<CodecName>(['json', 'proto'])('in %s, a capture', (codec) => {
  const tell = (...requests: readonly Request[]) => sent(captureRequests, codec, ...requests);

  test.each([
    ['an acknowledgement before it was opened', tell({ is: 'acknowledge' }), 5, /out of order/],
    ['a second open', tell(openOf(['users']), openOf(['users'])), 5, /out of order/],
    [
      'the state of another connector',
      tell(openOf(['users'], { state: { bindingStateV1: { users: { lsn: '0/1' } } } })),
      6,
      /the saved state does not fit/,
    ],
    [
      'settings with a number of many digits for a text',
      tell(openOf(['users'], { config: { account: 2 ** 60 } })),
      2,
      /^settings of source-memory: account: /,
    ],
  ])('is told %s', async (_what, input, code, message) => {
    const ended = await runProgram({ command: capture.command, codec, input });
    expect({ code: ended.code, level: ended.last.level }).toEqual({ code, level: 'error' });
    expect(ended.last.message).toMatch(message);
  });

  test('that nobody listens to any more fails', async () => {
    const input = tell(openOf(['users']));
    const env = { TEST_BATCHES: '100000' };
    const given = { command: capture.command, codec, input, env, closesOutput: true };
    expect(await runProgram(given)).toMatchObject({
      code: 4,
      last: { level: 'error', message: 'the reader of the output has gone away' },
    });
  });
});

describe.each<CodecName>(['json', 'proto'])('in %s, a materialization', (codec) => {
  const tell = (...requests: readonly Request[]) => sent(materializeRequests, codec, ...requests);

  test.each([
    ['a flush before it was opened', tell({ is: 'flush' }), 5, /out of order/],
    ['a second open', tell(openTask, openTask), 5, /out of order/],
    [
      'an end within a transaction',
      tell(openTask, { is: 'acknowledge' }, { is: 'flush' }),
      5,
      /middle/,
    ],
    [
      'a binding that there is not',
      tell(openTask, { is: 'acknowledge' }, {
        is: 'load',
        binding: 9,
        packed: true,
        keys: { bytes: Buffer.of(0x15, 1), starts: Uint32Array.of(0), ends: Uint32Array.of(2) },
      } as Request),
      5,
      /binding 9/,
    ],
  ])('is told %s', async (_what, input, code, message) => {
    const command = [...materialize.command, 'null'];
    const ended = await runProgram({ command, codec, input });
    expect({ code: ended.code, level: ended.last.level }).toEqual({ code, level: 'error' });
    expect(ended.last.message).toMatch(message);
  });
});

test.each<CodecName>(['json', 'proto'])(
  'a materialization that nobody listens to any more fails, in %s',
  async (codec) => {
    const log: string[] = [];
    const command = [...materialize.command, 'null'];
    await using running = launchCommand(command, { onLog: (said) => log.push(said) })(codec);
    const [open, acknowledge] = sent(materializeRequests, codec, openTask, { is: 'acknowledge' });
    await running.send(open ?? Buffer.alloc(0));
    for await (const _opened of running.output) break;
    await running.send(acknowledge ?? Buffer.alloc(0));
    const { code } = await running.exited;
    expect({ code, last: JSON.parse(log.at(-1) ?? '') }).toMatchObject({
      code: 4,
      last: { level: 'error', message: 'the reader of the output has gone away' },
    });
  },
);
