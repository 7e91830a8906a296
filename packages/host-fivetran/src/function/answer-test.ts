import type { ConnectedSource, Log } from '@fairlead/sdk';
import type { WriteFile } from './answer-sync.ts';
import { rowFile } from './encode-answer.ts';
import { inTime } from './in-time.ts';
import type { CallLimits } from './limits.ts';
import type { FunctionRequest } from './request.ts';

/** Fivetran waits five minutes for the answer to a test. */
const mostMs = 240_000;

interface TestScope {
  readonly limits: CallLimits;
  readonly signal: AbortSignal;
  readonly log: Log;
  /** Where rows are to go into a file. */
  readonly writeFile?: WriteFile;
}

/**
 * The answer to a test of the settings: the state as it was, and no rows. Where rows are to go into a
 * file, it is there then, without rows.
 * @throws what is wrong with the settings.
 */
export async function answerTest(
  source: ConnectedSource,
  { state, stateJson }: FunctionRequest,
  { limits, signal, log, writeFile }: TestScope,
): Promise<Uint8Array> {
  const ms = Math.min(mostMs, limits.timeoutMs * 0.9);
  await inTime('the settings could not be checked', { ms, signal }, (checking) =>
    source.check({ signal: checking, log }),
  );
  await inTime('the bucket could not be written to', { ms, signal }, async (writing) =>
    writeFile?.(rowFile([]), writing),
  );
  const given = stateJson ?? Buffer.from(JSON.stringify(state));
  return Buffer.concat([Buffer.from('{"state":'), given, Buffer.from(',"hasMore":false}')]);
}
