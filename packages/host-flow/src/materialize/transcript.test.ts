import { wholeRange } from '@fairlead/sdk';
import { expectGolden, memoryDestination } from '@fairlead/testkit';
import { expect, test } from 'vitest';
import type { CodecName } from '../protocol/codec.ts';
import {
  materializeRequests,
  type MaterializeRequestDraft,
} from '../protocol/materialize-messages.ts';
import { messageWriter } from '../protocol/message-writer.ts';
import { jsonBytes } from './answers.ts';
import { BindingTransaction } from './drive-transaction.ts';
import { checkpointAfter } from './runtime-log.ts';
import { people, peopleBinding } from './test-specs.ts';
import { serveAll } from './test-serve.ts';

const config = jsonBytes({ hardDelete: true });
const materialization = { name: 'acmeCo/golden', config, bindings: [peopleBinding()] };
const ann = { id: 1, name: 'Ann', amount: 10 };

test.each([
  ['in-destination', 'json'],
  ['in-destination', 'proto'],
  ['staged', 'json'],
  ['staged', 'proto'],
  ['at-least-once', 'json'],
  ['at-least-once', 'proto'],
] as const)('every call of a task, %s, %s', async (commits, codec) => {
  const memory = memoryDestination({ commits });
  const packed = codec === 'proto';
  const open: MaterializeRequestDraft = {
    is: 'open',
    materialization,
    version: '1',
    range: { keyEnd: wholeRange.end, rClockEnd: wholeRange.end },
    state: jsonBytes({}),
  };
  const unary: MaterializeRequestDraft[] = [
    {
      is: 'validate',
      name: 'acmeCo/golden',
      config,
      bindings: [
        { resourceConfig: jsonBytes({ table: 'people' }), collection: people, groupBy: ['id'] },
      ],
    },
    { is: 'apply', materialization, version: '1', state: jsonBytes({}) },
    { is: 'apply', materialization, version: '1', state: jsonBytes({}) },
  ];
  const first = transaction(packed);
  first.add(ann, '');
  const second = transaction(packed);
  second.add({ id: 1, name: 'Ann', amount: 17 }, '');
  second.add({ id: 2, name: 'Bob', amount: 2n ** 60n }, '');
  const session: MaterializeRequestDraft[] = [
    open,
    { is: 'acknowledge' },
    { is: 'flush' },
    ...present(first.stores()),
    { is: 'startCommit', runtimeCheckpoint: checkpointAfter(1) },
    { is: 'acknowledge' },
    ...present(second.loads('\u00ff')),
    { is: 'flush' },
    ...present(second.stores()),
    { is: 'startCommit', runtimeCheckpoint: checkpointAfter(2) },
    { is: 'acknowledge' },
  ];
  const streams = [
    [],
    ...unary.map((request) => [request]),
    session,
    [open, { is: 'acknowledge' }],
  ];
  let told = '';
  for (const requests of streams) {
    const all: MaterializeRequestDraft[] = [
      { is: 'spec', config: jsonBytes({}) },
      ...(requests as readonly MaterializeRequestDraft[]),
    ];
    const { exitCode, bytes } = await serveAll(memory, all, codec);
    expect(exitCode).toBe(0);
    told += `--- a process\n${all.map((request) => `→ ${written(request, codec)}`).join('\n')}\n`;
    told += `${frames(bytes, codec)
      .map((frame) => `← ${frame}`)
      .join('\n')}\n`;
  }
  expectGolden(new URL(`goldens/materialize-${commits}-${codec}.txt`, import.meta.url), told, {
    // The number of a staged transaction depends on what ran before.
    volatile: {
      'golden-<fence>-<number>': /golden-\d+-\d+/g,
      '"golden-<fence>-<number>"': /676f6c64656e2d(?:3\d)+2d(?:3\d)+/g,
    },
  });
});

function transaction(packed: boolean): BindingTransaction {
  return new BindingTransaction(peopleBinding(), 0, (_, after) => after, packed);
}

function present<T>(value: T | undefined): T[] {
  return value === undefined ? [] : [value];
}

function written(request: MaterializeRequestDraft, codec: CodecName): string {
  const writer = messageWriter<MaterializeRequestDraft>(materializeRequests, codec);
  return frames(Buffer.from(writer.encode(request)), codec).join('\n→ ');
}

/** Each message: a line of JSON, or hexadecimal digits. */
function frames(bytes: Buffer, codec: CodecName): string[] {
  if (codec === 'json') return bytes.toString('utf8').trimEnd().split('\n');
  const found: string[] = [];
  for (let at = 0; at < bytes.length;) {
    const end = at + 4 + bytes.readUInt32LE(at);
    found.push(bytes.toString('hex', at, end));
    at = end;
  }
  return found;
}
