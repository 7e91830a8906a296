import { Failure, type Source, type SourceEvent } from '@fairlead/sdk';
import {
  backfill,
  changes,
  checkpoint,
  documents,
  fails,
  memorySource,
  statesOf,
  storyOf,
  waits,
} from '@fairlead/testkit';
import { expect, test } from 'vitest';
import type { UpdateResponse } from '../protocol/connector_sdk.gen.ts';
import { played, updateOf } from './testing/play-fivetran.ts';

const one = documents([{ id: 1 }]);
const stateOf = (bindings: object, more: object = {}) =>
  JSON.stringify({ version: 1, connector: 'source-memory', bindings, ...more });

test.each(['config', 'access', 'state', 'data'] as const)(
  'a source that fails for good (%s) is a task, after the checkpoint that could be had',
  async (kind) => {
    const failure = new Failure(kind, 'the door is shut', { hint: 'Open it.' });
    const script = [one, checkpoint, one, fails(failure)];
    const log = script.map((step) => ({ ...step, stream: 'a' }));
    const story = storyOf(await updateOf(memorySource({ streams: [{ name: 'a' }], log })));
    const hint =
      kind === 'state' ? 'Start a full re-sync of the connection in Fivetran.' : 'Open it.';
    const told = `task the door is shut. ${hint}`;
    expect(story).toEqual(['truncate a', 'checkpoint', 'rows 2', 'checkpoint', told]);
  },
);

test('a failure that may pass is the status UNAVAILABLE, after the last checkpoint', async () => {
  const failure = new Failure('transient', 'the door is stuck');
  const log = [one, checkpoint, one, checkpoint, fails(failure)];
  const source = memorySource({
    streams: [{ name: 'a' }],
    log: log.map((step) => ({ ...step, stream: 'a' })),
  });
  await using fivetran = await played(source);
  const messages: UpdateResponse[] = [];
  const updating = async () => {
    for await (const message of fivetran.update()) messages.push(message);
  };
  await expect(updating()).rejects.toMatchObject({ code: 14, details: 'the door is stuck' });
  expect(storyOf(messages)).toEqual(['truncate a', 'checkpoint', 'rows 2', 'checkpoint']);
});

test('a bug is the status INTERNAL', async () => {
  const source = memorySource({ streams: [{ name: 'a', script: [one] }] });
  await expect(updateOf(source)).rejects.toMatchObject({
    code: 13,
    details: 'the source ended without a checkpoint',
  });
});

test('a stream that fails by itself does not keep the others, nor moves its position', async () => {
  const refused = new Failure('access', 'nobody may read it', { hint: 'Ask for the right.' });
  const streams = [
    { name: 'a', script: [one, checkpoint, one, fails(refused)] },
    { name: 'b', script: [one, checkpoint, one, checkpoint] },
  ];
  const messages = await updateOf(memorySource({ streams }), {}, { pace: { everyMs: 0 } });
  const told = 'stream a: nobody may read it. Ask for the right.';
  const story = storyOf(messages);
  expect(story).toContain(`warning ${told}`);
  expect(story.at(-1)).toBe(`task ${told}`);
  expect(JSON.parse(statesOf(messages).at(-1) ?? '')).toMatchObject({
    bindings: { a: { at: 2 }, b: { at: 4 } },
  });
});

test.each([
  {
    what: 'without its key',
    script: [documents([{ name: 'x' }]), checkpoint],
    told: 'a document has no id, which is of the key',
  },
  {
    what: 'with null in its key',
    script: [documents([{ id: null }]), checkpoint],
    told: 'a document has no id, which is of the key',
  },
  {
    what: 'deleted without its key',
    script: [changes(['delete', { name: 1 }]), checkpoint],
    told: 'a document has no id, which is of the key',
  },
  {
    what: 'with two members for one column',
    script: [documents([{ id: 1, _fivetran_id: 2, source_fivetran_id: 3 }]), checkpoint],
    told: 'two members of a document go into one column, source_fivetran_id. Give one of them another name in the source, or leave the table out.',
  },
])('a row $what ends its stream', async ({ script, told }) => {
  const messages = await updateOf(memorySource({ streams: [{ name: 'a', script }] }));
  expect(storyOf(messages).at(-1)).toBe(`task stream a: ${told}`);
  expect(statesOf(messages).map((state) => JSON.parse(state).bindings)).toEqual([{}]);
});

test.each(['patch', 'delete'] as const)(
  'a %s in a table without a key ends its stream',
  async (op) => {
    const script = [documents([{ id: 1 }, { id: 1 }]), changes([op, { id: 1 }]), checkpoint];
    const messages = await updateOf(memorySource({ streams: [{ name: 'a', key: [], script }] }));
    const what = op === 'patch' ? 'changed' : 'deleted';
    const told = `stream a: a row was ${what}, and the stream has no key to say which`;
    expect(storyOf(messages).at(-1)).toBe(`task ${told}`);
  },
);

