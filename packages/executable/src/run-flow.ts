import { flowLog, processIo, serveCapture, serveMaterialize } from '@fairlead/host-flow';
import {
  describeFailure,
  exitCode,
  isFailure,
  type Materialization,
  type Source,
} from '@fairlead/sdk';
import type { About } from './about.ts';

/** Runs a connector as a process of Estuary Flow, whose last log record says what failed. */
export async function runFlow(
  connector: Source | Materialization,
  { documentationUrl }: Pick<About, 'documentationUrl'>,
): Promise<never> {
  process.on('uncaughtException', fail);
  process.on('unhandledRejection', fail);
  try {
    using io = processIo(process.env, documentationUrl);
    const code =
      'pull' in connector
        ? await serveCapture(connector, io)
        : await serveMaterialize(connector, io);
    // A connector may have left a timer or a socket; when the work is done, it is done all the same.
    return process.exit(code);
  } catch (error) {
    return fail(error);
  }
}

/** Ends the process with an error that no protocol has a place for. */
function fail(error: unknown): never {
  const log = flowLog((line) => process.stderr.write(line));
  if (isFailure(error)) log.error(describeFailure(error), { kind: error.kind });
  else log.error(error instanceof Error ? error.message : String(error), { error });
  return process.exit(exitCode(error));
}
