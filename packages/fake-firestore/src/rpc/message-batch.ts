import { create, toBinary, type DescMessage, type MessageInitShape } from '@bufbuild/protobuf';
import { frameMessage } from '@fairlead/grpc';
import type { Answer } from './answer.ts';

const fullBytes = 1 << 16;

/** Messages that are sent together, as few large writes are much faster than many small ones. */
export class MessageBatch {
  readonly #answer: Answer;
  #parts: Uint8Array[] = [];
  #bytes = 0;

  constructor(answer: Answer) {
    this.#answer = answer;
  }

  /** Adds a message; sends all when they are many. */
  async add<Schema extends DescMessage>(
    schema: Schema,
    init: MessageInitShape<Schema>,
  ): Promise<void> {
    const framed = frameMessage(toBinary(schema, create(schema, init)));
    this.#parts.push(framed);
    this.#bytes += framed.length;
    if (this.#bytes >= fullBytes) await this.flush();
  }

  /** Sends what was added. */
  async flush(): Promise<void> {
    if (this.#parts.length === 0) return;
    const block = { bytes: Buffer.concat(this.#parts), count: this.#parts.length };
    this.#parts = [];
    this.#bytes = 0;
    await this.#answer.sendBlock(block);
  }
}
