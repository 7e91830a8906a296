import { addAbortListener } from 'node:events';
import { describeFailure, exitCode, Failure, isFailure, type Source } from '@fairlead/sdk';
import { connectorStatus } from '../flow-log.ts';
import type { FlowIo } from '../io.ts';
import {
  type CaptureRequest,
  captureRequests,
  type CaptureResponseDraft,
  captureResponses,
} from '../protocol/capture-messages.ts';
import { messageOutput } from '../protocol/message-output.ts';
import { messageReader } from '../protocol/message-reader.ts';
import { answer } from './answer.ts';
import { CaptureSession } from './session.ts';

export interface CaptureOptions {
  /** How long a sequence may take to end once the runtime asks to stop; 10 s unless given. */
  readonly stopGraceMs?: number;
  /**
   * Whether `backfillBegin` and `backfillComplete` are sent. Older runtimes refuse them, so not
   * unless it is asked for.
   */
  readonly backfillMarkers?: boolean;
}

/**
 * Runs a source as a capture of the Flow runtime: answers requests until there are no more, or
 * until the source has no more documents.
 * @returns the exit code of the process. A failure is the last record of the log.
 */
export async function serveCapture(
  source: Source,
  io: FlowIo,
  options: CaptureOptions = {},
): Promise<number> {
  try {
    await serve(source, io, options);
    await io.output.flush();
    return 0;
  } catch (error) {
    // Whole sequences that were written may still be of use; a broken pipe is what failed already.
    await io.output.flush().catch(() => {});
    const message = isFailure(error) ? describeFailure(error) : plainMessage(error);
    io.log.error(message, isFailure(error) ? { kind: error.kind } : { error });
    return exitCode(error);
  }
}

async function serve(
  source: Source,
  { input, output, codec, log, signal, documentationUrl = '' }: FlowIo,
  { stopGraceMs = 10_000, backfillMarkers = false }: CaptureOptions,
): Promise<void> {
  const reader = messageReader<CaptureRequest>(captureRequests, { codec });
  const { write } = messageOutput<CaptureResponseDraft>(captureResponses, codec, output);
  const reading = new AbortController();
  let session: CaptureSession | undefined;
  let ended: Promise<{ readonly error?: unknown }> | undefined;
  const stop = () => {
    session?.stop();
    if (session === undefined) reading.abort(stopped);
  };
  if (signal?.aborted === true) return;
  using _stop = signal && addAbortListener(signal, stop);

  try {
    for await (const chunk of input(reading.signal)) {
      for (const request of reader.read(chunk)) {
        if (session !== undefined) {
          if (request.is !== 'acknowledge') throw outOfOrder(request.is);
          session.acknowledge(request.checkpoints);
        } else if (request.is === 'open') {
          session = new CaptureSession(source, request, {
            write,
            log,
            stopGraceMs,
            backfillMarkers,
          });
          ended = settle(session.run()).finally(() => reading.abort(stopped));
        } else if (request.is === 'acknowledge') throw outOfOrder(request.is);
        else {
          if (request.is === 'validate') log.info(validating, connectorStatus);
          if (request.is === 'apply') log.info(applying, connectorStatus);
          const scope = { log, signal: reading.signal, documentationUrl };
          await write(await answer(source, request, scope));
          await output.flush();
        }
      }
    }
    reader.end();
    session?.stop();
  } catch (error) {
    if (error !== stopped) {
      session?.fail(error);
      if (session === undefined) throw error;
    }
  }
  const outcome = await ended;
  if (outcome !== undefined && 'error' in outcome) throw outcome.error;
}

/** Why reading ends when nothing is wrong. */
const stopped = new Error('there is no more to read');
const validating = 'Validating capture configuration';
const applying = 'Applying capture configuration';

function outOfOrder(name: string): Failure {
  return new Failure('data', `the request "${name}" is out of order`);
}

/** How a promise ended. It never rejects. */
async function settle(promise: Promise<void>): Promise<{ readonly error?: unknown }> {
  try {
    await promise;
    return {};
  } catch (error) {
    return { error };
  }
}

function plainMessage(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
