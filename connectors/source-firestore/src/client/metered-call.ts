import type { Call, DuplexCall, Messages } from '@fairlead/grpc';
import { pastField } from '../wire/skip.ts';
import type { ReadMeter } from './read-meter.ts';

/** A RunQuery that counts what is pulled from it in `reads`: one for each document, and one for none at all. */
export function meteredQuery(call: Call, reads: ReadMeter): Call {
  return { ...plain(call), ...counting(call, { documentTag: 0x0a, least: 1 }, reads) };
}

/** A Listen that counts what is pulled from it in `reads`: one for each document that is new or has changed. */
export function meteredListen(call: DuplexCall, reads: ReadMeter): DuplexCall {
  return {
    ...plain(call),
    ...counting(call, { documentTag: 0x1a, least: 0 }, reads),
    write: (message) => call.write(message),
    end: () => call.end(),
  };
}

interface Billing {
  /** The tag byte of the field that holds a document. */
  readonly documentTag: number;
  /** What an answer that ends well is billed at least. */
  readonly least: number;
}

function plain(call: Call): Pick<Call, 'headers' | 'trailers' | 'cancel'> {
  return { headers: call.headers, trailers: call.trailers, cancel: () => call.cancel() };
}

function counting(
  call: Call,
  { documentTag, least }: Billing,
  reads: ReadMeter,
): AsyncIterable<Messages> {
  return {
    [Symbol.asyncIterator]() {
      const iterator = call[Symbol.asyncIterator]();
      let counted = 0;
      const count = (documents: number) => {
        counted += documents;
        reads.add(documents);
      };
      return {
        async next() {
          const result = await iterator.next();
          if (result.done === true) count(Math.max(0, least - counted));
          else count(documentsIn(result.value, documentTag));
          return result;
        },
        async return() {
          call.cancel();
          return { done: true, value: undefined };
        },
      };
    },
  };
}

function documentsIn({ bytes, bounds, count }: Messages, documentTag: number): number {
  let documents = 0;
  for (let i = 0; i < 2 * count; i += 2) {
    const end = bounds[i + 1] ?? 0;
    for (let at = bounds[i] ?? 0; at >= 0 && at < end; at = pastField(bytes, at, end)) {
      if (bytes[at] !== documentTag) continue;
      documents++;
      break;
    }
  }
  return documents;
}
