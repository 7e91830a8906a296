import { isOutputClosed } from '@fairlead/host-io';
import { connect, Failure, type Source } from '@fairlead/sdk';
import type { AirbyteIo } from '../airbyte-io.ts';
import { answerCheck, answerError, documentationOf, readConfig } from '../connector-command.ts';
import {
  type CommandLine,
  parseCommandLine,
  UsageError,
  usageExitCode,
} from '../protocol/command-line.ts';
import { readJsonFile } from '../protocol/read-json-file.ts';
import { connectionSpecification } from '../protocol/specification.ts';
import { catalogStream } from './catalog-stream.ts';
import { read } from './read.ts';
import type { StatePace } from './state-clock.ts';

export interface ServeSourceOptions {
  /** Where users read about the connector; its page in the npm registry unless given. */
  readonly documentationUrl?: string;
  /** How often a state is written. */
  readonly pace?: StatePace;
}

/**
 * Does one command of the protocol with a source: `spec`, `check`, `discover` or `read`. Answers the
 * exit code: 0 when the command did its job, which includes a check that finds settings that do not
 * work; 1 when it did not, with the reason in a TRACE message; 2 for a wrong command line. A reader
 * of the output that has gone away wants no more, and is no error.
 */
export async function serveSource(
  source: Source,
  args: readonly string[],
  io: AirbyteIo,
  options: ServeSourceOptions = {},
): Promise<number> {
  try {
    const done = await run(source, parse(source, args), io, options);
    await io.output.flush();
    return done ? 0 : 1;
  } catch (error) {
    if (isOutputClosed(error)) return 0;
    if (error instanceof UsageError) {
      io.complain(error.message);
      return usageExitCode;
    }
    return await answerError(error, io);
  }
}

function parse(source: Source, args: readonly string[]): CommandLine {
  const line = parseCommandLine(args);
  if (line.command === 'write') throw new UsageError(`${source.name} is a source: it cannot write`);
  return line;
}

/** Answers whether the command did its job. */
async function run(
  source: Source,
  line: CommandLine,
  io: AirbyteIo,
  { documentationUrl, pace }: ServeSourceOptions,
): Promise<boolean> {
  const { messages, signal } = io;
  if (line.debug) messages.tellAll();
  switch (line.command) {
    case 'check':
      await answerCheck(source, line, io, (config, scope) => connect(source, config).check(scope));
      return true;
    case 'discover': {
      const config = await readConfig(source, line, io);
      const streams = await connect(source, config).discover({ signal, log: messages.log });
      if (streams.length === 0) throw new Failure('config', 'the source offers no streams');
      await messages.catalog(streams.map(catalogStream));
      return true;
    }
    case 'read': {
      const config = await readConfig(source, line, io);
      const catalog = await readJsonFile(line.catalog ?? '', 'catalog');
      const state = line.state === undefined ? undefined : await readJsonFile(line.state, 'state');
      return await read(source, { config, catalog, state }, io, pace);
    }
    default:
      await messages.spec({
        documentationUrl: documentationUrl ?? documentationOf(source),
        connectionSpecification: connectionSpecification(source.config, source.title),
        supportsIncremental: true,
        supported_destination_sync_modes: [],
      });
      return true;
  }
}
