import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encodeDocuments } from './documents.ts';
import { Failure } from './failure.ts';
import { interleave } from './interleave.ts';
import type { SourceEvent } from './source.ts';

const { signal } = new AbortController();

test('one at a time, streams follow one another', async () => {
  const streams = [stream(0, ['d', 'c', 'd', 'c']), stream(1, ['d', 'c'])];
  expect(await story(streams, 1)).toEqual(['0 d', '0 c', '0 d', '0 c', '1 d', '1 c']);
});

test('a stream gives way only right after a checkpoint', async () => {
  const script = fc.array(fc.constantFrom<Word>('d', 'd', 'c', 'w'), { maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(
      fc.array(script, { maxLength: 5 }),
      fc.integer({ min: 1, max: 6 }),
      async (scripts, concurrency) => {
        const streams = scripts.map((words, binding) => stream(binding, [...words, 'c']));
        const told = await story(streams, concurrency);
        let open: string | undefined;
        for (const line of told) {
          const [binding, word] = line.split(' ');
          expect(open ?? binding).toBe(binding);
          open = word === 'c' ? undefined : binding;
        }
        scripts.forEach((words, binding) => {
          const own = told.filter((line) => line.startsWith(`${binding} `));
          const spoken = [...words, 'c'].filter((word) => word !== 'w');
          expect(own).toEqual(spoken.map((word) => `${binding} ${word}`));
        });
      },
    ),
  );
});

test('as many streams are read at a time as asked for', async () => {
  let atOnce = 0;
  let most = 0;
  const streams = Array.from({ length: 7 }, (_, binding) => ({
    binding,
    events: (async function* () {
      most = Math.max(most, ++atOnce);
      await turns();
      yield checkpoint(binding);
      await turns();
      atOnce--;
    })(),
  }));
  await story(streams, 3);
  expect(most).toBe(3);
});

test('a slow stream does not hold up the others', async () => {
  let release = () => {};
  const held = new Promise<void>((resolve) => (release = resolve));
  const slow = {
    binding: 0,
    events: (async function* () {
      await held;
      yield checkpoint(0);
    })(),
  };
  const told: string[] = [];
  for await (const event of interleave([slow, stream(1, ['d', 'c']), stream(2, ['d', 'c'])], {
    concurrency: 2,
    signal,
  })) {
    told.push(tell(event));
    if (told.length === 4) release();
  }
  expect(told).toEqual(['1 d', '1 c', '2 d', '2 c', '0 c']);
});

describe('a stream that fails', () => {
  const no = new Failure('access', 'no');

  test('ends with what it said up to its last checkpoint; the others go on', async () => {
    const streams = [stream(0, ['d', 'c', 'd', no]), stream(1, ['d', 'c'])];
    expect(await story(streams, 1)).toEqual(['0 d', '0 c', '0 failed: no', '1 d', '1 c']);
  });

  test('ends all when it fails with a bug, and closes the others', async () => {
    const { events, seen } = closing();
    const streams = [{ binding: 0, events }, stream(1, ['w', 'w', new TypeError('bug')])];
    await expect(story(streams, 2)).rejects.toThrow('bug');
    expect(seen.closed).toBe(1);
  });

  test('because of an abort ends all with its reason', async () => {
    const abort = new AbortController();
    const failing = {
      binding: 0,
      events: (async function* () {
        yield checkpoint(0);
        abort.abort(new Error('enough'));
        throw new Failure('transient', 'the connection was closed');
      })(),
    };
    const told: string[] = [];
    const reading = (async () => {
      const options = { concurrency: 1, signal: abort.signal };
      for await (const event of interleave([failing, stream(1, ['d', 'c'])], options)) {
        told.push(tell(event));
      }
    })();
    await expect(reading).rejects.toThrow('enough');
    expect(told).toEqual(['0 c']);
  });
});

test('whoever leaves early closes every stream that was begun, and no other', async () => {
  const some = [closing(), closing(), closing()];
  const streams = some.map(({ events }, binding) => ({ binding, events }));
  for await (const event of interleave(streams, { concurrency: 2, signal })) {
    expect(event.is).toBe('checkpoint');
    break;
  }
  expect(some.map(({ seen }) => seen.closed)).toEqual([1, 1, 0]);
  expect(some.map(({ seen }) => seen.begun)).toEqual([1, 1, 0]);
});

test('no streams have no events', async () => {
  expect(await story([], 3)).toEqual([]);
});

test('events after the last checkpoint are not lost', async () => {
  expect(await story([stream(0, ['c', 'd']), stream(1, ['c'])], 1)).toEqual(['0 c', '0 d', '1 c']);
});

/** What a stream does: documents, a checkpoint, a wait of a turn, or a failure. */
type Word = 'd' | 'c' | 'w';

function stream(binding: number, words: readonly (Word | Error)[]) {
  async function* events(): AsyncGenerator<SourceEvent, void, undefined> {
    for (const word of words) {
      if (word instanceof Error) throw word;
      if (word === 'w') await new Promise((resolve) => setImmediate(resolve));
      else if (word === 'c') yield checkpoint(binding);
      else yield { is: 'documents', binding, documents: encodeDocuments([{ binding }]) };
    }
  }
  return { binding, events: events() };
}

/** A stream of checkpoints without end that knows how often it was begun and closed. */
function closing() {
  const seen = { begun: 0, closed: 0 };
  async function* events(): AsyncGenerator<SourceEvent, void, undefined> {
    seen.begun++;
    try {
      for (;;) {
        await turns();
        yield checkpoint(0);
      }
    } finally {
      seen.closed++;
    }
  }
  return { seen, events: events() };
}

function checkpoint(binding: number): SourceEvent {
  return { is: 'checkpoint', patch: { bindings: { [binding]: 1 } } };
}

async function story(
  streams: Parameters<typeof interleave>[0],
  concurrency: number,
): Promise<string[]> {
  const told: string[] = [];
  for await (const event of interleave(streams, { concurrency, signal })) told.push(tell(event));
  return told;
}

function tell(event: SourceEvent): string {
  if (event.is === 'checkpoint') return `${Object.keys(event.patch.bindings ?? {}).join()} c`;
  if (event.is === 'failed') return `${event.binding} failed: ${event.failure.message}`;
  return `${event.binding} ${event.is === 'documents' ? 'd' : event.is}`;
}

async function turns(): Promise<void> {
  for (let left = 5; left > 0; left--) await new Promise((resolve) => setImmediate(resolve));
}
