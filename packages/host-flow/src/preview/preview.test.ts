import { buildProgram, checkpoint, documents, memorySource, type Step } from '@fairlead/testkit';
import type { Json } from '@fairlead/sdk';
import { afterAll, describe, expect, test } from 'vitest';
import type { CodecName } from '../protocol/codec.ts';
import { jsonText, jsonValue } from '../protocol/json-text.ts';
import { captureOf } from '../testing/capture-task.ts';
import { converse } from './capture-calls.ts';
import { launchCommand } from './launch.ts';
import { previewCapture, type PreviewOptions, splitRange } from './preview-capture.ts';
import { afterUpdate, readUpdate } from './state-update.ts';
import { printPreview, type PrintOptions } from './print-preview.ts';

const script = (count: number): Step[] =>
  Array.from({ length: count }, (_, id) => [documents([{ id }]), checkpoint]).flat();

const config = { account: 'a' };

async function lines(options: PreviewOptions, print?: PrintOptions): Promise<string[]> {
  const printed: Uint8Array[] = [];
  for await (const step of previewCapture(options))
    printed.push(Buffer.from(printPreview(step, print)));
  return Buffer.concat(printed).toString().trimEnd().split('\n');
}

const documentLines = (printed: readonly string[]) =>
  printed.filter((line) => line.startsWith('["acmeCo/'));

describe('a preview', () => {
  test('prints documents and checkpoints, and the state at the end', async () => {
    const capture = captureOf(memorySource({ streams: [{ name: 'users', script: script(2) }] }));
    expect(await lines({ ...capture, config, sessions: [2] })).toEqual([
      '["acmeCo/users",{"id":0}]',
      '["connectorState",{"updated":{"bindingStateV1":{"users":{"at":2}}},"mergePatch":true}]',
      '["acmeCo/users",{"id":1}]',
      '["connectorState",{"updated":{"bindingStateV1":{"users":{"at":4}}},"mergePatch":true}]',
      '["connectorState",{"bindingStateV1":{"users":{"at":4}}}]',
    ]);
  });

  test('tells its steps when asked', async () => {
    const capture = captureOf(memorySource({ streams: [{ name: 'users', script: script(1) }] }));
    const printed = await lines(
      { ...capture, config, sessions: [1, 0] },
      { steps: true, states: false },
    );
    expect(printed).toEqual([
      '["bindings",[{"collection":"acmeCo/users","resourcePath":["users"],"key":["/id"]}]]',
      '["session",0]',
      '["acmeCo/users",{"id":0}]',
      '["session",1]',
    ]);
  });

  test.each<[CodecName, 'close' | 'kill']>([
    ['json', 'close'],
    ['json', 'kill'],
    ['proto', 'close'],
    ['proto', 'kill'],
  ])('restarts at every checkpoint without loss or repetition (%s, %s)', async (codec, stop) => {
    const count = 6;
    for (let at = 0; at <= count; at++) {
      const source = memorySource({ streams: [{ name: 'users', script: script(count) }] });
      const options = { ...captureOf(source, codec), config, stop };
      const printed = await lines({ ...options, sessions: [at, count - at] });
      expect(documentLines(printed)).toEqual(
        [...Array(count).keys()].map((id) => `["acmeCo/users",{"id":${id}}]`),
      );
    }
  });

  test('splits the keys over shards, each with a state of its own', async () => {
    const script_ = [documents([...Array(40).keys()].map((id) => ({ id }))), checkpoint];
    const source = memorySource({ streams: [{ name: 'users', script: script_ }], sharded: true });
    const options = { ...captureOf(source), config, sessions: [1, 0], shards: 3 };
    const printed = await lines(options);
    const ids = documentLines(printed).map((line) => Number(/"id":(\d+)/.exec(line)?.[1]));
    expect(ids.toSorted((a, b) => a - b)).toEqual([...Array(40).keys()]);
    expect(printed.slice(-3).map((line): unknown => JSON.parse(line))).toEqual(
      ['00000000-55555554', '55555555-aaaaaaa9', 'aaaaaaaa-ffffffff'].map((range) => [
        'connectorState',
        { bindingStateV1: { users: { at: 2 } } },
        range,
      ]),
    );
  });

  test('ends a session in which nothing comes any more', async () => {
    const capture = captureOf(memorySource({ streams: [{ name: 'users', script: script(1) }] }));
    const printed = await lines({ ...capture, config, quietMs: 20 }, { states: false });
    expect(printed).toEqual(['["acmeCo/users",{"id":0}]']);
  });

  test('reads only the streams that are asked for', async () => {
    const streams = [
      { name: 'users', script: script(1) },
      { name: 'orders', script: script(1) },
    ];
    const options = { ...captureOf(memorySource({ streams })), config, sessions: [1] };
    expect(documentLines(await lines({ ...options, streams: ['orders'] }))).toEqual([
      '["acmeCo/orders",{"id":0}]',
    ]);
    await expect(lines({ ...options, streams: ['order'] })).rejects.toThrow(
      'the capture offers no stream order',
    );
  });

  test('does not acknowledge when it is told not to', async () => {
    for (const acknowledge of [true, false]) {
      const source = memorySource({ streams: [{ name: 'users', script: script(3) }] });
      await lines({ ...captureOf(source), config, sessions: [3], acknowledge });
      expect(source.committed.length > 0).toBe(acknowledge);
    }
  });
});

