import { readPieces } from '@fairlead/host-io';
import type { Lines } from '@fairlead/json';
import { connectMaterialization, Failure, type Materialization } from '@fairlead/sdk';
import type { AirbyteIo } from '../airbyte-io.ts';
import { answerCheck, answerError, documentationOf, readConfig } from '../connector-command.ts';
import {
  parseCommandLine,
  UsageError,
  usageExitCode,
  type CommandLine,
} from '../protocol/command-line.ts';
import { readJsonFile } from '../protocol/read-json-file.ts';
import { connectionSpecification } from '../protocol/specification.ts';
import type { CommitPace } from './transaction.ts';
import { write } from './write.ts';

export interface ServeDestinationOptions {
  /** Where users read about the connector; its page in the npm registry unless given. */
  readonly documentationUrl?: string;
  /** What `write` reads, in pieces that may end anywhere; descriptor 0 unless given. */
  readonly input?: AsyncIterable<Pick<Lines, 'bytes'>>;
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
      return await answerCheck(materialization, line, io, (config, scope) =>
        connectMaterialization(materialization, config).check(scope),
      );
    case 'write': {
      const config = await readConfig(materialization, line, io);
      const catalog = await readJsonFile(line.catalog ?? '', 'catalog');
      if (catalog === undefined) throw new Failure('config', 'the catalog is empty');
      const { pace } = options;
      const input = options.input ? bytesOf(options.input) : readPieces(0, signal);
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

async function* bytesOf(
  pieces: AsyncIterable<Pick<Lines, 'bytes'>>,
): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const { bytes } of pieces) yield bytes;
}
