import { addAbortListener } from 'node:events';
import { describeFailure, exitCode, isFailure, type Materialization } from '@fairlead/sdk';
import type { FlowIo } from '../io.ts';
import type { CodecName } from '../protocol/codec.ts';
import { protocolVersion } from '../protocol/flow-messages.ts';
import {
  materializeResponses,
  type MaterializeResponseDraft,
} from '../protocol/materialize-messages.ts';
import { messageOutput } from '../protocol/message-output.ts';
import { jsonBytes, type Answers } from './answers.ts';
import { apply } from './apply.ts';
import { openSession, type Session } from './open-session.ts';
import { requestReader } from './request-reader.ts';
import { configForm, resourceForm } from './resource-form.ts';
import { outOfOrder } from './transactions.ts';
import { validate } from './validate.ts';

/**
 * Runs a materialization for the Flow runtime: answers requests until there are no more.
 * @returns the exit code of the process. A failure is the last record of the log.
 */
export async function serveMaterialize(
  materialization: Materialization,
  io: FlowIo,
): Promise<number> {
  const stop = new AbortController();
  using _stop = io.signal && addAbortListener(io.signal, () => stop.abort(io.signal?.reason));
  try {
    await serve(materialization, io, stop);
    await io.output.flush();
    return 0;
  } catch (error) {
    if (io.signal?.aborted === true && error === io.signal.reason) return 0;
    const message = isFailure(error) ? describeFailure(error) : plainMessage(error);
    io.log.error(message, isFailure(error) ? { kind: error.kind } : { error });
    return exitCode(error);
  }
}

async function serve(
  materialization: Materialization,
  { input, output, codec, log, documentationUrl }: FlowIo,
  stop: AbortController,
): Promise<void> {
  const { signal } = stop;
  const reader = requestReader(codec);
  const answers = answersTo(output, codec);
  const fail = (error: unknown) => stop.abort(error);
  let session: Session | undefined;
  try {
    for await (const chunk of input(signal)) {
      for (const request of reader.read(chunk)) {
        if (request.is === 'spec') {
          await answers.write(describe(materialization, documentationUrl));
        } else if (session !== undefined) await session.transactions.take(request);
        else if (request.is === 'validate') {
          await answers.write(await validate(materialization, request, { log, signal }));
        } else if (request.is === 'apply') {
          await answers.write(await apply(materialization, request, { log, signal }));
        } else if (request.is === 'open') {
          const parts = { answers, log, signal, fail };
          session = await openSession(materialization, request, parts);
        } else throw outOfOrder(request.is);
        if (session === undefined) await answers.flush();
      }
    }
    reader.end();
    await session?.transactions.finish();
  } finally {
    await session?.[Symbol.asyncDispose]();
  }
}

function describe(
  materialization: Materialization,
  documentationUrl: string | undefined,
): MaterializeResponseDraft {
  return {
    is: 'spec',
    protocol: protocolVersion,
    configSchema: jsonBytes(configForm(materialization)),
    resourceConfigSchema: jsonBytes(resourceForm(materialization)),
    ...(documentationUrl === undefined ? {} : { documentationUrl }),
  };
}

function answersTo(output: FlowIo['output'], codec: CodecName): Answers {
  const { write } = messageOutput<MaterializeResponseDraft>(materializeResponses, codec, output);
  return { write, flush: () => output.flush() };
}

function plainMessage(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
