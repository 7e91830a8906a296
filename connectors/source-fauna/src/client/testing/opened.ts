import { createLog, type LogFields } from '@fairlead/sdk';
import { FaunaConfig } from '../../settings.ts';
import { openFauna, type FaunaSetup } from '../fauna.ts';

/** What was logged. */
export interface Line {
  readonly level: string;
  readonly message: string;
  readonly fields: LogFields;
}

/** A client of a server on this machine that waits no time. Disposing ends the client alone. */
export function opened(
  port: number,
  settings: Readonly<Record<string, unknown>> = {},
  setup: Partial<FaunaSetup> = {},
) {
  const config = FaunaConfig.parse({
    domain: '127.0.0.1',
    port,
    scheme: 'http',
    secret: 'fnSecret',
    ...settings,
  });
  /** How long the client would have waited, in milliseconds. */
  const waits: number[] = [];
  const lines: Line[] = [];
  const log = createLog((level, message, fields) => void lines.push({ level, message, fields }));
  const fauna = openFauna(config, {
    log,
    env: {},
    random: () => 1,
    sleep: async (ms, until) => {
      until.throwIfAborted();
      waits.push(ms);
    },
    ...setup,
  });
  return {
    fauna,
    config,
    waits,
    lines,
    scope: { log, signal },
    [Symbol.asyncDispose]: () => fauna[Symbol.asyncDispose](),
  };
}

/** A signal that never aborts. */
export const { signal } = new AbortController();

/** For what a busy machine may take its time with. */
export const patient = { timeout: 30_000 };

/** What a promise fails with. */
export async function failing(promise: Promise<unknown>): Promise<unknown> {
  return await promise.then(
    () => {
      throw new Error('it did not fail');
    },
    (reason: unknown) => reason,
  );
}

/** Bytes as text. */
export function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString();
}
