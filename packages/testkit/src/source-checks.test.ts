import { type Shape, ValueClass } from '@fairlead/json';
import { Failure, Op, type Source, type SourceEvent, wholeRange } from '@fairlead/sdk';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { failuresOf } from './check.ts';
import { generateDocuments, generatedStream } from './generated-stream.ts';
import { encodeKeys } from './live-keys.ts';
import { memorySource } from './memory-source.ts';
import type { MemorySourceOptions } from './memory-stream.ts';
import { backfill, changes, checkpoint, documents, on } from './script.ts';
import { sourceChecks } from './source-checks.ts';
import type { SourceSuite } from './source-suite-options.ts';
import { testSource } from './suites.ts';

const apart: MemorySourceOptions = {
  sharded: true,
  streams: [
    generatedStream('generated', { count: 30, batch: 4, batches: 2 }),
    {
      name: 'changed',
      script: [
        ...backfill(documents([{ id: 1 }, { id: 2 }], Op.insert)),
        changes(['patch', { id: 1, a: 3 }], ['delete', { id: 2 }]),
        checkpoint,
      ],
    },
  ],
};

const together: MemorySourceOptions = {
  streams: [{ name: 'a' }, { name: 'b' }],
  log: [
    on('a', documents([{ id: 1 }])),
    on('b', documents([{ id: 2 }, { id: 3 }])),
    checkpoint,
    on('b', changes(['delete', { id: 2 }])),
    checkpoint,
  ],
};

testSource(suiteOf(memorySource(apart)));
testSource(suiteOf(memorySource({ ...apart, concurrency: 2 })));
testSource(suiteOf(memorySource(together)));

test('wrong settings are checks of their own', async () => {
  const refuses = new Failure('access', 'no');
  const wrong = [{ what: 'a wrong password', settings: {}, kind: 'access' as const }];
  const names = sourceChecks({ ...suiteOf(memorySource({ streams: [], refuses })), wrong });
  const chosen = names.filter(({ name }) => name === 'a wrong password fails as access');
  expect(await failuresOf(chosen)).toEqual(new Map());
  expect(chosen).toHaveLength(1);
  const [check] = sourceChecks({ ...suiteOf(memorySource(apart)), wrong }).filter(
    ({ name }) => name === 'a wrong password fails as access',
  );
  await expect(check?.run()).rejects.toThrow('it was accepted');
});

