import type { DescMessage, DescMethod, MessageInitShape, MessageShape } from '@bufbuild/protobuf';
import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { openChannel, type Channel, type Target } from '@fairlead/grpc';
import { messagesIn } from './messages-in.ts';
import { serverFailure } from './server-failure.ts';

/** A method with its messages. */
type Method<Input extends DescMessage, Output extends DescMessage> = DescMethod & {
  readonly input: Input;
  readonly output: Output;
};

/** A connector's server, called by Fivetran's side of the protocol. */
export interface ConnectorChannel extends AsyncDisposable {
  /** One answer to one request. @throws {Failure} */
  ask<Input extends DescMessage, Output extends DescMessage>(
    method: Method<Input, Output>,
    request: MessageInitShape<Input>,
  ): Promise<MessageShape<Output>>;
  /** The answers to one request. Leaving the loop cancels the call. @throws {Failure} */
  listen<Input extends DescMessage, Output extends DescMessage>(
    method: Method<Input, Output>,
    request: MessageInitShape<Input>,
  ): AsyncGenerator<Received<Output>>;
}

/** A message that has come. */
export interface Received<Output extends DescMessage> {
  readonly message: MessageShape<Output>;
  /** How long it was. */
  readonly bytes: number;
}

/** The longest message that Fivetran takes, 128 MiB. */
const maxMessageBytes = 134_217_728;

/** A channel to the connector that listens there. It is connected to when it is first called. */
export function openConnector(target: Target, signal: AbortSignal): ConnectorChannel {
  const channel: Channel = openChannel(target, { maxMessageBytes });
  const pathOf = ({ parent, name }: DescMethod) => `/${parent.typeName}/${name}`;
  return {
    async ask(method, request) {
      try {
        const bytes = toBinary(method.input, create(method.input, request));
        return fromBinary(method.output, await channel.unary(pathOf(method), bytes, { signal }));
      } catch (error) {
        throw serverFailure(error, method.name);
      }
    },
    async *listen(method, request) {
      try {
        const bytes = toBinary(method.input, create(method.input, request));
        for await (const messages of channel.serverStream(pathOf(method), bytes, { signal })) {
          for (const message of messagesIn(messages)) {
            yield { message: fromBinary(method.output, message), bytes: message.length };
          }
        }
      } catch (error) {
        throw serverFailure(error, method.name);
      }
    },
    [Symbol.asyncDispose]: () => channel[Symbol.asyncDispose](),
  };
}
