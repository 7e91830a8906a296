import { fromBinary, type DescMessage, type MessageShape } from '@bufbuild/protobuf';
import type { ServerCall } from '@fairlead/grpc';
import { invalid } from '../invalid.ts';
import type { Answer } from './answer.ts';
import type { Context } from './context.ts';

/** The most bytes of one request: 10 MiB, as at Firestore. */
const requestLimit = 10 * 1024 * 1024;

/** Serves one call. Its end is success; a `GrpcError` is the status. */
export type Method = (context: Context, call: ServerCall, answer: Answer) => Promise<void>;

/** A method with one request, which it answers once or many times. */
export function method<Schema extends DescMessage>(
  schema: Schema,
  serve: (context: Context, request: MessageShape<Schema>, answer: Answer) => Promise<void>,
): Method {
  return async (context, call, answer) => {
    const request = decode(schema, await call.request());
    await serve(context, request, answer);
  };
}

/** The requests of a stream, one by one. Leaving the loop ends the reading for good. */
export async function* requests<Schema extends DescMessage>(
  schema: Schema,
  call: ServerCall,
): AsyncGenerator<MessageShape<Schema>> {
  for await (const { bytes, bounds, count } of call) {
    // All at once: the bytes last only until the next pull.
    const messages = Array.from({ length: count }, (_, index) =>
      decode(schema, bytes.slice(bounds[2 * index], bounds[2 * index + 1])),
    );
    yield* messages;
  }
}

function decode<Schema extends DescMessage>(
  schema: Schema,
  bytes: Uint8Array,
): MessageShape<Schema> {
  if (bytes.length > requestLimit) {
    throw invalid(`Request payload size exceeds the limit: ${requestLimit} bytes.`);
  }
  try {
    return fromBinary(schema, bytes);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw invalid(`The request is not a message of its kind: ${reason}.`);
  }
}
