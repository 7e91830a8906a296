import { documentFailure } from './document-failure.ts';
import { cutOff } from './odd-encoding.ts';
import { pastField, pastVarint, varintAt } from './skip.ts';
import { readTime, type Time } from './time.ts';

/**
 * What a document says of itself, without its fields; positions are in the bytes that it was read from.
 * One is read into again and again.
 */
export class DocumentHeader {
  /** Where the `google.firestore.v1.Document` is. */
  start = 0;
  end = 0;
  /** Where its full name is. */
  nameStart = 0;
  nameEnd = 0;
  hasCreateTime = false;
  readonly createTime: Time = { seconds: 0, nanos: 0 };
  hasUpdateTime = false;
  readonly updateTime: Time = { seconds: 0, nanos: 0 };

  /**
   * Takes the header of the document from `start` to `end`.
   * @throws {Failure} data, when the message is malformed.
   */
  read(bytes: Uint8Array, start: number, end: number): void {
    this.start = start;
    this.end = end;
    this.nameStart = start;
    this.nameEnd = start;
    this.#forgetTimes();
    for (let at = start; at < end;) {
      const tag = bytes[at] ?? 0;
      const isKnown = tag === 0x12 || tag === 0x0a || tag === 0x1a || tag === 0x22;
      let from = at + 2;
      let size = bytes[at + 1] ?? 0;
      if (size > 0x7f) {
        from = at + 3;
        const next = bytes[at + 2] ?? 0;
        size = (size & 0x7f) | (next << 7);
        if (next > 0x7f && isKnown) {
          from = pastVarint(bytes, at + 1, end);
          size = varintAt(bytes, at + 1);
        }
      }
      if (!isKnown) {
        at = pastField(bytes, at, end);
        if (at < 0) throw documentFailure(bytes, this, [], cutOff);
        continue;
      }
      if (from < 0 || size > end - from) throw documentFailure(bytes, this, [], cutOff);
      at = from + size;
      if (tag !== 0x12) this.#take(tag, bytes, from, at);
    }
  }

  #take(tag: number, bytes: Uint8Array, from: number, to: number): void {
    if (tag === 0x0a) {
      this.nameStart = from;
      this.nameEnd = to;
    } else if (tag === 0x1a) {
      this.hasCreateTime = true;
      readTime(bytes, from, to, this.createTime);
    } else {
      this.hasUpdateTime = true;
      readTime(bytes, from, to, this.updateTime);
    }
  }

  #forgetTimes(): void {
    this.hasCreateTime = false;
    this.hasUpdateTime = false;
    this.createTime.seconds = 0;
    this.createTime.nanos = 0;
    this.updateTime.seconds = 0;
    this.updateTime.nanos = 0;
  }
}