describe('a source with a defect is found out, when it', () => {
  test.each<{ defect: string; source: Source; by: string | RegExp; says: string | RegExp }>([
    {
      defect: 'loses a document after a restart',
      source: changed((events, { resumed }) => (resumed ? without('documents', events) : events)),
      by: 'after a stop at any event, nothing is missing and nothing comes twice',
      says: 'missing: ',
    },
    {
      defect: 'gives a document twice after a restart',
      source: changed((events, { resumed }) => (resumed ? twice(events) : events)),
      by: 'after a stop at any event, nothing is missing and nothing comes twice',
      says: 'too often',
    },
    {
      defect: 'gives documents in another order after a restart',
      source: changed((events, { resumed }) => (resumed ? swapped(events) : events)),
      by: 'after a stop at any event, nothing is missing and nothing comes twice',
      says: /order is another one|missing/,
    },
    {
      defect: 'makes a checkpoint before its documents',
      source: changed(early),
      by: 'after a stop at any event, nothing is missing and nothing comes twice',
      says: 'missing: ',
    },
    {
      defect: 'does not tell one of its keys',
      source: with_({
        async *keys() {
          yield encodeKeys([]);
        },
      }),
      by: 'it tells the keys of the documents that are there',
      says: 'missing: ',
    },
    {
      defect: 'has documents after it has caught up',
      source: changed(async function* (events) {
        for await (const event of events) {
          yield event;
          const { binding } = { binding: 0, ...event };
          if (event.is !== 'caught-up') continue;
          yield { is: 'documents', binding, documents: generateDocuments(0, 1) };
        }
      }),
      by: 'events come in the order of the contract',
      says: 'comes after the binding has caught up',
    },
    {
      defect: 'never says that it has caught up',
      source: changed((events) => without('caught-up', events)),
      by: 'events come in the order of the contract',
      says: 'never caught up',
    },
    {
      defect: 'does not say that a backfill begins',
      source: changed((events) => without('backfill-begins', events)),
      by: 'events come in the order of the contract',
      says: 'its backfill did not begin',
    },
    {
      defect: 'has no checkpoint at the end',
      source: changed((events) => without('checkpoint', events)),
      by: 'events come in the order of the contract',
      says: 'have no checkpoint after them',
    },
    {
      defect: 'restates in a checkpoint what has not changed',
      source: changed(async function* (events) {
        let state = {};
        for await (const event of events) {
          if (event.is !== 'checkpoint') yield event;
          else {
            state = { ...state, ...event.patch.bindings };
            yield { ...event, patch: { bindings: state } };
          }
        }
      }),
      by: 'checkpoints hold what has changed, and nothing else',
      says: '/bindings/generated/at changes nothing',
    },
    {
      defect: 'leaves a timer running',
      source: changed(async function* (events) {
        const timer = setTimeout(() => {}, 60_000);
        for await (const event of events) yield event;
        clearTimeout(timer);
      }),
      by: 'whoever leaves at any event finds all closed',
      says: 'left open: 1 × Timeout',
    },
    {
      defect: 'does not hear an abort',
      source: changed(async function* (events, { signal }) {
        for await (const event of events) {
          yield event;
          if (signal.aborted) await new Promise(() => {});
        }
      }),
      by: 'an abort at any event ends the reading, and all is closed',
      says: 'did not end within',
    },
    {
      defect: 'gives a document that is no JSON',
      source: spoilt('{"id":01}\n'),
      by: 'documents are as their stream was described',
      says: 'is no JSON: ',
    },
    {
      defect: 'gives a document on two lines',
      source: spoilt('{\n"id":1}\n'),
      by: 'documents are as their stream was described',
      says: 'is on more than one line',
    },
    {
      defect: 'gives a document without a key',
      source: spoilt('{"name":"a"}\n'),
      by: 'documents are as their stream was described',
      says: 'has no key /id',
    },
    {
      defect: 'gives a document with null as a key',
      source: spoilt('{"id":null}\n'),
      by: 'documents are as their stream was described',
      says: 'has null for the key /id',
    },
    {
      defect: 'gives a value that the schema has no place for',
      source: spoilt('{"id":1,"paid":"yes"}\n'),
      by: 'documents are as their stream was described',
      says: '/paid: the schema has no place for a value of class string',
    },
    {
      defect: 'says of documents what they hold, and they hold more',
      source: spoilt('{"id":1}\n', ['string']),
      by: 'documents are as their stream was described',
      says: 'is outside of its shape',
    },
    {
      defect: 'says of documents what they hold, and one has a field twice',
      source: spoilt('{"id":1,"id":1}\n', ['safeInteger']),
      by: 'documents are as their stream was described',
      says: 'has a field twice',
    },
    {
      defect: 'discovers something else each time',
      source: with_({ discover: unstable() }),
      by: 'discovery says the same twice, and leaves nothing open',
      says: 'different',
    },
    {
      defect: 'names a key that is not in the schema',
      source: memorySource({ streams: [{ name: 'a', key: ['/no'], schema: { properties: {} } }] }),
      by: 'streams have names, keys, schemas and settings that fit',
      says: 'a: /no is not in the schema',
    },
    {
      defect: 'has settings without a title',
      source: with_({ config: z.object({ account: z.string() }) }),
      by: 'its settings make a form',
      says: '/account: has no title',
    },
    {
      defect: 'takes any settings',
      source: with_({ config: z.any() }),
      by: 'settings of the wrong form fail as config, and name the place',
      says: 'it was accepted',
    },
    {
      defect: 'takes the state of another connector',
      source: with_({ cursor: z.any() }),
      by: 'a state of another connector fails as state',
      says: /accepted|no Failure/,
    },
    {
      defect: 'gives all documents to every range',
      source: with_({
        pull: (request) => base.pull({ ...request, range: wholeRange }),
      }),
      by: 'key ranges divide the documents among them',
      says: 'too often',
    },
    {
      defect: 'ends when it should go on forever',
      source: with_({ pull: (request) => base.pull({ ...request, until: 'caught-up' }) }),
      by: 'read forever, it gives the same and waits until it is stopped',
      says: 'it ended by itself',
    },
    {
      defect: 'gives something else when streams are read alone',
      source: changed((events, { bindings }) => (bindings.length === 1 ? twice(events) : events)),
      by: 'a stream is the same alone, with others, and in another place',
      says: 'too often',
    },
    {
      defect: 'cannot be read',
      source: with_({
        pull: () => {
          throw new Error('broken');
        },
      }),
      by: 'there is something to read',
      says: 'broken',
    },
  ])('$defect', async ({ source, by, says }) => {
    const failures = await failuresOf(
      sourceChecks({ ...suiteOf(source), patienceMs: 300 }).filter(({ name }) => name === by),
    );
    expect([...failures.keys()]).toEqual([by]);
    expect([...failures.values()][0]).toMatch(says);
  });
});

