import {
  checkpoint,
  changes,
  documents,
  fails,
  memorySource,
  type Step,
  waits,
} from '@fairlead/testkit';
import { Failure, Op, type Source, type SourceEvent } from '@fairlead/sdk';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { CaptureResponse } from '../protocol/capture-messages.ts';
import type { CodecName } from '../protocol/codec.ts';
import { captureOf, openSession } from '../testing/capture-task.ts';
import type { CaptureConversation } from '../preview/capture-calls.ts';

const batch = (...ids: number[]) => documents(ids.map((id) => ({ id })));

/** Responses up to and including so many checkpoints, told in short. */
async function tell(talk: CaptureConversation, checkpoints: number): Promise<string[]> {
  const told: string[] = [];
  for (let seen = 0; seen < checkpoints;) {
    const response = await talk.next();
    if (response === undefined) throw new Error('the capture ended');
    told.push(...inShort(response));
    if (response.is === 'checkpoint') seen++;
  }
  return told;
}

function inShort(response: CaptureResponse): string[] {
  if (response.is === 'captured') {
    const text = Buffer.from(response.documents.bytes).toString().trimEnd();
    return text.split('\n').map((document) => `${response.binding} ${document}`);
  }
  if (response.is === 'checkpoint') {
    return [`checkpoint ${Buffer.from(response.state?.updated ?? []).toString()}`];
  }
  if (response.is === 'sourcedSchema') {
    return [`schema ${response.binding} ${Buffer.from(response.documentSchema ?? []).toString()}`];
  }
  return [response.is];
}

/** A source with one stream, whose events a test writes down. */
function sourceOf(
  pull: (signal: AbortSignal) => AsyncGenerator<SourceEvent, void, undefined>,
): Source {
  return {
    name: 'source-test',
    title: 'Test',
    config: z.looseObject({}),
    resource: z.object({ stream: z.string() }),
    cursor: z.json(),
    check: async () => {},
    discover: async () => [],
    pull: ({ signal }) => pull(signal),
  };
}

const aborted = (signal: AbortSignal) =>
  new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error));
  });

/** The state of a binding that has caught up with an empty log. */
const known = { state: { bindingStateV1: { users: { at: 0 } } } };

const oneDocument = () => ({ is: 'documents', binding: 0, documents: batch(1).documents }) as const;

describe('acknowledgements', () => {
  test('are for the oldest checkpoints, in order', async () => {
    const script = [batch(1), checkpoint, batch(2), checkpoint, batch(3), checkpoint];
    const source = memorySource({ streams: [{ name: 'users', script }] });
    await using talk = await openSession(captureOf(source), ['users']);
    await tell(talk, 4);
    expect(source.committed).toEqual([]);
    await talk.send({ is: 'acknowledge', checkpoints: 2 });
    await expect
      .poll(() => source.committed)
      .toEqual([{ bindings: { users: { at: 2 } } }, { bindings: { users: { at: 4 } } }]);
    await talk.send({ is: 'acknowledge', checkpoints: 1 });
    await expect.poll(() => source.committed.at(-1)).toEqual({ bindings: { users: { at: 6 } } });
    await talk.finish();
  });

  test('that the source cannot bear end the session', async () => {
    const source = sourceOf(async function* (signal) {
      yield oneDocument();
      const committed = async () => {
        throw new Failure('transient', 'the log cannot be released');
      };
      yield { is: 'checkpoint', patch: { shared: 1 }, committed };
      await aborted(signal);
    });
    await using talk = await openSession(captureOf(source), ['users']);
    await tell(talk, 1);
    await talk.send({ is: 'acknowledge', checkpoints: 1 });
    await expect(talk.next()).rejects.toThrow('exited with code 4: the log cannot be released');
  });

  test('come in while the output is blocked', async () => {
    const script = [
      batch(1),
      checkpoint,
      ...Array.from({ length: 50 }, () => [batch(2), checkpoint]).flat(),
    ];
    const source = memorySource({ streams: [{ name: 'users', script }] });
    await using talk = await openSession(captureOf(source), ['users']);
    await tell(talk, 1);
    await talk.send({ is: 'acknowledge', checkpoints: 1 });
    await expect.poll(() => source.committed.length).toBe(1);
  });
});

