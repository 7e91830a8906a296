import {
  encodeDocuments,
  Op,
  silentLog,
  wholeRange,
  type Json,
  type SourceEvent,
  type SourceState,
} from '@fairlead/sdk';
import { expect, test } from 'vitest';
import { adaptPull } from './adapt-pull.ts';

const resource = (name: string, modes: string[], key: string[][] = []) => ({
  name,
  catalogStream: { name, supported_sync_modes: modes, source_defined_primary_key: key },
});
const bindings = [
  { stream: 'changes', stateKey: 'c', resource: resource('changes', ['incremental'], [['id']]) },
  { stream: 'whole', stateKey: 'w', resource: resource('whole', ['full_refresh']) },
];
const gone = encodeDocuments([{ id: 1, _ab_cdc_deleted_at: '2026-01-02T03:04:05Z' }]);
const documents = (binding: number): SourceEvent => ({ is: 'documents', binding, documents: gone });
const caughtUp = (binding: number): SourceEvent => ({ is: 'caught-up', binding });

/** What comes of some events, and the state that is pulled from. */
async function adapted(events: readonly SourceEvent[], state: SourceState) {
  let given: unknown;
  const pull = adaptPull<object, Json>(async function* (request) {
    given = request.state;
    yield* events;
  });
  const { signal } = new AbortController();
  const common = { config: {}, log: silentLog, signal, range: wholeRange } as const;
  const seen: string[] = [];
  const request = { ...common, bindings, state, until: 'caught-up' } as const;
  for await (const event of pull(request)) {
    const op = event.is === 'documents' && event.documents.ops?.[0] === Op.delete ? ' delete' : '';
    seen.push(`${event.is} ${'binding' in event ? event.binding : ''}${op}`.trim());
  }
  return { seen, given };
}

test('streams without a state are read anew, and so are those that can only be read whole', async () => {
  const saved = { state: '{}' };
  const empty = await adapted([], { bindings: {} });
  expect(empty.seen).toEqual(['backfill-begins 0', 'backfill-begins 1']);
  const both = await adapted([], { bindings: { c: saved, w: saved } });
  expect(both).toEqual({ seen: ['backfill-begins 1'], given: { bindings: { c: saved } } });
  const shared = await adapted([], { shared: saved, bindings: {} });
  expect(shared).toEqual({ seen: ['backfill-begins 1'], given: { shared: saved, bindings: {} } });
});

test('what is read whole once more replaces what was read before', async () => {
  const saved = { state: '{}' };
  const round = [documents(0), documents(1), caughtUp(0), caughtUp(1)];
  const { seen } = await adapted([...round, ...round], { bindings: { c: saved } });
  expect(seen).toEqual([
    'backfill-begins 1',
    'documents 0 delete',
    'documents 1',
    'caught-up 0',
    'caught-up 1',
    'documents 0 delete',
    'backfill-begins 1',
    'documents 1',
    'caught-up 0',
    'caught-up 1',
  ]);
});
