import type { Target } from '@fairlead/grpc';
import { SourceConnector } from '@fairlead/host-fivetran/protocol';
import { isFailure, type Failure, silentLog, type Log } from '@fairlead/sdk';
import {
  completeConfiguration,
  secretsOf,
  type Configuration,
} from '../connector/configuration.ts';
import { maskSecrets } from '../connector/mask-secrets.ts';
import { openConnector, type ConnectorChannel } from '../connector/open-connector.ts';
import { expectPassed, runTests, type TestOutcome } from '../connector/run-tests.ts';
import type { Naming } from '../warehouse/naming.ts';
import { Warehouse, type TableCount } from '../warehouse/warehouse.ts';
import { Findings, type Finding } from '../connector/findings.ts';
import type { OperationCounts } from './record-writer.ts';
import { runSync, type SyncProgress } from './run-sync.ts';
import { declaredTables, type SourceSchema } from './source-schema.ts';
import { readState, writeState } from './state-file.ts';
import { wholeSelection } from './whole-selection.ts';
import { StreamChecks, usualLimits, type SourceLimits } from './stream-checks.ts';

export interface SourceTestOptions {
  /** Where the connector listens. */
  readonly target: Target;
  readonly configuration: Configuration;
  /** The DuckDB file; it is made where there is none. */
  readonly warehouse: string;
  /** The file with the state of the last checkpoint. */
  readonly state: string;
  /** The state to begin with, as JSON; what the file has unless given. */
  readonly initialState?: string;
  /** The schema of the tables; `tester` unless given. */
  readonly schema?: string;
  readonly naming?: Naming;
  readonly limits?: Partial<SourceLimits>;
  readonly log?: Log;
  readonly signal?: AbortSignal;
}

/** How a run went, which is what Fivetran would have shown and more. */
export interface SourceReport {
  readonly tests: readonly TestOutcome[];
  /** What was sent, by table. */
  readonly operations: readonly ({ readonly table: string } & Readonly<OperationCounts>)[];
  readonly checkpoints: number;
  /** Of the connector. */
  readonly warnings: readonly string[];
  /** Of this tester. */
  readonly findings: readonly Finding[];
  /** The tables as they are now. */
  readonly tables: readonly TableCount[];
  /** What ended the sync, when it did not end well. */
  readonly failure?: Failure;
}

/**
 * One sync as Fivetran does it: form, tests, schema, and what Update sends into a DuckDB file. The next
 * one goes on from the last checkpoint.
 * @throws {Failure} when there is nothing to sync: the configuration is not whole, the warehouse cannot
 * be opened, nobody listens there.
 */
export async function trySource(options: SourceTestOptions): Promise<SourceReport> {
  const { signal = new AbortController().signal, log = silentLog } = options;
  await using channel = openConnector(options.target, signal);
  const form = await channel.ask(SourceConnector.method.configurationForm, {});
  const configuration = completeConfiguration(form, options.configuration, 'configuration');
  const state = options.initialState ?? (await readState(options.state)) ?? '{}';
  await using warehouse = await Warehouse.open(options.warehouse, options);
  const findings = new Findings(({ message, where }) =>
    log.warn(message, where === undefined ? {} : { where }),
  );
  const limits = { ...usualLimits, ...options.limits };
  const secrets = secretsOf(form, configuration);
  const mask = maskSecrets(secrets);
  const checks = new StreamChecks(findings, secrets, limits);
  const progress: SyncProgress = { checkpoints: 0, warnings: [] };
  const counts = new Map<string, OperationCounts>();
  let tests: readonly TestOutcome[] = [];
  let failure: Failure | undefined;
  try {
    tests = await runTests(channel, SourceConnector, form.tests, configuration, mask);
    expectPassed(tests);
    const { schema, isSelectable } = await askSchema(channel, configuration);
    await runSync(
      {
        channel,
        warehouse,
        configuration,
        state,
        ...(isSelectable ? { selection: wholeSelection(schema ?? new Map()) } : {}),
        checks,
        mask,
        log,
        known: {
          tables: new Map(schema),
          made: new Set(),
          declares: schema !== undefined,
          counts,
          findings,
        },
        onCheckpoint: (reached) => writeState(options.state, reached),
      },
      progress,
    );
  } catch (error) {
    signal.throwIfAborted();
    const masked = mask.failure(error);
    if (!isFailure(masked)) throw masked;
    failure = masked;
  }
  return {
    tests,
    operations: [...counts].map(([table, operations]) => ({ table, ...operations })),
    ...progress,
    findings: findings.all,
    tables: await warehouse.counts(),
    ...(failure === undefined ? {} : { failure }),
  };
}

/** What the source declares; no schema when it leaves all to inference. */
async function askSchema(
  channel: ConnectorChannel,
  configuration: Configuration,
): Promise<{ readonly schema?: SourceSchema; readonly isSelectable: boolean }> {
  const { response, selectionNotSupported } = await channel.ask(SourceConnector.method.schema, {
    configuration: { ...configuration },
  });
  if (response.case === 'schemaResponseNotSupported' && response.value) {
    return { isSelectable: false };
  }
  return { schema: declaredTables(response), isSelectable: selectionNotSupported !== true };
}
