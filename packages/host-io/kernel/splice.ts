// Puts documents into envelopes. An address is a number of bytes from the start of the memory, and
// 16 bytes behind whatever is read or written may be read or written as well.

/** Where the next byte of output goes. */
export let written: usize = 0;

/**
 * Writes envelopes with the documents from `index` up to `count`, as long as there is room before
 * `outEnd`. Answers the first document that is not written.
 *
 * Document `i` ends with its line break at `bytes + ends[i]`; `start` is where `index` begins. Each
 * becomes the `prefix`, the document without its line break, and the `suffix`. When `digitsEnd` is
 * not 0, the decimal digits that end there, in the prefix, are counted up after each document. When
 * `inside` is not 0 it takes the place of the first byte of a document, and a document that does not
 * begin with `{"` is left to the caller.
 */
export function splice(
  bytes: usize,
  ends: usize,
  index: i32,
  count: i32,
  start: usize,
  prefix: usize,
  prefixSize: usize,
  digitsEnd: usize,
  inside: u32,
  suffix: usize,
  suffixSize: usize,
  out: usize,
  outEnd: usize,
): i32 {
  let at = bytes + start;
  let i = index;
  for (; i < count; i++) {
    const end = bytes + load<u32>(ends + ((<usize>i) << 2));
    const size = end - at - 1;
    if (out + prefixSize + size + suffixSize > outEnd) break;
    if (inside !== 0 && load<u16>(at) !== 0x227b) break;
    copy(out, prefix, prefixSize);
    out += prefixSize;
    copy(out, at, size);
    if (inside !== 0) store<u8>(out, inside);
    out += size;
    copy(out, suffix, suffixSize);
    out += suffixSize;
    if (digitsEnd !== 0) countUp(digitsEnd);
    at = end;
  }
  written = out;
  return i;
}

/** Copies 16 bytes at a time, and so up to 15 more than asked for. */
function copy(to: usize, from: usize, size: usize): void {
  if (size > 1024) {
    memory.copy(to, from, size);
    return;
  }
  for (let done: usize = 0; done < size; done += 16) {
    v128.store(to + done, v128.load(from + done));
  }
}

/** Adds one to the decimal number whose last digit is before `end`. */
function countUp(end: usize): void {
  let at = end - 1;
  while (load<u8>(at) === 0x39) {
    store<u8>(at, 0x30);
    at--;
  }
  store<u8>(at, load<u8>(at) + 1);
}
