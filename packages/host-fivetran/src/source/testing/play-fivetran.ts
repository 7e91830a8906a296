import {
  create,
  type DescMessage,
  fromBinary,
  type MessageInitShape,
  type MessageShape,
  toBinary,
} from '@bufbuild/protobuf';
import { openChannel } from '@fairlead/grpc';
import type { Source } from '@fairlead/sdk';
import {
  ConfigurationFormRequestSchema,
  ConfigurationFormResponseSchema,
  TestRequestSchema,
  TestResponseSchema,
} from '../../protocol/common.gen.ts';
import {
  SchemaRequestSchema,
  SchemaResponseSchema,
  UpdateRequestSchema,
  type UpdateResponse,
  UpdateResponseSchema,
} from '../../protocol/connector_sdk.gen.ts';
import { mostMessageBytes } from '../record-messages.ts';
import { serveFivetranSource, type ServeFivetranSource } from '../serve-source.ts';

/** The path of a method. */
export const pathOf = (method: string) => `/fivetran_sdk.v2.SourceConnector/${method}`;

/** Calls a source that is served, as Fivetran does. */
export function playFivetran(at: { readonly host: string; readonly port: number }) {
  const channel = openChannel(at, { maxMessageBytes: mostMessageBytes });
  async function unary<Request extends DescMessage, Response extends DescMessage>(
    method: string,
    [request, response]: readonly [Request, Response],
    content: MessageInitShape<Request>,
  ): Promise<MessageShape<Response>> {
    const bytes = toBinary(request, create(request, content));
    return fromBinary(response, await channel.unary(pathOf(method), bytes));
  }
  return {
    channel,
    form: () =>
      unary(
        'ConfigurationForm',
        [ConfigurationFormRequestSchema, ConfigurationFormResponseSchema],
        {},
      ),
    test: (name: string, configuration: Record<string, string> = {}) =>
      unary('Test', [TestRequestSchema, TestResponseSchema], { name, configuration }),
    schema: (configuration: Record<string, string> = {}) =>
      unary('Schema', [SchemaRequestSchema, SchemaResponseSchema], { configuration }),
    /** The messages of an update, each when it is asked for. */
    async *update(
      content: MessageInitShape<typeof UpdateRequestSchema> = {},
      signal?: AbortSignal,
    ): AsyncGenerator<UpdateResponse, void, undefined> {
      const request = toBinary(UpdateRequestSchema, create(UpdateRequestSchema, content));
      const options = signal === undefined ? {} : { signal };
      for await (const messages of channel.serverStream(pathOf('Update'), request, options)) {
        const { bytes, bounds, count } = messages;
        const taken: UpdateResponse[] = [];
        for (let i = 0; i < count; i++) {
          taken.push(
            fromBinary(UpdateResponseSchema, bytes.slice(bounds[2 * i], bounds[2 * i + 1])),
          );
        }
        yield* taken;
      }
    },
    [Symbol.asyncDispose]: () => channel[Symbol.asyncDispose](),
  };
}

/** A source that is served on the loopback interface, and who calls it. */
export async function played(source: Source, options: ServeFivetranSource = {}) {
  const served = await serveFivetranSource(source, { write: () => {}, ...options });
  const fivetran = playFivetran(served);
  return {
    ...fivetran,
    served,
    async [Symbol.asyncDispose]() {
      await fivetran[Symbol.asyncDispose]();
      await served[Symbol.asyncDispose]();
    },
  };
}

/** All messages of one update. */
export async function updateOf(
  source: Source,
  content: MessageInitShape<typeof UpdateRequestSchema> = {},
  options: ServeFivetranSource = {},
): Promise<UpdateResponse[]> {
  await using fivetran = await played(source, options);
  const messages: UpdateResponse[] = [];
  for await (const message of fivetran.update(content)) messages.push(message);
  return messages;
}