describe.each<CodecName>(['json', 'proto'])('in %s, the memory of documents', (codec) => {
  test('is given back once they are written, and may then hold others', async () => {
    const block = Buffer.alloc(64);
    const given: string[] = [];
    const source = sourceOf(async function* () {
      for (const id of [1, 2, 3]) {
        const line = `{"id":${id}}\n`;
        const bytes = block.subarray(0, block.write(line));
        const ops = Uint8Array.of(id === 2 ? Op.delete : Op.upsert);
        yield {
          is: 'documents',
          binding: 0,
          documents: { bytes, ends: Uint32Array.of(line.length), ops },
          release() {
            given.push(line);
            block.fill('x');
          },
        };
      }
      const nothing = { bytes: block.subarray(0, 0), ends: new Uint32Array() };
      yield { is: 'documents', binding: 0, documents: nothing, release: () => given.push('none') };
      yield { is: 'checkpoint', patch: {} };
    });
    await using talk = await openSession(captureOf(source, codec), ['users']);
    expect(await tell(talk, 1)).toEqual([
      '0 {"id":1}',
      '0 {"_meta":{"op":"d"},"id":2}',
      '0 {"id":3}',
      'checkpoint ',
    ]);
    expect(given).toEqual(['{"id":1}\n', '{"id":2}\n', '{"id":3}\n', 'none']);
  });
});

describe('a stop', () => {
  test('between sequences ends the session at once', async () => {
    const source = memorySource({ streams: [{ name: 'users', script: [batch(1), checkpoint] }] });
    await using talk = await openSession(captureOf(source), ['users']);
    await tell(talk, 2);
    await talk.finish();
    expect(source.open).toBe(0);
  });

  test('within a sequence waits for its end', async () => {
    let go = () => {};
    const gate = new Promise<void>((resolve) => (go = resolve));
    const script: Step[] = [
      batch(1),
      waits(() => gate),
      batch(2),
      checkpoint,
      batch(3),
      checkpoint,
    ];
    // The stream shares a position, so that it is not read ahead.
    const log = script.map((step) => ({ ...step, stream: 'users' }));
    const source = memorySource({ streams: [{ name: 'users' }], log });
    await using talk = await openSession(captureOf(source), ['users'], known);
    expect((await talk.expect('captured')).binding).toBe(0);
    talk.end();
    go();
    expect(await tell(talk, 1)).toEqual(['0 {"id":2}', 'checkpoint {"shared":{"at":4}}']);
    expect(await talk.next()).toBeUndefined();
  });

  test('within a sequence that does not end is a failure', async () => {
    const source = sourceOf(async function* (signal) {
      yield oneDocument();
      await aborted(signal);
    });
    const capture = captureOf(source, 'json', { stopGraceMs: 1 });
    await using talk = await openSession(capture, ['users']);
    await talk.expect('captured');
    talk.end();
    await expect(talk.next()).rejects.toThrow('code 1: the capture was asked to stop');
  });
});

describe('a source', () => {
  test('that ends lets the session end, while the input stays open', async () => {
    const source = sourceOf(async function* () {
      yield oneDocument();
      yield { is: 'checkpoint', patch: {} };
    });
    await using talk = await openSession(captureOf(source), ['users']);
    expect(await tell(talk, 1)).toEqual(['0 {"id":1}', 'checkpoint ']);
    expect(await talk.next()).toBeUndefined();
  });

  test('that ends without a checkpoint is a bug', async () => {
    const source = sourceOf(async function* () {
      yield oneDocument();
    });
    await using talk = await openSession(captureOf(source), ['users']);
    await talk.expect('captured');
    await expect(talk.next()).rejects.toThrow('code 1: the source ended without a checkpoint');
  });

  test('that fails ends the session with its failure', async () => {
    const error = new Failure('transient', 'the server went away');
    const script = [batch(1), checkpoint, fails(error)];
    const log = script.map((step) => ({ ...step, stream: 'users' }));
    const source = memorySource({ streams: [{ name: 'users' }], log });
    await using talk = await openSession(captureOf(source), ['users'], known);
    await tell(talk, 1);
    await expect(talk.next()).rejects.toThrow('exited with code 4: the server went away');
  });

  test('of which one stream fails reads the others until they have caught up', async () => {
    const broken = fails(new Failure('data', 'row 7 is broken', { where: 'orders.csv' }));
    const source = memorySource({
      streams: [
        { name: 'orders', script: [batch(1), checkpoint, broken] },
        {
          name: 'users',
          script: [batch(1), checkpoint, batch(2), checkpoint, batch(3), checkpoint],
        },
      ],
    });
    const capture = captureOf(source);
    await using talk = await openSession(capture, ['orders', 'users']);
    const told: string[] = [];
    await expect(
      (async () => {
        for (;;) told.push(...(await tell(talk, 1)));
      })(),
    ).rejects.toThrow('exited with code 5: orders.csv: row 7 is broken');
    expect(told.filter((text) => text.startsWith('1 '))).toEqual([
      '1 {"id":1}',
      '1 {"id":2}',
      '1 {"id":3}',
    ]);
    expect(capture.log.map(({ message }) => message)).toContain(
      'a stream failed, the others go on until they have caught up',
    );
  });
});

