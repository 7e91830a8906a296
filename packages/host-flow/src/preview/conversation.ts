import { Failure } from '@fairlead/sdk';
import type { CodecName } from '../protocol/codec.ts';
import { messageReader } from '../protocol/message-reader.ts';
import type { MessageSet } from '../protocol/message-set.ts';
import { messageWriter } from '../protocol/message-writer.ts';
import type { Exit, Launch, RunningConnector } from './launch.ts';

/** The two directions of a protocol. */
export interface Protocol {
  readonly requests: MessageSet;
  readonly responses: MessageSet;
}

/**
 * The runtime's end of a stream with a connector. What the connector answers is read as strictly as
 * the runtime reads it. Disposing it kills the connector.
 */
export class Conversation<
  Request extends { readonly is: string },
  Response extends { readonly is: string },
> implements AsyncDisposable {
  readonly #running: RunningConnector;
  readonly #writer;
  readonly #responses: AsyncGenerator<Response, void, undefined>;

  constructor(launch: Launch, protocol: Protocol, codec: CodecName) {
    this.#running = launch(codec);
    this.#writer = messageWriter<Request>(protocol.requests, codec);
    this.#responses = readAll<Response>(this.#running, protocol.responses, codec);
  }

  async send(request: Request): Promise<void> {
    await this.#running.send(this.#writer.encode(request));
  }

  /** How the connector ended. Never rejects. */
  get exited(): Promise<Exit> {
    return this.#running.exited;
  }

  /** Sends bytes as they are. */
  async sendBytes(bytes: Uint8Array): Promise<void> {
    await this.#running.send(bytes);
  }

  /** Asks the connector to stop, as SIGTERM does. */
  stop(): void {
    this.#running.stop();
  }

  /** Closes the connector's input. */
  end(): void {
    this.#running.end();
  }

  /**
   * The next response; undefined when the connector has ended well.
   * @throws {Failure} data, for what the runtime would refuse, or an exit that tells of a failure.
   */
  async next(): Promise<Response | undefined> {
    const next = await this.#responses.next();
    return next.done === true ? undefined : next.value;
  }

  /**
   * The next response, which has to be of this kind.
   * @throws {Failure} data, when it is not.
   */
  async expect<Is extends Response['is']>(is: Is): Promise<Extract<Response, { is: Is }>> {
    const response = await this.next();
    if (response?.is !== is) {
      const came = response === undefined ? 'the connector ended' : `"${response.is}" came`;
      throw new Failure('data', `a response "${is}" is expected, and ${came}`);
    }
    // `is` tells which member of the union it is.
    return response as Extract<Response, { is: Is }>;
  }

  /** Closes the input and waits for the connector to end, which says nothing more. */
  async finish(): Promise<void> {
    this.end();
    const extra = await this.next();
    if (extra !== undefined) {
      throw new Failure('data', `the connector says more than it was asked: "${extra.is}"`);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#running[Symbol.asyncDispose]();
  }
}

async function* readAll<Response extends { readonly is: string }>(
  running: RunningConnector,
  responses: MessageSet,
  codec: CodecName,
): AsyncGenerator<Response, void, undefined> {
  const reader = messageReader<Response>(responses, { codec, strict: true });
  for await (const chunk of running.output) yield* reader.read(chunk);
  const { code, lastMessage } = await running.exited;
  if (code !== 0) {
    const how = code === null ? 'was killed' : `exited with code ${code}`;
    throw new Failure('data', `the connector ${how}: ${lastMessage}`);
  }
  reader.end();
}