test.each([
  { what: 'is not JSON', stateJson: 'x{', told: 'it is not JSON' },
  { what: 'is not ours', stateJson: '{"cursor":1}', told: 'it is not one of Fairlead' },
  {
    what: 'is that of another connector',
    stateJson: stateOf({}, { connector: 'source-x' }),
    told: 'it belongs to source-x, and this is source-memory',
  },
  {
    what: 'is of another version',
    stateJson: stateOf({}, { version: 9 }),
    told: 'it has version 9, and 1 is known',
  },
  { what: 'is damaged', stateJson: stateOf([]), told: 'it is damaged' },
])('a state that $what is a task', async ({ stateJson, told }) => {
  const source = memorySource({ streams: [{ name: 'a', script: [one, checkpoint] }] });
  const hint = 'Start a full re-sync of the connection in Fivetran.';
  expect(storyOf(await updateOf(source, { stateJson }))).toEqual([
    `task the saved state cannot be used: ${told}. ${hint}`,
  ]);
  expect(source.pulls).toBe(0);
});

test('a position that is not of this stream is a task', async () => {
  const source = memorySource({ streams: [{ name: 'a', script: [one, checkpoint] }] });
  const [told] = storyOf(await updateOf(source, { stateJson: stateOf({ a: { at: 'x' } }) }));
  expect(told).toMatch(/^task stream a: the saved state does not fit this connector/);
  expect(told).toMatch(/Start a full re-sync/);
});

test.each([
  { what: 'an empty text', stateJson: '' },
  { what: 'an empty object', stateJson: '{}' },
])('$what is the state of the first sync', async ({ stateJson }) => {
  const source = memorySource({ streams: [{ name: 'a', script: [one, checkpoint] }] });
  expect(storyOf(await updateOf(source, { stateJson }))).toEqual(['rows 1', 'checkpoint']);
});

test('an update goes on from the last state', async () => {
  const source = memorySource({
    streams: [{ name: 'a', script: [...backfill(one), documents([{ id: 2 }]), checkpoint] }],
  });
  const messages = await updateOf(source, { stateJson: stateOf({ a: { at: 4 } }) });
  expect(storyOf(messages)).toEqual(['rows 1', 'checkpoint']);
});

test('a client that goes away ends the reading, and the source is closed', async () => {
  const script = [one, checkpoint, waits(() => new Promise(() => {}))];
  const source = memorySource({ streams: [{ name: 'a', script }] });
  await using fivetran = await played(source);
  const leaving = new AbortController();
  const updating = async () => {
    for await (const { operation } of fivetran.update({}, leaving.signal)) {
      if (operation.case === 'checkpoint') leaving.abort(new Error('enough'));
    }
  };
  await expect(updating()).rejects.toThrow('enough');
  await expect.poll(() => source.open).toBe(0);
  expect(source.pulls).toBe(1);
});

test('a checkpoint does not wait for a source that is silent', async () => {
  let go = () => {};
  const silence = new Promise<void>((resolve) => {
    go = resolve;
  });
  const script = [one, checkpoint, one, checkpoint, waits(() => silence)];
  await using fivetran = await played(memorySource({ streams: [{ name: 'a', script }] }));
  const story: string[] = [];
  for await (const message of fivetran.update()) {
    story.push(...storyOf([message]));
    if (story.length === 4) go();
  }
  expect(story).toEqual(['rows 1', 'checkpoint', 'rows 1', 'checkpoint']);
});

test('a program that is to stop ends its updates at their last checkpoint', async () => {
  const stopping = new AbortController();
  const script = [one, checkpoint, one, checkpoint, waits(() => new Promise(() => {}))];
  const source = memorySource({ streams: [{ name: 'a', script }] });
  await using fivetran = await played(source, { signal: stopping.signal });
  const messages: UpdateResponse[] = [];
  const updating = async () => {
    for await (const message of fivetran.update()) {
      messages.push(message);
      stopping.abort(new Error('stop'));
    }
  };
  await expect(updating()).rejects.toMatchObject({ code: 14 });
  expect(storyOf(messages)).toEqual(['rows 1', 'checkpoint', 'rows 1', 'checkpoint']);
  expect(source.open).toBe(0);
});

test('the memory of each batch is given back once, after it was written', async () => {
  const given = { batches: 0, back: 0 };
  const memory = memorySource({
    streams: [{ name: 'a', script: [one, checkpoint, documents([{ id: 2 }]), checkpoint] }],
  });
  async function* pull(request: Parameters<Source['pull']>[0]): AsyncGenerator<SourceEvent> {
    for await (const event of memory.pull(request as Parameters<typeof memory.pull>[0])) {
      if (event.is !== 'documents') yield event;
      else {
        given.batches++;
        const bytes = Uint8Array.from(event.documents.bytes);
        const release = () => {
          given.back++;
          bytes.fill(0x20);
        };
        yield { ...event, documents: { ...event.documents, bytes }, release };
      }
    }
  }
  const plain = await updateOf(memory);
  const reused = await updateOf({ ...(memory as Source), pull });
  expect(reused).toEqual(plain);
  expect(given).toEqual({ batches: 2, back: 2 });
});
