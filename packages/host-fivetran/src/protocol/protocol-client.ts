import {
  create,
  type DescMessage,
  type DescMethod,
  fromBinary,
  type MessageInitShape,
  type MessageShape,
  toBinary,
} from '@bufbuild/protobuf';
import { type CallOptions, type Channel, openChannel, type Target } from '@fairlead/grpc';
import { mostMessageBytes } from './message-size.ts';

/** A method with its messages. */
export type Method<Input extends DescMessage, Output extends DescMessage> = DescMethod & {
  readonly input: Input;
  readonly output: Output;
};

/** Calls a connector as Fivetran does. Calls fail with a `GrpcError`. */
export interface ProtocolClient {
  /** One answer to one request. */
  readonly ask: <Input extends DescMessage, Output extends DescMessage>(
    method: Method<Input, Output>,
    request: MessageInitShape<Input>,
    options?: CallOptions,
  ) => Promise<MessageShape<Output>>;
  /** The answers to one request, each when it is asked for. Leaving the loop cancels the call. */
  readonly listen: <Input extends DescMessage, Output extends DescMessage>(
    method: Method<Input, Output>,
    request: MessageInitShape<Input>,
    options?: CallOptions,
  ) => AsyncGenerator<Received<Output>, void, undefined>;
}

/** A message that has come. */
export interface Received<Output extends DescMessage> {
  readonly message: MessageShape<Output>;
  /** How long it was. */
  readonly bytes: number;
}

/** A channel to the connector that listens there, with room for its messages. It is connected to when it is first called. */
export function openProtocolChannel(target: Target): Channel {
  return openChannel(target, { maxMessageBytes: mostMessageBytes });
}

/** Calls methods by a channel. */
export function protocolClient(channel: Channel): ProtocolClient {
  const pathOf = ({ parent, name }: DescMethod) => `/${parent.typeName}/${name}`;
  return {
    async ask(method, request, options = {}) {
      const bytes = toBinary(method.input, create(method.input, request));
      return fromBinary(method.output, await channel.unary(pathOf(method), bytes, options));
    },
    async *listen(method, request, options = {}) {
      const asked = toBinary(method.input, create(method.input, request));
      for await (const messages of channel.serverStream(pathOf(method), asked, options)) {
        const { bytes, bounds, count } = messages;
        for (let i = 0; i < count; i++) {
          // Values of bytes are parts of what is decoded, whose memory the channel uses again.
          const own = bytes.slice(bounds[2 * i], bounds[2 * i + 1]);
          yield { message: fromBinary(method.output, own), bytes: own.length };
        }
      }
    },
  };
}
