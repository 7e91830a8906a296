import type { Shape } from './shape.ts';
import type { Template } from './template.ts';
import { varint } from './wire-piece.ts';

/** The message around a document: what stands before and after it, given how long it is. */
export type Envelope = (documentLength: number) => { readonly head: Buffer; readonly tail: Buffer };

/** Messages of many documents as they go into a stream, each with its five bytes of framing. */
export interface FrameBlock {
  readonly bytes: Buffer;
  readonly count: number;
}

interface Frame {
  readonly template: Template;
  readonly bytes: Buffer;
  readonly documentAt: number;
  /** The first index that needs another frame. */
  readonly until: number;
}

/**
 * The documents of a shape with indexes from `from`, before `to`, in order, in blocks of about `blockBytes`.
 * No object is made for a document.
 */
export function* frameRun(
  shape: Shape,
  from: number,
  to: number,
  envelope: Envelope,
  blockBytes = 1 << 17,
): Generator<FrameBlock> {
  for (let index = from; index < to;) {
    const frame = createFrame(shape, index, envelope);
    const end = Math.min(to, frame.until);
    const perBlock = Math.max(1, Math.floor(blockBytes / frame.bytes.length));
    while (index < end) {
      const count = Math.min(perBlock, end - index);
      yield { bytes: writeBlock(frame, index, count), count };
      index += count;
    }
  }
}

function writeBlock({ bytes, template, documentAt }: Frame, from: number, count: number): Buffer {
  const length = bytes.length;
  const out = Buffer.allocUnsafeSlow(count * length);
  for (let index = 0, at = 0; index < count; index++, at += length) {
    bytes.copy(out, at);
    template.fill(out, at + documentAt, from + index);
  }
  return out;
}

function createFrame(shape: Shape, index: number, envelope: Envelope): Frame {
  const template = shape.template(index);
  const { head, tail } = envelope(template.bytes.length);
  const framing = Buffer.alloc(5);
  framing.writeUInt32BE(head.length + template.bytes.length + tail.length, 1);
  const bytes = Buffer.concat([framing, head, template.bytes, tail]);
  const until = 128 ** varint(index).length;
  return { template, bytes, documentAt: framing.length + head.length, until };
}
