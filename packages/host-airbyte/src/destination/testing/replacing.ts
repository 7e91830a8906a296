import type { Destination, Materialization, Writer } from '@fairlead/sdk';
import { memoryDestination, type MemoryDestination } from '@fairlead/testkit';

/** A memory destination whose writer can put one table in place of another, with its next commit. */
export function replacingDestination(): MemoryDestination {
  const memory = memoryDestination({ commits: 'in-destination' });
  const connect: Materialization['connect'] = async (scope) => {
    const destination: Destination = await memory.connect({ ...scope, config: { account: '' } });
    return {
      ...destination,
      open: async (request) => {
        const writer = await destination.open(request);
        const names = request.tables.map(({ resource }) => nameOf(resource));
        return replacing(writer, names, memory);
      },
    };
  };
  return { ...memory, connect };
}

function replacing(
  writer: Writer,
  names: readonly string[],
  { disk: { tables } }: MemoryDestination,
): Writer {
  let wanted: (readonly [table: string, by: string])[] = [];
  return {
    checkpoint: writer.checkpoint,
    alter: (next) => writer.alter(next),
    store: (table, documents) => writer.store(table, documents),
    truncate: (table) => writer.truncate(table),
    async replace(table, by) {
      wanted.push([names[table] ?? '', names[by] ?? '']);
    },
    async commit(checkpoint) {
      const answer = await writer.commit(checkpoint);
      for (const [table, by] of wanted) {
        const rows = tables.get(by);
        if (rows !== undefined) tables.set(table, rows);
        tables.delete(by);
      }
      wanted = [];
      return answer;
    },
    [Symbol.asyncDispose]: () => writer[Symbol.asyncDispose](),
  };
}

function nameOf(resource: unknown): string {
  const isNamed = typeof resource === 'object' && resource !== null && 'table' in resource;
  return isNamed ? String(resource.table) : '';
}
