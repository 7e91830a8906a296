// Memory of calls that is used again by later ones. New memory costs page faults, and what is left to the garbage
// collector stays for long, as the heap itself hardly grows by it.

const free = new Map<number, ArrayBuffer[]>();
let keptBytes = 0;

/** Memory of at least `sizeBytes`, a power of two, with unknown content. */
export function takeMemory(sizeBytes: number): ArrayBuffer {
  const size = Math.max(leastBytes, 2 ** Math.ceil(Math.log2(sizeBytes)));
  const memory = free.get(size)?.pop();
  if (memory === undefined) return Buffer.allocUnsafeSlow(size).buffer;
  keptBytes -= size;
  return memory;
}

/** Takes memory back that `takeMemory` gave. Nobody may use it afterwards. */
export function giveMemory({ buffer }: { readonly buffer: ArrayBuffer }): void {
  const size = buffer.byteLength;
  if (size < leastBytes || keptBytes + size > mostKeptBytes) return;
  const same = free.get(size) ?? [];
  free.set(size, same);
  same.push(buffer);
  keptBytes += size;
}

/** What has no memory yet. */
export const noBytes = new Uint8Array();
export const noNumbers = new Uint32Array();

/** Bytes with room for `count`: those given, or a copy, when their memory has gone back. */
export function grownBytes(bytes: Uint8Array<ArrayBuffer>, count: number): Uint8Array<ArrayBuffer> {
  if (count <= bytes.length) return bytes;
  const more = new Uint8Array(takeMemory(count));
  more.set(bytes);
  giveMemory(bytes);
  return more;
}

/** Numbers with room for `count`: those given, or a copy, when their memory has gone back. */
export function grownNumbers(
  numbers: Uint32Array<ArrayBuffer>,
  count: number,
): Uint32Array<ArrayBuffer> {
  if (count <= numbers.length) return numbers;
  const more = new Uint32Array(takeMemory(count * 4));
  more.set(numbers);
  giveMemory(numbers);
  return more;
}

const leastBytes = 4096;
/** As much as an answer of 32 MB needs that ends at 60 % of it. */
const mostKeptBytes = 24 * 1024 * 1024;
