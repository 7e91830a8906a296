import type { DescMessage, MessageInitShape, MessageShape } from '@bufbuild/protobuf';
import type { Target } from '@fairlead/grpc';
import {
  type Method,
  openProtocolChannel,
  protocolClient,
  type Received,
} from '@fairlead/host-fivetran/protocol';
import { serverFailure } from './server-failure.ts';

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

/** A channel to the connector that listens there. It is connected to when it is first called. */
export function openConnector(target: Target, signal: AbortSignal): ConnectorChannel {
  const channel = openProtocolChannel(target);
  const client = protocolClient(channel);
  return {
    async ask(method, request) {
      try {
        return await client.ask(method, request, { signal });
      } catch (error) {
        throw serverFailure(error, method.name);
      }
    },
    async *listen(method, request) {
      try {
        yield* client.listen(method, request, { signal });
      } catch (error) {
        throw serverFailure(error, method.name);
      }
    },
    [Symbol.asyncDispose]: () => channel[Symbol.asyncDispose](),
  };
}
