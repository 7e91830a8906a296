import { createLog, type Materialization } from '@fairlead/sdk';
import type { CodecName } from '../protocol/codec.ts';
import {
  materializeRequests,
  materializeResponses,
  type MaterializeRequestDraft,
  type MaterializeResponse,
} from '../protocol/materialize-messages.ts';
import { messageReader } from '../protocol/message-reader.ts';
import { messageWriter } from '../protocol/message-writer.ts';
import { serveMaterialize } from './serve.ts';

export interface Served {
  readonly exitCode: number;
  /** Everything that was answered, as bytes. */
  readonly bytes: Buffer;
  readonly responses: readonly MaterializeResponse[];
  /** Messages of the log. */
  readonly logged: readonly string[];
}

/** Sends requests, or bytes as they are, each in a chunk of its own, and waits for the end. */
export async function serveAll(
  materialization: Materialization,
  requests: readonly (MaterializeRequestDraft | Uint8Array)[],
  codec: CodecName = 'json',
): Promise<Served> {
  const writer = messageWriter<MaterializeRequestDraft>(materializeRequests, codec);
  const answers: Uint8Array[] = [];
  const logged: string[] = [];
  const exitCode = await serveMaterialize(materialization, {
    async *input(signal) {
      for (const request of requests) {
        signal.throwIfAborted();
        yield request instanceof Uint8Array ? request : Uint8Array.from(writer.encode(request));
      }
    },
    output: {
      write(bytes) {
        answers.push(Uint8Array.from(bytes));
        return undefined;
      },
      flush: async () => {},
    },
    codec,
    log: createLog((_, message) => logged.push(message)),
  });
  const bytes = Buffer.concat(answers);
  const reader = messageReader<MaterializeResponse>(materializeResponses, { codec, strict: true });
  const responses = reader.read(bytes);
  reader.end();
  return { exitCode, bytes, responses, logged };
}
