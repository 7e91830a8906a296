import { addAbortListener } from 'node:events';
import { launchCommand, type Exit, type Launch } from '@fairlead/host-flow';
import {
  exitCodes,
  Failure,
  type FailureKind,
  type Log,
  type LogFields,
  type LogLevel,
} from '@fairlead/sdk';
import { z } from 'zod';
import { isForeign } from '../airbyte/foreign-end.ts';
import { chooseConnector, namesOf } from '../connectors/choose-connector.ts';
import { findConnectors, type InstalledConnector } from '../connectors/find-connectors.ts';
import { logOf, type Invocation } from '../invocation.ts';

/** A connector of Flow that is run as processes of its own. */
export interface FlowProgram {
  readonly launch: Launch;
  /** The connector, when it is one that is installed. */
  readonly installed?: InstalledConnector;
  /** What an error means that was thrown while the connector was run: how it ended says more. */
  explain(error: unknown): unknown;
}

/**
 * The program that some words of the command line mean: one word without a slash is a connector that
 * is installed, anything else an executable and its arguments. What it logs goes to the log of this
 * call. An interruption kills it.
 *
 * @throws {Failure} config
 */
export function flowProgram(
  invocation: Invocation,
  kind: InstalledConnector['kind'],
  words: readonly string[],
): FlowProgram {
  const { environment, interruption, options } = invocation;
  const [name = ''] = words;
  const isName = words.length === 1 && !/[/\\]/.test(name);
  const installed = isName
    ? chooseConnector(findConnectors(environment.folder), kind, name)
    : undefined;
  const command = installed === undefined ? words : ownCommand(invocation, installed);
  const log = logOf(invocation);
  const level = options.verbose === true ? 'debug' : options.quiet === true ? 'error' : 'info';
  const launch = launchCommand(command, {
    env: { LOG_LEVEL: level },
    onLog: (line) => said(line),
  });
  let last: Exit | undefined;
  // The last line of a connector that fails is its failure, which is told at the end.
  let held: LogLine | undefined;
  const release = () => {
    if (held !== undefined) relay(log, held);
    held = undefined;
  };
  const said = (line: string) => {
    release();
    const read = readLogLine(line);
    if (read.level === 'error') held = read;
    else relay(log, read);
  };
  return {
    ...(installed === undefined ? {} : { installed }),
    launch(codec) {
      const running = launch(codec);
      const kill = () => void running[Symbol.asyncDispose]();
      const listening = addAbortListener(interruption.now, kill);
      last = undefined;
      void running.exited.then((exit) => {
        last = exit;
        if (exit.code === 0) release();
        listening[Symbol.dispose]();
      });
      return running;
    },
    explain(error) {
      const code = last?.code ?? 0;
      if (last === undefined || code === 0) return error;
      const { lastMessage } = last;
      const known = installed === undefined ? undefined : kindOf(code);
      if (known !== undefined) return new Failure(known, lastMessage, { cause: error });
      if (code === notFound) {
        return new Failure('config', 'the executable cannot be started', { where: name });
      }
      const message = `the connector exited with code ${code}: ${lastMessage}`;
      return new Failure('data', message, { cause: error });
    },
  };
}

/** What a shell, too, says of a command that there is not. */
const notFound = 127;

/** This command, called to be a connector of a platform. */
function ownCommand({ self }: Invocation, installed: InstalledConnector): readonly string[] {
  return [...self, 'flow', callName(installed)];
}

/** What a connector is called when there must be no doubt of which. */
export function callName(installed: InstalledConnector): string {
  const [, withKind = installed.name] = namesOf(installed);
  // Those of one package have its name in common.
  return isForeign(installed) ? withKind : installed.name;
}

/** The kind of failure with which a connector of ours ends like this. */
function kindOf(code: number): FailureKind | undefined {
  const kinds: readonly FailureKind[] = ['config', 'access', 'transient', 'data', 'state'];
  return kinds.find((kind) => exitCodes[kind] === code);
}

/** A line of a connector's log. */
interface LogLine {
  readonly level: LogLevel;
  readonly message: string;
  readonly fields: LogFields;
}

/** Reads a record of JSON, or any text. */
function readLogLine(line: string): LogLine {
  const parsed = LogRecord.safeParse(parseJson(line));
  if (!parsed.success) return { level: 'info', message: line, fields: {} };
  const { level, message, msg, fields } = parsed.data;
  return { level, message: message ?? msg ?? line, fields };
}

const LogRecord = z.looseObject({
  level: z.enum(['debug', 'info', 'warn', 'error']).catch('info'),
  message: z.string().optional(),
  msg: z.string().optional(),
  fields: z.record(z.string(), z.unknown()).catch({}),
});

function relay(log: Log, { level, message, fields }: LogLine): void {
  log[level](message, fields);
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
