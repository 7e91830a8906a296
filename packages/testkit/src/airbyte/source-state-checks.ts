import { expectNone, expectThat, type Check } from '../check.ts';
import { resumeProblems } from '../compare-documents.ts';
import { isObject, type JsonObject } from './json-schema.ts';
import { idOfStream, type CatalogStream } from './message.ts';
import {
  configuredCatalog,
  filledWithNulls,
  incremental,
  keptStates,
  sourceCheck,
} from './source-run.ts';
import type { AirbyteSourceSuite } from './source-suite.ts';
import { describeEnd, messagesOf } from './transcript.ts';

/** What a source has to make of the files that platforms write. */
export function stateFormChecks(suite: AirbyteSourceSuite): Check[] {
  return [
    ...emptyStates.map(({ what, state }) =>
      sourceCheck(suite, `a state file that is ${what} is no state`, async ({ read, records }) => {
        const whole = records(await read());
        expectNone(resumeProblems(whole, [records(await read({ state }))], suite));
      }),
    ),
    ...stateForms.map(({ what, write }) =>
      sourceCheck(suite, `a state file ${what} is read`, async (source) => {
        const { read, records } = source;
        const streams = incremental(source.streams);
        const whole = await read({ streams });
        const states = messagesOf(whole, 'STATE');
        const written = write(keptStates(states));
        if (written === undefined) return;
        const again = await read({ streams, state: written });
        const parts = [records(whole), records(again)];
        expectNone(resumeProblems(records(whole), parts, suite));
      }),
    ),
    sourceCheck(suite, 'a stream whose state is null is read anew', async (source) => {
      const { read, records } = source;
      const streams = incremental(source.streams);
      const whole = await read({ streams });
      const kept = keptStates(messagesOf(whole, 'STATE'));
      const [first] = streams;
      // A state of all streams cannot be cleared for one.
      if (first === undefined || kept.some(({ stream }) => !isObject(stream))) return;
      const state = kept.map((one) => (isStateOf(one, first) ? cleared(one) : one));
      const again = records(await read({ streams, state }));
      const none = Object.fromEntries(streams.map((stream) => [idOfStream(stream), []]));
      const id = idOfStream(first);
      const expected = { ...none, [id]: records(whole)[id] ?? [] };
      expectNone(resumeProblems(expected, [again], suite));
    }),
    sourceCheck(suite, 'a catalog that is filled with nulls is read', async (source) => {
      const { run, read, records, streams } = source;
      const whole = records(await read());
      const catalog = filledWithNulls(configuredCatalog(streams, 'incremental'));
      const again = await run('read', { catalog, state: '[]' });
      expectThat(again.end === 0, describeEnd(again));
      expectNone(resumeProblems(whole, [records(again)], suite));
    }),
  ];
}

function isStateOf({ stream }: JsonObject, { name, namespace }: CatalogStream): boolean {
  if (!isObject(stream) || !isObject(stream['stream_descriptor'])) return false;
  const descriptor = stream['stream_descriptor'];
  return descriptor['name'] === name && (descriptor['namespace'] ?? '') === (namespace ?? '');
}

function cleared(state: JsonObject): JsonObject {
  return { ...state, stream: { ...Object(state['stream']), stream_state: null } };
}

const emptyStates = [
  { what: 'empty', state: '' },
  { what: 'an empty array', state: '[]' },
  { what: 'null', state: 'null' },
];

interface StateForm {
  readonly what: string;
  /** The content of the file; undefined where the form has no place for these states. */
  readonly write: (states: readonly JsonObject[]) => unknown;
}

const stateForms: readonly StateForm[] = [
  {
    what: 'filled with nulls',
    write: (states) =>
      states.map((state) => ({ stream: null, global: null, data: null, ...state, id: null })),
  },
  {
    what: 'of whole messages',
    write: (states) => states.map((state) => ({ type: 'STATE', state })),
  },
  {
    what: 'with what destinations add',
    write: (states) => states.map((state) => ({ ...state, destinationStats: { recordCount: 1 } })),
  },
  {
    what: 'in the form of old platforms',
    write: (states) => {
      const data = legacyData(states);
      return data && [{ type: 'LEGACY', data }];
    },
  },
];

/** The states of streams as one blob. */
function legacyData(states: readonly JsonObject[]): JsonObject | undefined {
  const data: Record<string, unknown> = {};
  for (const { stream } of states) {
    if (!isObject(stream) || !isObject(stream['stream_descriptor'])) return undefined;
    const { name, namespace } = stream['stream_descriptor'];
    // The form has no room for a namespace.
    if (typeof namespace === 'string') return undefined;
    data[String(name)] = stream['stream_state'];
  }
  return data;
}
