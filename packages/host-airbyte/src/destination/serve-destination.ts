import { isOutputClosed, readLines } from '@fairlead/host-io';
import type { Lines } from '@fairlead/json';
import {
  connectMaterialization,
  Failure,
  isFailure,
  settingsSchema,
  type Json,
  type Materialization,
} from '@fairlead/sdk';
import type { AirbyteIo } from '../airbyte-io.ts';
import {
  parseCommandLine,
  UsageError,
  usageExitCode,
  type CommandLine,
} from '../protocol/command-line.ts';
import { maskSecrets } from '../protocol/mask.ts';
import { readJsonFile } from '../protocol/read-json-file.ts';
import { connectionSpecification } from '../protocol/specification.ts';
import type { CommitPace } from './transaction.ts';
import { write } from './write.ts';

export interface ServeDestinationOptions {
  /** Where users read about the connector; its page in the npm registry unless given. */
  readonly documentationUrl?: string;
  /** What `write` reads; descriptor 0 unless given. It owns the lines. */
  readonly input?: AsyncIterable<Lines>;
  /** How often rows are made durable and states echoed. */
  readonly pace?: CommitPace;
}

/**
 * Does one command of the protocol with a materialization: `spec`, `check` or `write`. Answers the
 * exit code: 0 when the command did its job, which includes a check that finds settings that do not
 * work; 1 when it did not, with the reason in a TRACE message; 2 for a wrong command line.
 */
export async function serveDestination(
  materialization: Materialization,
  args: readonly string[],
  io: AirbyteIo,
  options: ServeDestinationOptions = {},
): Promise<number> {
  try {
    await run(materialization, parse(materialization, args), io, options);
    await io.output.flush();
    // What a signal cut short is not done.
    return io.signal.aborted ? 1 : 0;
  } catch (error) {
    if (error instanceof UsageError) {
      io.complain(error.message);
      return usageExitCode;
    }
    return await answerError(error, io);
  }
}

function parse({ name }: Materialization, args: readonly string[]): CommandLine {
  const line = parseCommandLine(args);
  if (line.command === 'read' || line.command === 'discover') {
    throw new UsageError(`${name} is a destination: it cannot ${line.command}`);
  }
  return line;
}

async function run(
  materialization: Materialization,
  line: CommandLine,
  io: AirbyteIo,
  options: ServeDestinationOptions,
): Promise<void> {
  const { messages, signal } = io;
  if (line.debug) messages.tellAll();
  switch (line.command) {
    case 'check':
      return await check(materialization, line, io);
    case 'write': {
      const config = await readConfig(materialization, line, io);
      const catalog = await readJsonFile(line.catalog ?? '', 'catalog');
      if (catalog === undefined) throw new Failure('config', 'the catalog is empty');
      const { input = readLines(0, { signal }), pace } = options;
      const request = { config, catalog, input, ...(pace === undefined ? {} : { pace }) };
      return await write(materialization, request, io);
    }
    default:
      await messages.spec({
        documentationUrl: options.documentationUrl ?? documentationOf(materialization),
        connectionSpecification: connectionSpecification(
          materialization.config,
          materialization.title,
        ),
        supportsIncremental: true,
        supportsNormalization: false,
        supportsDBT: false,
        supported_destination_sync_modes: ['overwrite', 'append', 'append_dedup'],
      });
  }
}

async function check(
  materialization: Materialization,
  line: CommandLine,
  io: AirbyteIo,
): Promise<void> {
  const { messages, signal } = io;
  try {
    const config = await readConfig(materialization, line, io);
    const connected = connectMaterialization(materialization, config);
    await connected.check({ signal, log: messages.log });
  } catch (error) {
    if (!isFailure(error) || signal.aborted) throw error;
    await messages.failed(error);
    return;
  }
  await messages.succeeded();
}

/** The config, whose secrets are masked from here on. */
async function readConfig(
  materialization: Materialization,
  { config: path = '' }: CommandLine,
  { messages }: AirbyteIo,
): Promise<Json | undefined> {
  const config = await readJsonFile(path, 'config');
  messages.hide(maskSecrets(settingsSchema(materialization.config), config));
  return config;
}

/** Says what went wrong, to whoever still reads. Answers the exit code. */
async function answerError(
  error: unknown,
  { messages, output, signal }: AirbyteIo,
): Promise<number> {
  try {
    if (!signal.aborted) await messages.error(error);
    await output.flush();
  } catch (outputError) {
    if (!isOutputClosed(outputError)) throw outputError;
  }
  return 1;
}

function documentationOf({ name }: Materialization): string {
  return `https://www.npmjs.com/package/@fairlead/${name}`;
}
