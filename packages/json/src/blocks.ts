// Memory for batches that is used again. A new block for each batch costs page faults, and has the garbage
// collector look through the heap for every few of them.

const freeBlocks: ArrayBuffer[] = [];
/** Blocks that somebody has, each of which may be given back once. */
const taken = new WeakSet<ArrayBufferLike>();

/** Memory of `size` bytes with unknown content. It may be given back with {@link giveBlock}. */
export function takeBlock(size: number): Uint8Array {
  if (size < least) return Buffer.allocUnsafeSlow(size);
  const index = freeBlocks.findIndex(
    ({ byteLength }) => byteLength >= size && byteLength <= size * 2,
  );
  const [found] = index < 0 ? [] : freeBlocks.splice(index, 1);
  const block = found ?? Buffer.allocUnsafeSlow(Math.ceil(size / least) * least).buffer;
  taken.add(block);
  return new Uint8Array(block, 0, size);
}

/** Takes memory back that {@link takeBlock} gave, and ignores any other. Nobody may use it afterwards. */
export function giveBlock({ buffer }: Uint8Array): void {
  if (!taken.delete(buffer) || !(buffer instanceof ArrayBuffer)) return;
  if (buffer.byteLength <= largestKept && freeBlocks.length < mostKept) freeBlocks.push(buffer);
}

const least = 256 * 1024;
const largestKept = 4 * 1024 * 1024;
const mostKept = 8;
