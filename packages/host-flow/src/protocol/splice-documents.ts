import type { Lines } from '@fairlead/json';
import { Kernel, kernelPadding } from './kernel.ts';

/** Memory that is used again and again. */
export class Scratch {
  #buffer = Buffer.alloc(0);
  #kernel: Kernel | undefined;

  /** So many bytes, with anything in them; good until the next call. */
  room(sizeBytes: number): Buffer {
    if (this.#buffer.length < sizeBytes) {
      this.#buffer = Buffer.allocUnsafeSlow(sizeBytes + (sizeBytes >> 2));
    }
    return this.#buffer;
  }

  /** A kernel with so many bytes of memory, with anything in them; good until the next call. */
  kernel(sizeBytes: number): Kernel {
    this.#kernel ??= new Kernel();
    this.#kernel.reserve(sizeBytes);
    return this.#kernel;
  }
}

/**
 * Every document of `lines`, its `\n` replaced by `after`, with `before` in front. Good until
 * `scratch` is next used.
 */
export function splice(
  { bytes, ends }: Lines,
  before: Uint8Array,
  after: Uint8Array,
  scratch: Scratch,
): Uint8Array {
  if (ends.length === 0) return new Uint8Array(0);
  const middleLength = after.length + before.length;
  const endsAt = align(bytes.length + kernelPadding);
  const middleAt = align(endsAt + ends.length * 4);
  const targetAt = middleAt + align(middleLength + kernelPadding);
  const target = targetAt + before.length;
  const size = target + bytes.length + ends.length * middleLength + kernelPadding;
  const kernel = scratch.kernel(size);
  const memory = kernel.bytes;
  memory.set(bytes);
  new Uint32Array(memory.buffer, endsAt, ends.length).set(ends);
  memory.set(after, middleAt);
  memory.set(before, middleAt + after.length);
  memory.set(before, targetAt);
  const length = kernel.run.splice(0, endsAt, ends.length, middleAt, middleLength, target);
  // After the last document nothing begins.
  return memory.subarray(targetAt, target + length - before.length);
}

/** The next address that a vector can have. */
function align(address: number): number {
  return (address + 15) & ~15;
}

/** The same memory with the methods of a Buffer. */
export function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
