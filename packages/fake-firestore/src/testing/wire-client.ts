import {
  create,
  fromBinary,
  toBinary,
  type DescMessage,
  type MessageInitShape,
  type MessageShape,
} from '@bufbuild/protobuf';
import { openChannel, type Call, type CallOptions } from '@fairlead/grpc';
import type { FakeFirestore } from '../fake-firestore.ts';
import type { Rpc } from '../faults/fault.ts';
import {
  ListCollectionIdsRequestSchema,
  ListCollectionIdsResponseSchema,
  RunQueryRequestSchema,
  RunQueryResponseSchema,
} from '../protocol/reads.gen.ts';
import type { RunQueryResponse } from '../protocol/reads.gen.ts';
import { ListenRequestSchema, ListenResponseSchema } from '../protocol/listen.gen.ts';
import { Listening } from './listening.ts';

export type WireClient = ReturnType<typeof wireClient>;

/** Calls that are made by hand, for what the official client never does. */
export function wireClient({ host, port }: FakeFirestore, database = '(default)') {
  const channel = openChannel({ host, port });
  const name = `projects/demo/databases/${database}`;
  const parent = `${name}/documents`;

  function stream<Request extends DescMessage>(
    rpc: Rpc,
    request: Request,
    init: MessageInitShape<Request>,
    options?: CallOptions,
  ): Call {
    return channel.serverStream(pathOf(rpc), toBinary(request, create(request, init)), options);
  }

  return {
    channel,
    /** The name of the database. */
    name,
    /** The root of its documents. */
    parent,
    async unary<Request extends DescMessage, Response extends DescMessage>(
      rpc: Rpc,
      request: Request,
      init: MessageInitShape<Request>,
      response: Response,
      options?: CallOptions,
    ): Promise<MessageShape<Response>> {
      const bytes = toBinary(request, create(request, init));
      return fromBinary(response, await channel.unary(pathOf(rpc), bytes, options));
    },
    stream,
    /** The answers of a query. Those before an error are in `seen`. */
    async query(
      init: MessageInitShape<typeof RunQueryRequestSchema>,
      seen: RunQueryResponse[] = [],
    ): Promise<RunQueryResponse[]> {
      const call = stream('RunQuery', RunQueryRequestSchema, { parent, ...init });
      for await (const message of messagesOf(call, RunQueryResponseSchema)) seen.push(message);
      return seen;
    },
    /** A small call with a token; throws what the server says of it. */
    async unaryStatus(token: string): Promise<void> {
      const metadata = { authorization: `Bearer ${token}` };
      await this.unary(
        'ListCollectionIds',
        ListCollectionIdsRequestSchema,
        { parent },
        ListCollectionIdsResponseSchema,
        { metadata },
      );
    },
    listen(): Listening {
      const call = channel.duplex(pathOf('Listen'));
      const responses = messagesOf(call, ListenResponseSchema);
      return new Listening(call, responses, (change) =>
        toBinary(ListenRequestSchema, create(ListenRequestSchema, { database: name, change })),
      );
    },
    [Symbol.asyncDispose]: () => channel.close(),
  };
}

/** The messages of an answer, one by one. */
export async function* messagesOf<Schema extends DescMessage>(
  call: Call,
  schema: Schema,
): AsyncGenerator<MessageShape<Schema>> {
  for await (const { bytes, bounds, count } of call) {
    const messages = Array.from({ length: count }, (_, index) =>
      fromBinary(schema, bytes.slice(bounds[2 * index], bounds[2 * index + 1])),
    );
    yield* messages;
  }
}

function pathOf(rpc: Rpc): string {
  return rpc === 'GetDatabase'
    ? '/google.firestore.admin.v1.FirestoreAdmin/GetDatabase'
    : `/google.firestore.v1.Firestore/${rpc}`;
}
