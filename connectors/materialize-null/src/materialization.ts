import {
  countOf,
  type Destination,
  type Materialization,
  type OpenRequest,
  type Plan,
  type Writer,
} from '@fairlead/sdk';
import { z } from 'zod';

const Settings = z.object({});
const Resource = z.object({
  table: z
    .string()
    .meta({ title: 'Table', description: 'What you want the stream to be called in messages.' }),
});
type Resource = z.infer<typeof Resource>;

/**
 * A destination that takes everything and keeps nothing, to measure a source or to try one. Where
 * the source was is kept by the host, so a second run brings only what is new.
 */
export const nul: Materialization<object, Resource> = {
  name: 'materialize-null',
  title: 'Null',
  config: Settings,
  resource: Resource,
  commits: 'at-least-once',
  address: { schemes: ['null'], parse: () => ({}) },
  resourceFor: (stream) => ({ table: stream }),
  check: async () => {},
  async connect({ log }) {
    return connection((counts) => log.debug('forgotten', { ...counts }));
  },
};

interface Counts {
  documents: number;
  bytes: number;
}

const nothing: Plan = { changes: [] };

function connection(tell: (counts: Counts) => void): Destination<Resource> {
  return {
    plan: async () => nothing,
    apply: async () => {},
    saved: async () => null,
    open: async (request) => writer(request, tell),
    [Symbol.asyncDispose]: async () => {},
  };
}

function writer(
  { tables }: OpenRequest<Resource>,
  tell: (counts: Counts) => void,
): Writer<Resource> {
  let known = tables.length;
  let counts: Counts = { documents: 0, bytes: 0 };
  const assertKnown = (table: number) => {
    if (table >= known) throw new Error(`there is no table ${table}`);
  };
  return {
    checkpoint: null,
    async alter(wanted) {
      known = wanted.length;
      return nothing;
    },
    async store(table, documents) {
      assertKnown(table);
      counts.documents += countOf(documents);
      counts.bytes += documents.bytes.length;
    },
    async truncate(table) {
      assertKnown(table);
    },
    async commit() {
      tell(counts);
      counts = { documents: 0, bytes: 0 };
      return null;
    },
    [Symbol.asyncDispose]: async () => {},
  };
}
