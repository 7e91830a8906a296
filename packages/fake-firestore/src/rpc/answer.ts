import { setTimeout as sleep } from 'node:timers/promises';
import { create, toBinary, type DescMessage, type MessageInitShape } from '@bufbuild/protobuf';
import { frameMessage, GrpcError, type ServerCall } from '@fairlead/grpc';
import type { RpcCounts } from '../counters.ts';
import type { Ending, Fault } from '../faults/fault.ts';
import type { FrameBlock } from '../synthetic/frames.ts';
import type { Pace } from './pace.ts';

/** What a client is answered, message by message, as the faults of the call allow. */
export class Answer {
  readonly counts: RpcCounts;
  readonly #call: ServerCall;
  readonly #fault: Fault;
  readonly #pace: Pace;
  #left: number;

  constructor(call: ServerCall, counts: RpcCounts, fault: Fault, pace: Pace) {
    this.#call = call;
    this.counts = counts;
    this.#fault = fault;
    this.#pace = pace;
    this.#left = fault.end === undefined ? Infinity : (fault.afterMessages ?? 0);
  }

  /** Aborts when the client has gone. */
  get signal(): AbortSignal {
    return this.#call.signal;
  }

  /** Waits, and ends the call here, as its fault says. Called once, before the request is looked at. */
  async begin(): Promise<void> {
    if (this.#fault.latencyMs !== undefined) await this.#pause(this.#fault.latencyMs);
    if (this.#left === 0) await this.#end();
  }

  /** Sends one message. */
  send<Schema extends DescMessage>(schema: Schema, init: MessageInitShape<Schema>): Promise<void> {
    const bytes = toBinary(schema, create(schema, init));
    return this.sendBlock({ bytes: Buffer.from(frameMessage(bytes)), count: 1 });
  }

  /** Sends framed messages. Done when the connection takes more. */
  async sendBlock({ bytes, count }: FrameBlock): Promise<void> {
    this.signal.throwIfAborted();
    const sent = Math.min(count, this.#left);
    this.#left -= sent;
    this.counts.messages += sent;
    const end = sent === count ? bytes.length : endOfMessages(bytes, sent);
    await this.#write(bytes.subarray(0, end));
    if (this.#left > 0) return;
    await this.#end();
    // Not every fault is an end.
    if (sent < count) await this.sendBlock({ bytes: bytes.subarray(end), count: count - sent });
  }

  /** Sends framed messages with a document each, no faster than the server may, and bills them. */
  async sendDocuments(block: FrameBlock): Promise<void> {
    await this.#pace.wait(block.count, this.signal);
    this.bill(block.count);
    await this.sendBlock(block);
  }

  /** Sends a message without any field. */
  sendEmpty(): Promise<void> {
    return this.sendBlock({ bytes: Buffer.alloc(5), count: 1 });
  }

  /** Tells the client that it is heard, before there is anything to say. */
  open(): void {
    this.#call.sendHeaders();
  }

  bill(reads: number): void {
    this.counts.reads += reads;
  }

  async #write(bytes: Buffer): Promise<void> {
    this.counts.bytes += bytes.length;
    const { pieceBytes, bytesPerSecond } = this.#fault;
    if (pieceBytes === undefined && bytesPerSecond === undefined) {
      await this.#call.writeAll(bytes);
      return;
    }
    const piece = pieceBytes ?? Math.max(1, Math.ceil((bytesPerSecond ?? 0) / 100));
    for (let at = 0; at < bytes.length; at += piece) {
      const part = bytes.subarray(at, at + piece);
      await this.#call.writeAll(part);
      await this.#call.flush();
      if (bytesPerSecond !== undefined) await this.#pause((part.length / bytesPerSecond) * 1000);
    }
  }

  async #end(): Promise<void> {
    const { end } = this.#fault;
    if (end !== undefined) await this.#play(end);
    this.#left = Infinity;
  }

  async #play(ending: Ending): Promise<void> {
    const { stream } = this.#call;
    if ('code' in ending) {
      if (ending.headersFirst) this.#call.sendHeaders();
      throw new GrpcError(ending.code, ending.message ?? 'a fault that was asked for');
    }
    if (stream.headersSent) await this.#call.flush();
    if ('goaway' in ending) {
      stream.session?.goaway(ending.goaway, stream.id ?? 0);
      return;
    }
    if ('reset' in ending) stream.close(ending.reset);
    else if ('disconnect' in ending) stream.session?.destroy();
    await gone(this.signal);
  }

  async #pause(ms: number): Promise<void> {
    await sleep(ms, undefined, { signal: this.signal, ref: false });
  }
}

/** Fails when the client has gone. */
function gone(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const fail = () => reject(signal.reason as Error);
    if (signal.aborted) fail();
    else signal.addEventListener('abort', fail, { once: true });
  });
}

/** Where the first `count` of framed messages end. */
function endOfMessages(bytes: Buffer, count: number): number {
  let at = 0;
  for (let message = 0; message < count; message++) at += 5 + bytes.readUInt32BE(at + 1);
  return at;
}
