import type { MessageInitShape } from '@bufbuild/protobuf';
import type { Channel, Target } from '@fairlead/grpc';
import {
  type ConfigurationFormResponse,
  openProtocolChannel,
  protocolClient,
  type SchemaResponse,
  SourceConnector,
  type TestResponse,
  type UpdateRequestSchema,
  type UpdateResponse,
} from '@fairlead/host-fivetran/protocol';

/** Calls a source by gRPC, as Fivetran does. Calls fail with a `GrpcError`. */
export interface FivetranClient extends AsyncDisposable {
  readonly channel: Channel;
  form(): Promise<ConfigurationFormResponse>;
  test(name: string, configuration?: Readonly<Record<string, string>>): Promise<TestResponse>;
  schema(configuration?: Readonly<Record<string, string>>): Promise<SchemaResponse>;
  /** The messages of an update, each when it is asked for. Leaving the loop cancels the call. */
  update(
    content?: MessageInitShape<typeof UpdateRequestSchema>,
    signal?: AbortSignal,
  ): AsyncGenerator<UpdateResponse, void, undefined>;
}

/** A client of the source that listens there. It is connected to when it is first called. */
export function fivetranClient(at: Target): FivetranClient {
  const channel = openProtocolChannel(at);
  const client = protocolClient(channel);
  const { configurationForm, test, schema, update } = SourceConnector.method;
  return {
    channel,
    form: () => client.ask(configurationForm, {}),
    test: (name, configuration = {}) =>
      client.ask(test, { name, configuration: { ...configuration } }),
    schema: (configuration = {}) => client.ask(schema, { configuration: { ...configuration } }),
    async *update(content = {}, signal) {
      const options = signal === undefined ? {} : { signal };
      for await (const { message } of client.listen(update, content, options)) yield message;
    },
    [Symbol.asyncDispose]: () => channel[Symbol.asyncDispose](),
  };
}
