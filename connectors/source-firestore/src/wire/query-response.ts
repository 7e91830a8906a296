import { malformed } from './protobuf.ts';
import { pastField, pastVarint, varintAt } from './skip.ts';
import { isTime, readTime, type Time } from './time.ts';

/** A `RunQueryResponse`. One is read into again and again; positions are in the bytes that were read. */
export class QueryResponse {
  hasDocument = false;
  /** Where the document is, if there is one. */
  documentStart = 0;
  documentEnd = 0;
  hasReadTime = false;
  readonly readTime: Time = { seconds: 0, nanos: 0 };
  skippedResults = 0;
  /** Whether the server says that no more will follow. */
  isDone = false;

  /**
   * Takes the message from `start` to `end`.
   * @throws {Failure} data, when it is malformed.
   */
  read(bytes: Uint8Array, start: number, end: number): void {
    this.hasDocument = false;
    this.hasReadTime = false;
    this.readTime.seconds = 0;
    this.readTime.nanos = 0;
    this.skippedResults = 0;
    this.isDone = false;
    for (let at = start; at < end;) {
      const next = pastField(bytes, at, end);
      if (next < 0) throw malformed('the answer to a query is cut off or garbled');
      const tag = bytes[at] ?? 0;
      if (tag === 0x0a) {
        if (this.hasDocument) throw malformed('a document comes in several pieces');
        this.hasDocument = true;
        this.documentStart = pastVarint(bytes, at + 1, next);
        this.documentEnd = next;
      } else if (tag === 0x1a) {
        this.hasReadTime = true;
        readTime(bytes, pastVarint(bytes, at + 1, next), next, this.readTime);
      } else if (tag === 0x20) this.skippedResults = varintAt(bytes, at + 1);
      else if (tag === 0x30) this.isDone = varintAt(bytes, at + 1) !== 0;
      at = next;
    }
    if (!isTime(this.readTime)) throw malformed('a read time is outside the years 1 to 9999');
  }
}
