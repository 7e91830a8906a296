import {
  callFunction,
  type CallerTables,
  type ConnectionOptions,
  type FunctionEndpoint,
  httpEndpoint,
  ModelTables,
  serveFunction,
  type SyncOptions,
  type SyncReport,
} from '@fairlead/host-fivetran';
import type { SourceFixture } from '../source-suite-options.ts';
import type { Check } from '../check.ts';
import { fixtureCheck } from '../fixture-check.ts';
import { canonicalValue } from '../same-value.ts';
import type { FivetranFunctionSuite } from './fivetran-suite.ts';

/** A function that is served, with a fixture in place. */
export interface FunctionRun {
  readonly fixture: SourceFixture;
  /** Its answers are as small as they can be. */
  readonly endpoint: FunctionEndpoint;
  readonly connection: ConnectionOptions;
  /**
   * One sync into some tables, as small answers, or as large ones as there may be. Each has an id of its own.
   * @throws {Failure} what Fivetran would show.
   */
  sync(tables: CallerTables, options?: RunSync): Promise<SyncReport>;
}

interface RunSync extends Pick<SyncOptions, 'state' | 'onAnswer'> {
  readonly answers?: 'small' | 'large';
  /** In place of the run's own. */
  readonly endpoint?: FunctionEndpoint;
}

/** A check of a function, which is served anew for it over HTTP. */
export function functionCheck(
  suite: FivetranFunctionSuite,
  name: string,
  body: (run: FunctionRun) => Promise<void>,
): Check {
  return fixtureCheck(
    name,
    () => suite.prepare(),
    (fixture) => withFunction(suite, fixture, body),
  );
}

async function withFunction(
  { source, between = (endpoint) => endpoint }: FivetranFunctionSuite,
  fixture: SourceFixture,
  body: (run: FunctionRun) => Promise<void>,
): Promise<void> {
  const write = () => {};
  await using small = await serveFunction(source, { write, budget: { stopBytes: 1 } });
  await using large = await serveFunction(source, { write });
  const endpoint = between(httpEndpoint(small.url));
  const largeEndpoint = between(httpEndpoint(large.url));
  const connection = connectionOf(fixture);
  let syncs = 0;
  await body({
    fixture,
    endpoint,
    connection,
    async sync(tables, { answers = 'small', ...options } = {}) {
      const usual = answers === 'small' ? endpoint : largeEndpoint;
      const report = await callFunction(options.endpoint ?? usual, tables, {
        ...connection,
        ...options,
        syncId: `sync ${++syncs}`,
      });
      if (report.failure !== undefined) throw report.failure;
      return report;
    },
  });
}

/** What a connection to Fivetran says of the settings of a fixture. */
export function connectionOf({ settings, streams }: SourceFixture): ConnectionOptions {
  const chosen = streams === undefined ? {} : { 'fairlead.streams': streams.join(', ') };
  return { customPayload: { ...Object(settings), ...chosen } };
}

/** Tables whose rows can be compared. */
export class Tables extends ModelTables {
  /** All rows as texts, each after the name of its table, sorted. */
  get lines(): readonly string[] {
    return this.names
      .flatMap((table) => this.rowsOf(table).map((row) => `${table}: ${canonicalValue(row)}`))
      .toSorted();
  }
}
