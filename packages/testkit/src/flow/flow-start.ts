import {
  type FlowIo,
  type Launch,
  launchCommand,
  launchInProcess,
  serveCapture,
  serveMaterialize,
} from '@fairlead/host-flow';
import type { Materialization, Source } from '@fairlead/sdk';

export interface StartOptions {
  /** Called with each line of the log. */
  readonly onLog?: (line: string) => void;
  /** The least level that is logged. */
  readonly logLevel?: string;
}

/** How a connector under test is started. */
export type FlowStart = (options: StartOptions) => Launch;

/** Any executable that is a connector: `['node', 'bin/source-file.js']`. */
export interface FlowCommand {
  readonly command: readonly string[];
  /** Beside the environment of this process. */
  readonly env?: Readonly<Record<string, string>>;
}

/** A connector that starts in a way of its own. */
export interface FlowStarter {
  readonly name: string;
  readonly start: FlowStart;
}

/** A capture: a source within this process, or an executable. */
export type FlowCaptureSubject = { readonly source: Source } | FlowCommand | FlowStarter;

/** A materialization within this process, or an executable. */
export type FlowMaterializationSubject =
  | { readonly materialization: Materialization }
  | FlowCommand
  | FlowStarter;

/** What a subject is called, and how it is started. */
export function starterOf(subject: FlowCaptureSubject | FlowMaterializationSubject): FlowStarter {
  if ('start' in subject) return subject;
  if ('source' in subject) {
    const { source } = subject;
    return inProcess(source.name, (io) => serveCapture(source, io));
  }
  if ('materialization' in subject) {
    const { materialization } = subject;
    return inProcess(materialization.name, (io) => serveMaterialize(materialization, io));
  }
  const { command, env } = subject;
  return {
    name: command.join(' '),
    start: ({ logLevel, ...options }) =>
      launchCommand(command, {
        ...options,
        env: { ...env, ...(logLevel === undefined ? {} : { LOG_LEVEL: logLevel }) },
      }),
  };
}

function inProcess(name: string, serve: (io: FlowIo) => Promise<number>): FlowStarter {
  return { name, start: (options) => launchInProcess(serve, options) };
}
