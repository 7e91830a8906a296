import {
  create,
  type DescMessage,
  type DescMethod,
  fromBinary,
  type MessageInitShape,
  type MessageShape,
  toBinary,
} from '@bufbuild/protobuf';
import { type Channel, openChannel, type Target } from '@fairlead/grpc';
import {
  type ConfigurationFormResponse,
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

/** The longest message that Fivetran takes, 128 MiB. */
const maxMessageBytes = 128 * 1024 * 1024;

/** A client of the source that listens there. It is connected to when it is first called. */
export function fivetranClient(at: Target): FivetranClient {
  const channel = openChannel(at, { maxMessageBytes });
  const pathOf = ({ parent, name }: DescMethod) => `/${parent.typeName}/${name}`;
  async function unary<Input extends DescMessage, Output extends DescMessage>(
    method: DescMethod & { readonly input: Input; readonly output: Output },
    content: MessageInitShape<Input>,
  ): Promise<MessageShape<Output>> {
    const bytes = toBinary(method.input, create(method.input, content));
    return fromBinary(method.output, await channel.unary(pathOf(method), bytes));
  }
  const { configurationForm, test, schema, update } = SourceConnector.method;
  return {
    channel,
    form: () => unary(configurationForm, {}),
    test: (name, configuration = {}) => unary(test, { name, configuration: { ...configuration } }),
    schema: (configuration = {}) => unary(schema, { configuration: { ...configuration } }),
    async *update(content = {}, signal) {
      const request = toBinary(update.input, create(update.input, content));
      const options = signal === undefined ? {} : { signal };
      for await (const messages of channel.serverStream(pathOf(update), request, options)) {
        const { bytes, bounds, count } = messages;
        const taken: UpdateResponse[] = [];
        for (let i = 0; i < count; i++) {
          const message = bytes.slice(bounds[2 * i], bounds[2 * i + 1]);
          taken.push(fromBinary(update.output, message));
        }
        yield* taken;
      }
    },
    [Symbol.asyncDispose]: () => channel[Symbol.asyncDispose](),
  };
}
