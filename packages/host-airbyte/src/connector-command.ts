import { isOutputClosed } from '@fairlead/host-io';
import { isFailure, type Json, type Scope, settingsSchema } from '@fairlead/sdk';
import type { z } from 'zod';
import type { AirbyteIo } from './airbyte-io.ts';
import type { CommandLine } from './protocol/command-line.ts';
import { maskSecrets } from '@fairlead/host-io';
import { readJsonFile } from './protocol/read-json-file.ts';

/** What sources and destinations have in common, as far as commands need it. */
export interface Connector {
  readonly name: string;
  readonly config: z.ZodType;
}

/**
 * Does `check` by calling `test` with the settings, and tells how it ended: settings that do not work
 * are an answer, too.
 * @throws what is no {@link isFailure failure}, and anything after the signal.
 */
export async function answerCheck(
  connector: Connector,
  line: CommandLine,
  io: AirbyteIo,
  test: (config: Json | undefined, scope: Omit<Scope, 'config'>) => Promise<void>,
): Promise<void> {
  const { messages, signal } = io;
  try {
    const config = await readConfig(connector, line, io);
    await test(config, { signal, log: messages.log });
  } catch (error) {
    if (!isFailure(error) || signal.aborted) throw error;
    await messages.failed(error);
    return;
  }
  await messages.succeeded();
}

/**
 * The settings in the file that the command line names. Their secrets are masked from here on.
 * @throws {Failure} config
 */
export async function readConfig(
  connector: Connector,
  { config: path = '' }: CommandLine,
  { messages }: AirbyteIo,
): Promise<Json | undefined> {
  const config = await readJsonFile(path, 'config');
  messages.hide(maskSecrets(settingsSchema(connector.config), config));
  return config;
}

/** Says what went wrong, to whoever still reads. Answers the exit code. */
export async function answerError(
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

/** Where users read about a connector unless its program says otherwise. */
export function documentationOf({ name }: Connector): string {
  return `https://github.com/fairlead/fairlead/tree/main/connectors/${name}#readme`;
}