const base: Source = memorySource(apart);

function suiteOf(source: Source): SourceSuite {
  return { source, prepare: async () => ({ settings: { account: 'test' } }) };
}

function with_(part: Partial<Source>): Source {
  return { ...base, ...part };
}

type Request = Parameters<Source['pull']>[0] & { readonly resumed: boolean };
type Events = AsyncIterable<SourceEvent>;

/** The source with its events changed; `resumed` says whether there was a state. */
function changed(change: (events: Events, request: Request) => Events): Source {
  return with_({
    pull: (request) => {
      const resumed = Object.keys(request.state.bindings).length > 0;
      return change(base.pull(request), { ...request, resumed });
    },
  });
}

/** The source with one more document, which is spoilt; said to have ids of the classes, if given. */
function spoilt(line: string, ids?: readonly (keyof typeof ValueClass)[]): Source {
  return changed(async function* (events) {
    const bytes = Buffer.from(line);
    for await (const event of events) {
      yield event;
      if (event.is !== 'backfill-begins') continue;
      const ends = Uint32Array.of(bytes.length);
      const shape = ids === undefined ? {} : { shape: shapeOfIds(ids) };
      yield { is: 'documents', binding: event.binding, documents: { bytes, ends, ...shape } };
    }
  });
}

function shapeOfIds(ids: readonly (keyof typeof ValueClass)[]): Shape {
  const plain = { integerDigits: 0, scale: 0, optional: false };
  const classes = ids.reduce((all, id) => all | ValueClass[id], 0);
  return {
    ...plain,
    classes: ValueClass.object,
    properties: new Map([['id', { ...plain, classes }]]),
  };
}

async function* without(is: SourceEvent['is'], events: Events): Events {
  for await (const event of events) if (event.is !== is) yield event;
}

async function* twice(events: Events): Events {
  for await (const event of events) {
    yield event;
    if (event.is === 'documents') yield event;
  }
}

/** Each batch of documents after the one that follows it. */
async function* swapped(events: Events): Events {
  let held: SourceEvent | undefined;
  for await (const event of events) {
    if (event.is === 'documents' && held === undefined) {
      held = event;
      continue;
    }
    yield event;
    if (held !== undefined && (event.is === 'documents' || event.is === 'checkpoint')) {
      yield held;
      held = undefined;
    }
  }
}

/** Each checkpoint before the documents that it covers. */
async function* early(events: Events): Events {
  let held: SourceEvent[] = [];
  for await (const event of events) {
    if (event.is === 'checkpoint') {
      yield event;
      yield* held;
      held = [];
    } else held.push(event);
  }
  yield* held;
}

function unstable(): Source['discover'] {
  let count = 0;
  return async () => [{ name: `s${count++}`, key: [], schema: {}, resource: { stream: 'a' } }];
}