const { command, ...program } = await buildProgram(
  new URL('../testing/main-capture.ts', import.meta.url),
);
afterAll(() => program[Symbol.asyncDispose]());

describe('any executable', () => {
  test.each<[CodecName, 'close' | 'kill', number[]]>([
    ['json', 'close', [2, 1]],
    ['proto', 'kill', [1, 2]],
  ])('is run as the runtime would, in %s, ended by a %s', async (codec, stop, sessions) => {
    const logged: string[] = [];
    const env = { TEST_PRINTS: 'what others print' };
    const launch = launchCommand(command, { env, onLog: (line) => logged.push(line) });
    const printed = await lines({ launch, codec, config, sessions, stop });
    expect(documentLines(printed)).toEqual([0, 1, 2].map((id) => `["acmeCo/users",{"id":${id}}]`));
    // It goes to the standard error.
    expect(logged).toContain('what others print');
  });

  test('that fails is told by its last log record', async () => {
    const wrong = lines({ launch: launchCommand(command), codec: 'json', config: { account: 7 } });
    await expect(wrong).rejects.toThrow(/exited with code 2: settings of source-memory: account: /);
  });

  test('that cannot be started is told', async () => {
    const launch = launchCommand(['/nowhere/connector']);
    await expect(converse({ launch, codec: 'json' })).rejects.toThrow('ENOENT');
  });
});

describe('what the runtime would refuse is refused:', () => {
  /** A connector that says these lines, whatever it is asked. */
  const saying = (...answers: readonly string[]) =>
    launchCommand(['/bin/sh', '-c', 'printf "%s\\n" "$@"', 'sh', ...answers]);
  const spec = '{"spec":{"protocol":3032023,"resourcePathPointers":["/stream"]}}';

  test.each([
    ['an older protocol', ['{"spec":{"protocol":1}}'], /speaks protocol 1/],
    ['no pointers', ['{"spec":{"protocol":3032023}}'], /names no resourcePathPointers/],
    ['a member that nobody knows', ['{"spec":{"protocol":3032023,"x":1}}'], /no member "x"/],
    ['another answer', [spec, '{"applied":{}}'], /"discovered" is expected, and "applied" came/],
    [
      'two answers',
      [spec, '{"discovered":{}}', '{"discovered":{}}'],
      /says more than it was asked/,
    ],
    ['no answer', [spec], /"discovered" is expected, and the connector ended/],
    ['half a line', [`${spec}\n{"disc`], /malformed|middle/],
  ])('%s', async (_what, answers, message) => {
    const options = { launch: saying(...answers), codec: 'json', config } as const;
    await expect(lines(options)).rejects.toThrow(message);
  });
});

