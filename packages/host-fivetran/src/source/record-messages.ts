import { Failure } from '@fairlead/sdk';
import { mostMessageBytes } from '../protocol/message-size.ts';
import { widthOf, WireBuffer } from './wire-buffer.ts';

/** Takes framed messages, which stay as they are. Gives a promise when it takes no more for now. */
export type SendFramed = (framed: Uint8Array) => void | Promise<void>;

/** How many rows a message may have, and from how many bytes on it is sent. */
const mostRows = 100;
const enoughBytes = 100_000;
/** From how many bytes on messages are handed to the connection. */
const chunkBytes = 256 * 1024;

/**
 * The messages of an answer in order: rows, gathered up to a hundred or about 100 kB at a time, and
 * others between them. Holds one chunk that is being filled, and one that the connection takes.
 */
export class RecordMessages {
  readonly #send: SendFramed;
  /** Rows of the message that is being made, each with its tag and its length. */
  #rows = newRows();
  #count = 0;
  #rowFrom = 0;
  /** How many bytes the length of a row took last, which it mostly takes again. */
  #width = 2;
  #chunk = newChunk();
  #sending: void | Promise<void> = undefined;

  constructor(send: SendFramed) {
    this.#send = send;
  }

  /** Whether `send` should be called before more is written. */
  get isFull(): boolean {
    return this.#chunk.at >= chunkBytes;
  }

  /** Begins a row: its content is to be written to what this gives, and then `endRow` or `leaveRow` called. */
  beginRow(): WireBuffer {
    const rows = this.#rows;
    rows.reserve(8);
    this.#rowFrom = rows.at;
    rows.byte(rowTag);
    rows.at += this.#width;
    return rows;
  }

  /** @throws {Failure} data, when no message could hold the row. */
  endRow(): void {
    const rows = this.#rows;
    const from = this.#rowFrom;
    const contentFrom = from + 1 + this.#width;
    const length = rows.at - contentFrom;
    if (length > mostMessageBytes - mostHeader) throw tooLarge(length);
    rows.reserve(4);
    rows.setLength(contentFrom, this.#width);
    this.#width = widthOf(length);
    this.#count++;
    if (rows.at > enoughBytes && this.#count > 1) this.#split(from);
    if (this.#count === mostRows || rows.at >= enoughBytes) this.#closeRows();
  }

  /** Forgets the row that was begun. */
  leaveRow(): void {
    this.#rows.at = this.#rowFrom;
  }

  /** Adds another message after all rows. */
  add(message: Uint8Array): void {
    this.#closeRows();
    const chunk = this.#chunk;
    chunk.reserve(message.length + mostHeader);
    putFrame(chunk, message.length);
    chunk.put(message);
  }

  /** Hands all whole messages to the connection, once it has taken those before. */
  async send(): Promise<void> {
    await this.#sending;
    if (this.#chunk.at === 0) return;
    const chunk = this.#chunk;
    this.#chunk = newChunk();
    this.#sending = this.#send(chunk.bytes.subarray(0, chunk.at));
  }

  /** Hands everything to the connection. */
  async flush(): Promise<void> {
    this.#closeRows();
    await this.send();
    await this.#sending;
  }

  /** Makes a message of the rows before one, which becomes the first of the next message. */
  #split(from: number): void {
    const rows = this.#rows;
    const { at } = rows;
    rows.at = from;
    this.#putRows();
    rows.bytes.copyWithin(0, from, at);
    rows.at = at - from;
    this.#count = 1;
  }

  #closeRows(): void {
    if (this.#count === 0) return;
    this.#putRows();
    this.#count = 0;
    if (this.#rows.bytes.length > mostKept) this.#rows = newRows();
    this.#rows.at = 0;
  }

  #putRows(): void {
    const rows = this.#rows;
    const chunk = this.#chunk;
    chunk.reserve(rows.at + mostHeader);
    putFrame(chunk, 1 + widthOf(rows.at) + rows.at);
    chunk.byte(rowsTag);
    chunk.varint(rows.at);
    chunk.putRange(rows.bytes, 0, rows.at);
  }
}

/** `records` of `UpdateResponse`, and `records` of `Records`. */
const rowsTag = 0x32;
const rowTag = 0x0a;
/** A frame, and two tags with their lengths. */
const mostHeader = 32;
/** The memory of a large row is not kept. */
const mostKept = 4 * 1024 * 1024;

function newRows(): WireBuffer {
  return new WireBuffer(2 * enoughBytes);
}

function newChunk(): WireBuffer {
  return new WireBuffer(chunkBytes + 2 * enoughBytes);
}

/** What stands before each message of a call: that it is not compressed, and its length. */
function putFrame(out: WireBuffer, length: number): void {
  out.byte(0);
  for (let shift = 24; shift >= 0; shift -= 8) out.byte(length >>> shift);
}

function tooLarge(bytes: number): Failure {
  return new Failure(
    'data',
    `a row has ${bytes} bytes, and a message to Fivetran may have ${mostMessageBytes}`,
    { hint: 'Leave its large columns out, or have the source send less of them.' },
  );
}
