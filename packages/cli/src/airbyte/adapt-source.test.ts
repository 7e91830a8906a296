import {
  encodeDocuments,
  Op,
  silentLog,
  wholeRange,
  type Source,
  type SourceEvent,
  type SourceState,
} from '@fairlead/sdk';
import { expect, test } from 'vitest';
import { adaptSource } from './adapt-source.ts';

const catalogStream = (modes: readonly string[], key: readonly string[][] = []) => ({
  catalogStream: { supported_sync_modes: modes, source_defined_primary_key: key },
});
const bindings = [
  { stream: 'changes', stateKey: 'c', resource: catalogStream(['incremental'], [['id']]) },
  { stream: 'whole', stateKey: 'w', resource: catalogStream(['full_refresh']) },
];
const gone = encodeDocuments([{ id: 1, _ab_cdc_deleted_at: '2026-01-02T03:04:05Z' }]);
const documents = (binding: number): SourceEvent => ({ is: 'documents', binding, documents: gone });
const caughtUp = (binding: number): SourceEvent => ({ is: 'caught-up', binding });

/** What comes of some events, and the state that the source is given. */
async function adapted(events: readonly SourceEvent[], state: SourceState) {
  let given: unknown;
  const source = {
    async *pull(request: { readonly state: unknown }) {
      given = request.state;
      yield* events;
    },
    // Nothing else is called.
  } as unknown as Source;
  const { signal } = new AbortController();
  const common = { config: {}, log: silentLog, signal, range: wholeRange } as const;
  const seen: string[] = [];
  const request = { ...common, bindings, state, until: 'caught-up' } as const;
  for await (const event of adaptSource(source).pull(request)) {
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
