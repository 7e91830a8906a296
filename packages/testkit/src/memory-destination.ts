import {
  type CommitPattern,
  type Destination,
  Failure,
  type KeyComparison,
  type Materialization,
  type Plan,
  secret,
  type Table,
} from '@fairlead/sdk';
import { z } from 'zod';
import type { CrashPoint } from './crash-point.ts';
import { decodeKeys } from './live-keys.ts';
import { memoryDisk, type MemoryDisk } from './memory-disk.ts';
import { savedCheckpoint } from './memory-fence.ts';
import { applyDefinition, definitionOf, planTable } from './memory-plan.ts';
import { canonicalJson } from './memory-rows.ts';
import { MemoryWriter } from './memory-writer.ts';

/** A destination whose tables are in memory. */
export interface MemoryDestination extends Materialization<Settings, Resource> {
  /** What survives when writers are dropped. Another destination may be made on it. */
  readonly disk: MemoryDisk;
}

export interface MemoryDestinationOptions {
  readonly commits: CommitPattern;
  /** An empty one unless given. */
  readonly disk?: MemoryDisk;
  /** Called at every {@link CrashPoint}. When it throws, the connection is dead, as if its process were. */
  readonly at?: (point: CrashPoint) => void | Promise<void>;
  /** What `check` throws, when anything. */
  readonly refuses?: Error;
}

/**
 * A destination with one of the three commit patterns. It is honest: what is not committed is gone
 * with its writer, types and keys are checked, and calls that the contract forbids are errors.
 */
export function memoryDestination(options: MemoryDestinationOptions): MemoryDestination {
  const { commits, disk = memoryDisk(), at = () => {} } = options;
  return {
    name: 'materialize-memory',
    title: 'Memory',
    config: Settings,
    resource: Resource,
    commits,
    disk,
    address: { schemes: ['memory'], parse: (address) => ({ account: address.slice(7) }) },
    resourceFor: (stream) => ({ table: stream }),
    async check() {
      if (options.refuses !== undefined) throw options.refuses;
    },
    async connect({ signal }) {
      signal.throwIfAborted();
      await at('connect');
      return connection(commits, disk, at);
    },
  };
}

const Settings = z.object({
  account: z
    .string()
    .default('test')
    .meta({ title: 'Account', description: 'Any name that you like.' }),
  token: secret('Access Token', 'Any text; you need none.').optional(),
});
type Settings = z.infer<typeof Settings>;

const Resource = z.object({
  table: z.string().min(1).meta({ title: 'Table', description: 'The table that you want.' }),
});
type Resource = z.infer<typeof Resource>;

type Hook = (point: CrashPoint) => void | Promise<void>;

function connection(commits: CommitPattern, disk: MemoryDisk, at: Hook): Destination<Resource> {
  let dead: unknown;
  let writer: MemoryWriter | undefined;
  const reach = async (point: CrashPoint) => {
    if (dead !== undefined) throw new Error('the connection is dead', { cause: dead });
    try {
      await at(point);
    } catch (error) {
      dead = error;
      throw error;
    }
  };
  return {
    async plan(tables): Promise<Plan> {
      await reach('plan');
      return { changes: planTables(disk, tables) };
    },
    async apply({ changes }) {
      for (const change of changes) {
        await reach('apply');
        applyDefinition(disk, definitionOf(change));
      }
    },
    async saved({ task, range }) {
      return commits === 'in-destination' ? savedCheckpoint(disk, task, range) : null;
    },
    async compare(table, keys) {
      const theirs = new Set<string>();
      for await (const batch of keys) for (const key of decodeKeys(batch)) theirs.add(key);
      return compareWith(disk, table, theirs);
    },
    async open(request) {
      await reach('open');
      if (writer?.isOpen === true) throw new Error('a writer is open on this connection already');
      writer = new MemoryWriter(commits, disk, reach, request);
      return writer;
    },
    async [Symbol.asyncDispose]() {
      if (dead === undefined) await writer?.[Symbol.asyncDispose]();
      dead ??= new Error('it was disposed');
    },
  };
}

function compareWith(
  disk: MemoryDisk,
  { resource, columns }: Table<Resource>,
  theirs: ReadonlySet<string>,
): KeyComparison {
  const rows = [...(disk.tables.get(resource.table)?.rows.values() ?? [])].filter(
    ({ deleted }) => !deleted,
  );
  const names = columns.filter(({ key }) => key).map(({ name }) => name);
  const ours = new Set(
    rows.map(({ values }) => {
      const text = Buffer.from(`[${names.map((name) => values.get(name) ?? 'null').join(',')}]`);
      return canonicalJson(text, 0, text.length);
    }),
  );
  const sample = (some: Iterable<string>, others: ReadonlySet<string>) => {
    const only = [...some].filter((key) => !others.has(key));
    return { count: only.length, examples: only.toSorted().slice(0, 5) };
  };
  return {
    source: theirs.size,
    rows: rows.length,
    keys: ours.size,
    missing: sample(theirs, ours),
    surplus: sample(ours, theirs),
  };
}

function planTables(disk: MemoryDisk, tables: readonly Table<Resource>[]) {
  const names = tables.map(({ resource }) => resource.table);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new Failure('config', `two streams want the table ${twice}`);
  return tables.flatMap((table) =>
    planTable(table.resource.table, table, disk.tables.get(table.resource.table)?.columns),
  );
}
