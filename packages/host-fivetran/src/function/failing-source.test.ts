import { Failure, Op } from '@fairlead/sdk';
import { checkpoint, documents, fails, memorySource, on } from '@fairlead/testkit';
import { describe, expect, test } from 'vitest';
import { call, idsOf, numbered, one, sync } from './testing/sync.ts';

describe('when a source fails', () => {
  const refused = new Failure('access', 'the system has refused us', { hint: 'Ask for access.' });

  test('the rows before it are answered, and the next call meets it', async () => {
    const source = one(numbered(0, 2), checkpoint, numbered(2, 3), fails(refused));
    const { tables, answers, ended, failure } = await sync(
      { ...source, pull: throwing(source) },
      {},
    );
    expect(answers).toHaveLength(1);
    expect(idsOf(tables.rowsOf('a'))).toEqual([0, 1]);
    expect(ended).toBe('failed');
    expect(failure?.message).toBe('the system has refused us. Ask for access.');
    expect(failure?.kind).toBe('access');
  });

  /** Lets a source of streams apart throw what it says of a stream. */
  function throwing(source: ReturnType<typeof one>): typeof source.pull {
    return async function* pull(request) {
      for await (const event of source.pull(request)) {
        if (event.is === 'failed') throw event.failure;
        yield event;
      }
    };
  }

  test('a stream that fails does not keep the others, and is said in the end', async () => {
    const source = memorySource({
      streams: [
        { name: 'bad', script: [numbered(0, 1), checkpoint, fails(refused)] },
        { name: 'good', script: [numbered(0, 5), checkpoint, numbered(5, 9), checkpoint] },
      ],
    });
    const options = { syncId: 's', function: { budget: { stopBytes: 1 } } };
    const first = await sync(source, options);
    expect(first.ended).toBe('failed');
    expect(first.failure?.message).toBe('stream bad: the system has refused us. Ask for access.');
    expect(idsOf(first.tables.rowsOf('bad'))).toEqual([0]);
    expect(idsOf(first.tables.rowsOf('good'))).toHaveLength(9);
  });

  test('streams that always have rows do not hide one that fails', async () => {
    let lastId = 0;
    const busy = memorySource({ streams: [{ name: 'bad' }, { name: 'busy' }] });
    async function* pull({ bindings }: Parameters<typeof busy.pull>[0]) {
      for (const [binding, { stream }] of bindings.entries()) {
        if (stream === 'bad') {
          yield { is: 'failed', binding, failure: refused } as const;
          continue;
        }
        lastId++;
        const { documents: batch } = numbered(lastId, lastId + 1);
        yield { is: 'documents', binding, documents: batch } as const;
        yield { is: 'checkpoint', patch: { bindings: { busy: { at: lastId } } } } as const;
        yield { is: 'caught-up', binding } as const;
      }
    }
    const source = { ...busy, pull };
    const first = await sync(source, { syncId: 'one' });
    expect(first).toMatchObject({ ended: 'failed', calls: 1 });
    const { tables, state } = first;
    const second = await sync(source, { syncId: 'two', tables, state });
    expect(second).toMatchObject({ ended: 'failed', calls: 1 });
    expect(tables.rowsOf('busy')).toHaveLength(2);
  });

  test.each([
    {
      what: 'has no key',
      script: [documents([{ id: 1 }, { no: 2 }])],
      message: /has no id, which/,
    },
    {
      what: 'has null as its key',
      script: [documents([{ id: null }])],
      message: /has no id, which/,
    },
    {
      what: 'is a part of one',
      script: [documents([{ id: 1 }], Op.patch)],
      message: /only a part/,
    },
  ])('a document that $what ends its stream only', async ({ script, message }) => {
    const source = memorySource({
      streams: [
        { name: 'bad', script: [numbered(5, 6), checkpoint, ...script, checkpoint] },
        { name: 'good', script: [numbered(0, 2), checkpoint] },
      ],
    });
    const { tables, failure, state } = await sync(source, { syncId: 's' });
    expect(failure?.message).toMatch(message);
    expect(failure?.message).toContain('stream bad');
    expect(idsOf(tables.rowsOf('bad'))).toEqual([5]);
    expect(idsOf(tables.rowsOf('good'))).toEqual([0, 1]);
    expect(state).toMatchObject({ bindings: { bad: { at: 2 }, good: { at: 2 } } });
  });

  test('a batch that was taken in part is left whole, and given back', async () => {
    const text = 'x'.repeat(4_500);
    const script = [documents([{ id: 1, text }, { no: 2 }]), checkpoint];
    const good = [
      documents([{ id: 1, text }]),
      checkpoint,
      documents([{ id: 2, text }]),
      checkpoint,
    ];
    const memory = memorySource({
      streams: [
        { name: 'bad', script },
        { name: 'good', script: good },
      ],
    });
    let given = 0;
    let back = 0;
    async function* pull(request: Parameters<typeof memory.pull>[0]) {
      for await (const event of memory.pull(request)) {
        if (event.is === 'documents') given++;
        yield event.is === 'documents' ? { ...event, release: () => void back++ } : event;
      }
    }
    const limits = { responseBytes: 9_000 };
    const budget = { stopBytes: 9_000 };
    const { content } = await call({ ...memory, pull }, {}, { limits, budget });
    expect(content).toMatchObject({ insert: { good: [{ id: 1 }] }, hasMore: true });
    expect(content.insert.bad).toBeUndefined();
    expect([given, back]).toEqual([3, 3]);
  });

  test('and its streams share a position, none goes on', async () => {
    const source = memorySource({
      streams: [{ name: 'a' }, { name: 'b' }],
      log: [on('a', numbered(0, 1)), checkpoint, on('b', documents([{}])), checkpoint],
    });
    const { tables, failure, state } = await sync(source);
    expect(failure?.message).toMatch(/stream b: a document has no id/);
    expect(idsOf(tables.rowsOf('a'))).toEqual([0]);
    expect(state).toMatchObject({ shared: { at: 2 } });
  });

  test('a bug is told with where it is, and without secrets', async () => {
    const source = one(fails(new TypeError('cannot read hunter2-secret')));
    const secrets = { token: 'hunter2-secret' };
    const { status, text, content } = await call(source, { secrets });
    expect(status).toBe(500);
    expect(content.errorType).toBe('bug');
    expect(content.errorMessage).toBe('something went wrong in the connector: cannot read ****');
    expect(content.stackTrace.length).toBeGreaterThan(1);
    expect(text).not.toContain('hunter2');
  });
});
