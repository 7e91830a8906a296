import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Target } from '@fairlead/grpc';
import { BatchFileFormat, DestinationConnector } from '@fairlead/host-fivetran/protocol';
import { Failure, isFailure, silentLog, type Log } from '@fairlead/sdk';
import {
  completeConfiguration,
  secretsOf,
  type Configuration,
} from '../connector/configuration.ts';
import { maskSecrets } from '../connector/mask-secrets.ts';
import { openConnector } from '../connector/open-connector.ts';
import { expectPassed, runTests, type TestOutcome } from '../connector/run-tests.ts';
import { Findings, type Finding } from '../connector/findings.ts';
import { DestinationClient } from './destination-client.ts';
import { inputFiles, readInput } from './read-input.ts';
import { StepRunner, type StepOutcome } from './run-steps.ts';

export interface DestinationTestOptions {
  /** Where the connector listens. It has to see the files of this machine. */
  readonly target: Target;
  readonly configuration: Configuration;
  /** The folder with the input files. */
  readonly folder: string;
  /** Only this input file of the folder. */
  readonly inputFile?: string;
  /** Of the tables; `tester` unless given. */
  readonly schema?: string;
  /** Batch files that are neither compressed nor encrypted. */
  readonly plainText?: boolean;
  readonly log?: Log;
  readonly signal?: AbortSignal;
}

/** How the steps of the input files went. */
export interface DestinationReport {
  readonly tests: readonly TestOutcome[];
  readonly steps: readonly ({ readonly file: string } & StepOutcome)[];
  /** Of the connector. */
  readonly warnings: readonly string[];
  /** Of this tester. */
  readonly findings: readonly Finding[];
  /** What ended it, when it did not end well. */
  readonly failure?: Failure;
}

/**
 * What Fivetran does with a destination: form, tests, and the steps of input files in alphabetical
 * order, the rows in batch files as Fivetran writes them.
 * @throws {Failure} when there is nothing to do: the configuration is not whole, an input file cannot
 * be read, nobody listens there.
 */
export async function tryDestination(options: DestinationTestOptions): Promise<DestinationReport> {
  const { folder, signal = new AbortController().signal, log = silentLog } = options;
  const names = options.inputFile === undefined ? await inputFiles(folder) : [options.inputFile];
  const inputs = await Promise.all(
    names.map(async (name) => ({ name, steps: await readInput(folder, name) })),
  );
  await using channel = openConnector(options.target, signal);
  const form = await channel.ask(DestinationConnector.method.configurationForm, {});
  const configuration = completeConfiguration(form, options.configuration, 'configuration');
  const warnings: string[] = [];
  const findings = new Findings(({ message, where }) =>
    log.warn(message, where === undefined ? {} : { where }),
  );
  const schema = options.schema ?? 'tester';
  const mask = maskSecrets(secretsOf(form, configuration));
  const client = new DestinationClient(channel, schema, configuration, (message) => {
    warnings.push(mask.text(message));
    log.warn(mask.text(message));
  });
  const batches = await mkdtemp(join(tmpdir(), 'fairlead-batches-'));
  const files = { plainText: options.plainText === true };
  const runner = new StepRunner({ client, findings, log, folder: batches, files });
  const steps: ({ readonly file: string } & StepOutcome)[] = [];
  let tests: readonly TestOutcome[] = [];
  let failure: Failure | undefined;
  try {
    tests = await runTests(channel, DestinationConnector, form.tests, configuration, mask);
    expectPassed(tests);
    const { batchFileFormat } = await channel.ask(DestinationConnector.method.capabilities, {});
    if (batchFileFormat !== BatchFileFormat.CSV) {
      throw new Failure(
        'config',
        'the destination wants batches in Parquet, and this tester has CSV',
      );
    }
    for (const { name: file, steps: todo } of inputs) {
      for (const step of todo) steps.push({ file, ...(await runner.run(step)) });
    }
  } catch (error) {
    signal.throwIfAborted();
    const masked = mask.failure(error);
    if (!isFailure(masked)) throw masked;
    failure = masked;
  } finally {
    await rm(batches, { recursive: true, force: true });
  }
  return {
    tests,
    steps,
    warnings,
    findings: findings.all,
    ...(failure === undefined ? {} : { failure }),
  };
}
