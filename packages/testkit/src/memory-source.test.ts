import { Failure, Op } from '@fairlead/sdk';
import { describe, expect, test } from 'vitest';
import { memorySource, type MemorySource } from './memory-source.ts';
import type { MemorySourceOptions } from './memory-stream.ts';
import { linesOf, pull, pullAll, type PullOptions, stateAfter, tellEvents } from './pull.ts';
import { backfill, changes, checkpoint, documents, fails, on, waits } from './script.ts';

const two: MemorySourceOptions = {
  streams: [
    { name: 'a', script: backfill(documents([{ id: 1 }]), checkpoint, documents([{ id: 2 }])) },
    { name: 'b', script: [documents([{ id: 9 }]), checkpoint] },
  ],
};

describe('streams with a script each', () => {
  test('say what their scripts say, one after the other, and are caught up at the end', async () => {
    expect(await story(memorySource(two))).toEqual([
      '0: backfill-begins',
      '0: {"id":1}',
      'checkpoint {"bindings":{"a":{"at":3}}}',
      '0: {"id":2}',
      '0: backfill-ends',
      'checkpoint {"bindings":{"a":{"at":6}}}',
      '0: caught-up',
      '1: {"id":9}',
      'checkpoint {"bindings":{"b":{"at":2}}}',
      '1: caught-up',
    ]);
  });

  test('go on where the state says', async () => {
    const state = { bindings: { a: { at: 3 }, b: { at: 2 } } };
    expect(await story(memorySource(two), { state })).toEqual([
      '0: {"id":2}',
      '0: backfill-ends',
      'checkpoint {"bindings":{"a":{"at":6}}}',
      '0: caught-up',
      '1: caught-up',
    ]);
  });

  test('a stream that fails ends alone, as often as it shall', async () => {
    const broken = new Failure('access', 'no');
    const source = memorySource({
      streams: [
        { name: 'a', script: [documents([{ id: 1 }]), fails(broken, 1), checkpoint] },
        { name: 'b', script: [documents([{ id: 9 }]), checkpoint] },
      ],
    });
    expect(await story(source)).toEqual([
      '0: failed, access: no',
      '1: {"id":9}',
      'checkpoint {"bindings":{"b":{"at":2}}}',
      '1: caught-up',
    ]);
    expect(await story(source, { streams: ['a'] })).toEqual([
      '0: {"id":1}',
      'checkpoint {"bindings":{"a":{"at":3}}}',
      '0: caught-up',
    ]);
  });

  test('documents have the operations that they were given', async () => {
    const script = [
      changes(['insert', { id: 1 }], ['patch', { id: 1, a: 2 }], ['delete', { id: 1 }]),
    ];
    const [event] = await pullAll(memorySource({ streams: [{ name: 'a', script }] }), {});
    expect(event).toMatchObject({
      is: 'documents',
      documents: { ops: Uint8Array.of(Op.insert, Op.patch, Op.delete) },
    });
  });

  test('each range of a sharded source has its own part of the documents', async () => {
    const rows = Array.from({ length: 100 }, (_, id) => ({ id }));
    const source = memorySource({
      sharded: true,
      streams: [{ name: 'a', script: [documents(rows), checkpoint] }],
    });
    const low = await pullAll(source, {}, { range: { begin: 0, end: 0x7fff_ffff } });
    const high = await pullAll(source, {}, { range: { begin: 0x8000_0000, end: 0xffff_ffff } });
    const ids = [low, high].map((events) => linesOf(events).map((line) => JSON.parse(line).id));
    expect(Math.min(...ids.map(({ length }) => length))).toBeGreaterThan(30);
    expect(ids.flat().toSorted((x, y) => x - y)).toEqual(rows.map(({ id }) => id));
  });
});

describe('streams that share a log', () => {
  const options: MemorySourceOptions = {
    streams: [{ name: 'a' }, { name: 'b' }],
    log: [
      on('a', documents([{ id: 1 }])),
      on('b', documents([{ id: 2 }])),
      checkpoint,
      on('a', documents([{ id: 3 }])),
      checkpoint,
    ],
  };

  test('have one position', async () => {
    const events = await pullAll(memorySource(options), {});
    expect(stateAfter(events)).toEqual({
      shared: { at: 5 },
      bindings: { a: { at: 0 }, b: { at: 0 } },
    });
    expect(linesOf(events)).toEqual(['{"id":1}', '{"id":2}', '{"id":3}']);
  });

  test('go on where the state says', async () => {
    const state = { shared: { at: 3 }, bindings: { a: { at: 0 }, b: { at: 0 } } };
    expect(await story(memorySource(options), { state })).toEqual([
      '0: {"id":3}',
      'checkpoint {"shared":{"at":5}}',
      '0: caught-up',
      '1: caught-up',
    ]);
  });

  test('a stream that is added later gets what it has missed', async () => {
    const state = { shared: { at: 3 }, bindings: { a: { at: 0 } } };
    expect(await story(memorySource(options), { state })).toEqual([
      '1: backfill-begins',
      '1: {"id":2}',
      '1: backfill-ends',
      'checkpoint {"bindings":{"b":{"at":3}}}',
      '0: {"id":3}',
      'checkpoint {"shared":{"at":5}}',
      '0: caught-up',
      '1: caught-up',
    ]);
  });
});

test('shows how many pulls are open, and which checkpoints were committed', async () => {
  const source = memorySource(two);
  for (const event of await pullAll(source, {})) {
    expect(source.open).toBe(0);
    if (event.is === 'checkpoint') await event.committed?.();
  }
  expect(source.pulls).toBe(1);
  expect(source.committed).toEqual([
    { bindings: { a: { at: 3 } } },
    { bindings: { a: { at: 6 } } },
    { bindings: { b: { at: 2 } } },
  ]);
});

test('a wait ends when the test says so, or with the abort', async () => {
  let release = () => {};
  const until = new Promise<void>((resolve) => (release = resolve));
  const script = [waits(() => until), documents([{ id: 1 }])];
  const source = memorySource({ streams: [{ name: 'a', script }] });
  const abort = new AbortController();
  const aborted = pullAll(source, {}, { signal: abort.signal });
  const waiting = pullAll(source, {});
  abort.abort(new Error('enough'));
  await expect(aborted).rejects.toThrow('enough');
  release();
  expect(linesOf(await waiting)).toEqual(['{"id":1}']);
});

test('a source that is read forever ends with the abort only', async () => {
  const source = memorySource(two);
  const abort = new AbortController();
  const seen: string[] = [];
  const reading = (async () => {
    for await (const event of pull(source, {}, { until: 'forever', signal: abort.signal })) {
      seen.push(event.is);
      if (event.is === 'checkpoint' && seen.filter((is) => is === 'caught-up').length === 2) {
        abort.abort(new Error('enough'));
      }
    }
  })();
  await expect(reading).rejects.toThrow('enough');
  expect(source.open).toBe(0);
});

async function story(source: MemorySource, options: PullOptions = {}): Promise<string[]> {
  return tellEvents(await pullAll(source, {}, options));
}