describe('in a preview, a connector is refused that', () => {
  const good: Readonly<Record<string, readonly string[]>> = {
    spec: ['{"spec":{"protocol":3032023,"resourcePathPointers":["/stream"]}}'],
    discover: [
      '{"discovered":{"bindings":[{"recommendedName":"a"},{"recommendedName":"b","key":["/id"]}]}}',
    ],
    validate: ['{"validated":{"bindings":[{"resourcePath":["a"]},{"resourcePath":["b"]}]}}'],
    apply: ['{"applied":{}}'],
    open: ['{"opened":{}}', '{"captured":{"binding":1,"doc":{"id":1}}}', '{"checkpoint":{}}'],
  };

  /** A connector that gives fixed answers to each kind of request, and ends after a session. */
  function replying(replies: Readonly<Record<string, readonly string[]>>) {
    const cases = Object.entries({ ...good, ...replies }).map(
      ([name, answers]) =>
        `'{"${name}"'*) printf '%s\\n' ${answers.map((line) => `'${line}'`).join(' ')};;`,
    );
    const end = `case "$line" in '{"open"'*) exit 0;; esac`;
    const loop = `while read -r line; do case "$line" in ${cases.join(' ')} esac; ${end}; done`;
    return { launch: launchCommand(['/bin/sh', '-c', loop]), codec: 'json', config } as const;
  }

  test('does nothing of what follows, is not', async () => {
    expect(await lines(replying({}), { states: false })).toEqual(['["acmeCo/b",{"id":1}]']);
  });

  test.each<[string, Readonly<Record<string, readonly string[]>>, RegExp]>([
    [
      'validates too few bindings',
      { validate: ['{"validated":{}}'] },
      /2 bindings were validated as 0/,
    ],
    [
      'gives two bindings one path',
      { validate: ['{"validated":{"bindings":[{"resourcePath":["a"]},{"resourcePath":["a"]}]}}'] },
      /resource paths have to be there, and unique/,
    ],
    [
      'wants to be applied without end',
      { apply: ['{"applied":{"state":{"updated":{"n":1},"mergePatch":true}}}'] },
      /still changes its state after 3 applies/,
    ],
    [
      'captures before it has opened',
      { open: ['{"captured":{"doc":{}}}', '{"opened":{}}'] },
      /"opened" is expected, and "captured" came/,
    ],
    [
      'ends in the middle of a sequence',
      { open: ['{"opened":{}}', '{"captured":{"doc":{}}}'] },
      /ended in the middle of a sequence/,
    ],
    [
      'captures for a binding that is not there',
      { open: ['{"opened":{}}', '{"captured":{"binding":2,"doc":{}}}', '{"checkpoint":{}}'] },
      /there is no binding 2/,
    ],
    [
      'captures no document',
      { open: ['{"opened":{}}', '{"captured":{"binding":1}}', '{"checkpoint":{}}'] },
      /has no document/,
    ],
    [
      'opens twice',
      { open: ['{"opened":{}}', '{"opened":{}}'] },
      /"opened" has no place in a session/,
    ],
    [
      'sources a schema that is open',
      {
        open: [
          '{"opened":{}}',
          '{"sourcedSchema":{"documentSchema":{"properties":{"a":{"items":{"properties":{}}}},"additionalProperties":false}}}',
        ],
      },
      /a sourced schema is not closed/,
    ],
  ])('%s', async (_what, replies, message) => {
    await expect(lines(replying(replies))).rejects.toThrow(message);
  });
});

test.each([
  [
    '{"a":{"b":1,"c":2}}',
    '{"a":{"b":null,"d":12345678901234567890.5}}',
    true,
    '{"a":{"c":2,"d":12345678901234567890.5}}',
  ],
  ['{"a":1}', '{"b":[null]}', true, '{"a":1,"b":[null]}'],
  ['{"a":1}', '{"b":2}', false, '{"b":2}'],
  ['{"a":1.10000000000000000001}', '{"a":{"b":1}}', true, '{"a":{"b":1}}'],
  ['{}', '{"__proto__":{"a":1}}', true, '{"__proto__":{"a":1}}'],
])('%s updated with %s (merged: %s) is %s', (before, updated, mergePatch, after) => {
  const state = jsonValue(Buffer.from(before), 'state') as Json;
  const update = readUpdate({ updated: Buffer.from(updated), mergePatch });
  expect(Buffer.from(jsonText(afterUpdate(state, update))).toString()).toBe(after);
});

test.each([
  [1, ['0-ffffffff']],
  [2, ['0-7fffffff', '80000000-ffffffff']],
  [3, ['0-55555554', '55555555-aaaaaaa9', 'aaaaaaaa-ffffffff']],
])('%d shards share all keys', (shards, expected) => {
  const ranges = splitRange(shards).map(
    ({ begin, end }) => `${begin.toString(16)}-${end.toString(16)}`,
  );
  expect(ranges).toEqual(expected);
});
