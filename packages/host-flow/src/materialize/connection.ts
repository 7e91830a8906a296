import { Failure, type Materialization } from '@fairlead/sdk';
import { Conversation, type Protocol } from '../preview/conversation.ts';
import { type Exit, type Launch, launchCommand, launchInProcess } from '../preview/launch.ts';
import type { CodecName } from '../protocol/codec.ts';
import {
  materializeRequests,
  materializeResponses,
  type MaterializeRequestDraft,
  type MaterializeResponse,
} from '../protocol/materialize-messages.ts';
import { serveMaterialize } from './serve.ts';

/** A materialization that runs, as the runtime has it before it. */
export interface Connection extends AsyncDisposable {
  /** Resolves when more can be sent. What cannot be sent any more is dropped: `next` says why. */
  send(request: MaterializeRequestDraft): Promise<void>;
  /**
   * The next response.
   * @throws {Failure} transient, when the materialization has ended; data, for what is no response.
   */
  next(): Promise<MaterializeResponse>;
  /** Says that no more requests come, and waits for the end, which may be preceded by an acknowledgement. */
  end(): Promise<Exit>;
  /** Ends it at once, wherever it is. */
  kill(): void;
}

/** A command that speaks Flow's protocol on its standard streams. */
export interface ConnectorCommand {
  readonly command: string;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

export type MaterializeConversation = Conversation<MaterializeRequestDraft, MaterializeResponse>;

/** A stream with a materialization, at its beginning. */
export function converseMaterialize(launch: Launch, codec: CodecName): MaterializeConversation {
  return new Conversation(launch, materializeProtocol, codec);
}

/** A materialization as {@link drive} needs it. */
export function connectionTo(launch: Launch, codec: CodecName): Connection {
  const talk = converseMaterialize(launch, codec);
  return {
    send: (request) => talk.send(request),
    async next() {
      const response = await talk.next();
      if (response !== undefined) return response;
      throw new Failure('transient', 'the materialization ended');
    },
    async end() {
      talk.end();
      for (;;) {
        const response = await talk.next().catch(ended);
        if (response === undefined) return await talk.exited;
        if (response.is !== 'acknowledged') throw unexpected(response.is);
      }
    },
    kill: () => void talk[Symbol.asyncDispose](),
    [Symbol.asyncDispose]: () => talk[Symbol.asyncDispose](),
  };
}

/** Starts a materialization as a process. */
export function spawnConnector(
  { command, args = [], env = {} }: ConnectorCommand,
  codec: CodecName,
): Connection {
  return connectionTo(launchCommand([command, ...args], { env }), codec);
}

/** Runs a materialization within this process. Killing it only cuts it off. */
export function connectInProcess(materialization: Materialization, codec: CodecName): Connection {
  const launch = launchInProcess((io) => serveMaterialize(materialization, io));
  return connectionTo(launch, codec);
}

/** A response that must not come now. */
export function unexpected(response: string): Failure {
  return new Failure('data', `the response ${response} is out of order`);
}

const materializeProtocol: Protocol = {
  requests: materializeRequests,
  responses: materializeResponses,
};

/** How it ended is told by its exit. */
function ended(): undefined {
  return undefined;
}
