import { Console } from 'node:console';
import { openOutput, readChunks } from '@fairlead/host-io';
import { flowLog } from './flow-log.ts';
import type { FlowIo } from './io.ts';
import { codecFrom } from './protocol/codecs.ts';

/** A {@link FlowIo} of the process: disposing it takes its signal handlers away. */
export interface ProcessIo extends FlowIo, Disposable {}

/**
 * The standard streams, with codec and log level as the environment says. From here on the standard
 * output belongs to the protocol, so what others print goes to the standard error.
 * @throws {Failure} config, when the environment asks for an unknown codec.
 */
export function processIo(
  env: Readonly<Record<string, string | undefined>>,
  documentationUrl?: string,
): ProcessIo {
  const codec = codecFrom(env);
  const stop = new AbortController();
  const onSignal = () => stop.abort(new Error('the process was asked to stop'));
  process.once('SIGTERM', onSignal);
  process.once('SIGINT', onSignal);
  globalThis.console = new Console(process.stderr, process.stderr);
  return {
    input: (signal) => readChunks(0, signal),
    output: openOutput(1),
    codec,
    log: flowLog((line) => process.stderr.write(line), env['LOG_LEVEL']),
    signal: stop.signal,
    ...(documentationUrl === undefined ? {} : { documentationUrl }),
    [Symbol.dispose]() {
      process.off('SIGTERM', onSignal);
      process.off('SIGINT', onSignal);
    },
  };
}
