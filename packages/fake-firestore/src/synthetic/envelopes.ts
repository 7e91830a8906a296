import { timestampOf, type Micros } from '../time/micros.ts';
import type { Envelope } from './frames.ts';
import { integer, join, nested, raw, varint } from './wire-piece.ts';

/** The answer of a query that carries a document. */
export function queryEnvelope(readTime: Micros): Envelope {
  const { seconds, nanos } = timestampOf(readTime);
  const time = join(integer(1, Number(seconds)), nanos === 0 ? raw([]) : integer(2, nanos));
  const tail = Buffer.from(nested(3, time).bytes);
  return (documentLength) => ({ head: fieldHead(1, documentLength), tail });
}

/** The answer of a listen stream that carries a document for one target. */
export function changeEnvelope(targetId: number): Envelope {
  const tail = Buffer.from(nested(5, raw(varint(targetId))).bytes);
  return (documentLength) => {
    const inner = fieldHead(1, documentLength);
    const length = inner.length + documentLength + tail.length;
    return { head: Buffer.concat([fieldHead(3, length), inner]), tail };
  };
}

function fieldHead(number: number, length: number): Buffer {
  return Buffer.from([...varint((number << 3) | 2), ...varint(length)]);
}
