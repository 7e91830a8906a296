import type { JsonSchema } from '@fairlead/json';
import {
  type Destination,
  type Json,
  type KeyRange,
  parseSettings,
  silentLog,
  type Table,
  wholeRange,
  type Writer,
} from '@fairlead/sdk';
import { expectNone, expectThat, inTime } from './check.ts';
import type { DestinationFixture, MaterializationSuite } from './materialization-suite-options.ts';
import { over } from './over.ts';
import type { TableModel } from './table-model.ts';

/** A new destination, used as a host uses it. */
export interface DestinationRun extends AsyncDisposable {
  readonly suite: MaterializationSuite;
  connect(): Promise<Destination>;
  /**
   * Opens a writer, alters the tables, and closes all after `body`, whether that commits or not.
   * What a staged destination has committed and not applied is applied first.
   */
  write(options: WriteOptions, body: (writer: Writer) => Promise<void>): Promise<void>;
  /** Commits as a host does: saves what has to be acknowledged, and acknowledges it. */
  commit(writer: Writer, checkpoint: string): Promise<void>;
  /** Fails when a table does not hold what the model does. */
  expectRows(...models: readonly TableModel[]): Promise<void>;
  readTable: NonNullable<DestinationFixture['readTable']>;
  /** What a staged destination has last given to be saved. */
  saved: Json;
}

interface WriteOptions {
  readonly tables: readonly Table[];
  readonly task?: string;
  readonly range?: KeyRange;
}

/** The writer to a host that uses the memory of documents again once they were taken. */
function reusingMemory(writer: Writer): Writer {
  return over(writer, {
    async store(table, documents) {
      const bytes = new Uint8Array(documents.bytes);
      await writer.store(table, { ...documents, bytes });
      bytes.fill(0x20);
    },
  });
}

/** Makes a destination for a check. */
export async function startDestination(suite: MaterializationSuite): Promise<DestinationRun> {
  const { materialization } = suite;
  const fixture = await suite.prepare();
  const config = parseSettings(materialization.config, fixture.settings);
  const signal = new AbortController().signal;
  const run: DestinationRun = {
    suite,
    saved: null,
    connect: () =>
      inTime(materialization.connect({ config, signal, log: silentLog }), 'connecting'),
    async write({ tables, task = 'test/task', range = wholeRange }, body) {
      await using destination = await run.connect();
      const state = run.saved === null ? {} : { state: run.saved };
      await using writer = await destination.open({ task, range, tables, ...state });
      if (run.saved !== null) await writer.acknowledge?.(run.saved);
      await writer.alter(tables);
      await body(reusingMemory(writer));
    },
    async commit(writer, checkpoint) {
      const answer = await writer.commit(checkpoint);
      if (materialization.commits !== 'staged') return;
      run.saved = copyOf(answer);
      await writer.acknowledge?.(run.saved);
    },
    async expectRows(...models) {
      for (const model of models) {
        const rows = await run.readTable(model.table);
        expectNone(model.differences(rows), 'the table does not hold what it should');
      }
    },
    async readTable(table) {
      expectThat(fixture.readTable !== undefined, 'the fixture cannot read tables');
      return await fixture.readTable(table);
    },
    async [Symbol.asyncDispose]() {
      await fixture[Symbol.asyncDispose]?.();
    },
  };
  return run;
}

/** JSON as it comes back from where it was saved. */
export function copyOf(json: Json): Json {
  return JSON.parse(JSON.stringify(json));
}

export interface TableOptions {
  readonly stream?: string;
  readonly write?: Table['write'];
  readonly deletes?: Table['deletes'];
  /** Schemas by name of the column, which is also that of the member. */
  readonly columns?: Readonly<Record<string, JsonSchema>>;
  /** Names of the columns of the key; `id` unless given. */
  readonly key?: readonly string[];
}

/** A table as a host would ask for it. */
export function tableOf(suite: MaterializationSuite, options: TableOptions = {}): Table {
  const { stream = 'orders', write = 'merge', deletes = 'hard', key = ['id'] } = options;
  const { materialization } = suite;
  const columns = options.columns ?? {
    id: { type: 'integer' },
    name: { type: ['string', 'null'] },
    size: { type: ['integer', 'null'] },
  };
  return {
    resource: parseSettings(materialization.resource, materialization.resourceFor(stream)),
    write,
    deletes,
    columns: Object.entries(columns).map(([name, schema]) => ({
      name,
      pointer: `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`,
      schema,
      key: write === 'merge' && key.includes(name),
    })),
  };
}