describe('a schema of the source', () => {
  const schema = (type: string): Step => ({
    is: 'schema',
    schema: {
      type: 'object',
      properties: { id: { type }, tags: { type: 'array', items: { properties: { a: {} } } } },
    },
  });

  test('is closed, not repeated, and followed by a checkpoint', async () => {
    const script = [
      schema('integer'),
      batch(1),
      checkpoint,
      schema('integer'),
      schema('string'),
      checkpoint,
    ];
    const source = memorySource({ streams: [{ name: 'users', script }] });
    await using talk = await openSession(captureOf(source), ['users']);
    const closed = (type: string) =>
      `schema 0 {"type":"object","properties":{"id":{"type":"${type}"},"tags":{"type":"array","items":{"properties":{"a":{}},"additionalProperties":false}}},"additionalProperties":false}`;
    expect(await tell(talk, 2)).toEqual([
      closed('integer'),
      '0 {"id":1}',
      'checkpoint {"bindingStateV1":{"users":{"at":3}}}',
      closed('string'),
      'checkpoint {"bindingStateV1":{"users":{"at":6}}}',
    ]);
    await talk.finish();
  });

  test('is followed by a checkpoint also when the source ends', async () => {
    const source = sourceOf(async function* () {
      yield { is: 'schema', binding: 0, schema: { type: 'object' } };
    });
    await using talk = await openSession(captureOf(source), ['users']);
    expect(await tell(talk, 1)).toEqual(['schema 0 {"type":"object"}', 'checkpoint ']);
    expect(await talk.next()).toBeUndefined();
  });
});

test('what a document does to its row is told under _meta', async () => {
  const script = [
    changes(
      ['insert', { id: 1 }],
      ['upsert', { id: 2, _meta: { op: 'c' } }],
      ['delete', { id: 3 }],
      ['delete', { id: 4, _meta: { op: 'c', file: 'a' } }],
      ['patch', { id: 5, _meta: {} }],
    ),
    checkpoint,
  ];
  const source = memorySource({ streams: [{ name: 'users', script }] });
  await using talk = await openSession(captureOf(source), ['users']);
  expect(await tell(talk, 1)).toEqual([
    '0 {"id":1}',
    '0 {"id":2,"_meta":{"op":"c"}}',
    '0 {"_meta":{"op":"d"},"id":3}',
    '0 {"id":4,"_meta":{"op":"d","file":"a"}}',
    '0 {"id":5,"_meta":{"op":"u"}}',
    'checkpoint {"bindingStateV1":{"users":{"at":2}}}',
  ]);
});

test('a deleted document whose _meta is no object is a data failure', async () => {
  const script = [documents([{ id: 1, _meta: 7 }], Op.delete), checkpoint];
  const source = memorySource({ streams: [{ name: 'users', script }] });
  await using talk = await openSession(captureOf(source), ['users']);
  await expect(talk.next()).rejects.toThrow('exited with code 5: a deleted or changed document');
});

test.each([
  { backfillMarkers: false, expected: ['0 {"id":1}'] },
  { backfillMarkers: true, expected: ['backfillBegin', '0 {"id":1}', 'backfillComplete'] },
])('markers of backfills are sent when they are asked for: $backfillMarkers', async (options) => {
  const script: Step[] = [{ is: 'backfill-begins' }, batch(1), { is: 'backfill-ends' }, checkpoint];
  const source = memorySource({ streams: [{ name: 'users', script }] });
  await using talk = await openSession(captureOf(source, 'json', options), ['users']);
  const told = await tell(talk, 1);
  expect(told.slice(0, -1)).toEqual(options.expected);
});

test.each([
  [0, 0x7fff_ffff],
  [0x8000_0000, 0xffff_ffff],
])('a shard reads its own keys: %d to %d', async (keyBegin, keyEnd) => {
  const script = [batch(...Array(50).keys()), checkpoint];
  const source = memorySource({ streams: [{ name: 'users', script }], sharded: true });
  await using talk = await openSession(captureOf(source), ['users'], {
    range: { keyBegin, keyEnd },
  });
  const told = await tell(talk, 1);
  const other = memorySource({ streams: [{ name: 'users', script }], sharded: true });
  await using rest = await openSession(captureOf(other), ['users'], {
    range: keyBegin === 0 ? { keyBegin: 0x8000_0000 } : { keyEnd: 0x7fff_ffff },
  });
  const both = [...told, ...(await tell(rest, 1))].filter((text) => text.startsWith('0 '));
  expect(told.length).toBeGreaterThan(1);
  expect(both.toSorted()).toEqual([...Array(50).keys()].map((id) => `0 {"id":${id}}`).toSorted());
});

test('the state of a shared log is beside those of bindings', async () => {
  const log = [
    { ...batch(1), stream: 'users' },
    checkpoint,
    { ...batch(2), stream: 'users' },
    checkpoint,
  ];
  const source = memorySource({ streams: [{ name: 'users' }], log });
  await using talk = await openSession(captureOf(source), ['users'], {
    state: { shared: { at: 2 }, bindingStateV1: { users: { at: 0 } } },
  });
  expect(await tell(talk, 1)).toEqual(['0 {"id":2}', 'checkpoint {"shared":{"at":4}}']);
});
