import type { Messages, StreamStatus } from '../protocol/messages.ts';
import type { StreamDescriptor } from '../protocol/stream-id.ts';

/** How far the turn of a stream has come in a sync, and what a platform has been told of it. */
type Phase =
  /** Nothing has been said of it. */
  | 'waiting'
  /** STARTED: by the first event that names it. */
  | 'started'
  /** RUNNING: before its first record, or before its end when there is none. */
  | 'running'
  /** COMPLETE or INCOMPLETE. */
  | 'ended';

/** The turn of one stream: tells its statuses in the order of the protocol, each at most once. */
export class StreamTurn {
  readonly #messages: Messages;
  readonly #stream: StreamDescriptor;
  #phase: Phase = 'waiting';

  constructor(messages: Messages, stream: StreamDescriptor) {
    this.#messages = messages;
    this.#stream = stream;
  }

  get isWaiting(): boolean {
    return this.#phase === 'waiting';
  }

  get hasEnded(): boolean {
    return this.#phase === 'ended';
  }

  async start(): Promise<void> {
    if (this.#phase === 'waiting') await this.#tell('started', 'STARTED');
  }

  async run(): Promise<void> {
    await this.start();
    if (this.#phase === 'started') await this.#tell('running', 'RUNNING');
  }

  async complete(): Promise<void> {
    await this.run();
    if (this.#phase === 'running') await this.#tell('ended', 'COMPLETE');
  }

  async breakOff(): Promise<void> {
    await this.start();
    if (this.#phase !== 'ended') await this.#tell('ended', 'INCOMPLETE');
  }

  async #tell(phase: Phase, status: StreamStatus): Promise<void> {
    this.#phase = phase;
    await this.#messages.streamStatus(this.#stream, status);
  }
}
