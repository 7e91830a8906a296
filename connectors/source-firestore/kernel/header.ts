// The document in an answer of Firestore, and what stands before its fields: its name and its times.
import { isTime } from './time';

export let documentStart: usize = 0;
export let documentEnd: usize = 0;
export let nameStart: usize = 0;
export let nameStop: usize = 0;
export let createdSeconds: i64 = 0;
/** -1 when the document does not say. */
export let createdNanos: i32 = -1;
export let updatedSeconds: i64 = 0;
export let updatedNanos: i32 = -1;
/** The last time that was read. */
export let seconds: i64 = 0;
export let nanos: i32 = 0;
/** Where the content begins whose length was read last. */
let content: usize = 0;

/** Sets what is known already. */
export function setHeader(
  start: usize,
  end: usize,
  name: usize,
  nameEnd: usize,
  createSeconds: i64,
  createNanos: i32,
  updateSeconds: i64,
  updateNanos: i32,
): void {
  documentStart = start;
  documentEnd = end;
  nameStart = name;
  nameStop = nameEnd;
  createdSeconds = createSeconds;
  createdNanos = createNanos;
  updatedSeconds = updateSeconds;
  updatedNanos = updateNanos;
}

/** Looks for the document in a `RunQueryResponse`, whose start is 0 when there is none; false when it is unusual. */
export function findDocument(start: usize, end: usize): bool {
  documentStart = 0;
  for (let p = start; p < end;) {
    const tag: u32 = load<u8>(p);
    p = pastLength(p + 1, end);
    if (p === 0) return false;
    if (tag === 0x0a && documentStart === 0) {
      documentStart = content;
      documentEnd = p;
    } else if (tag !== 0x1a || !readTime(content, p)) return false;
  }
  return true;
}

/** Reads the name and the times of the document; false when it is unusual. */
export function readHeader(): bool {
  nameStop = 0;
  createdNanos = -1;
  updatedNanos = -1;
  for (let p = documentStart; p < documentEnd;) {
    const tag: u32 = load<u8>(p);
    p = pastLength(p + 1, documentEnd);
    if (p === 0) return false;
    if (tag === 0x12) continue;
    if (tag === 0x0a && nameStop === 0) {
      nameStart = content;
      nameStop = p;
    } else if (tag === 0x1a && createdNanos < 0) {
      if (!readTime(content, p)) return false;
      createdSeconds = seconds;
      createdNanos = nanos;
    } else if (tag === 0x22 && updatedNanos < 0) {
      if (!readTime(content, p)) return false;
      updatedSeconds = seconds;
      updatedNanos = nanos;
    } else return false;
  }
  return nameStop > nameStart && updatedNanos >= 0;
}

/** Where the content ends whose length is at `at`; 0 when that is after `end`, or the length unusual. */
function pastLength(at: usize, end: usize): usize {
  let size: usize = load<u8>(at++);
  if (size > 0x7f) {
    size &= 0x7f;
    for (let shift: usize = 7; ; shift += 7) {
      if (shift > 21) return 0;
      const byte: usize = load<u8>(at++);
      size |= (byte & 0x7f) << shift;
      if (byte < 0x80) break;
    }
  }
  content = at;
  return at > end || size > end - at ? 0 : at + size;
}

/** Reads a `google.protobuf.Timestamp`; false when it is unusual, or has no text. */
export function readTime(from: usize, to: usize): bool {
  let p = from;
  let wide: u64 = 0;
  let narrow: u32 = 0;
  if (p < to && load<u8>(p) === 0x08) {
    p++;
    for (let shift: u64 = 0; ; shift += 7) {
      const byte: u64 = load<u8>(p++);
      wide |= (byte & 0x7f) << shift;
      if (byte < 0x80) break;
      if (shift === 63) return false;
    }
  }
  if (p < to && load<u8>(p) === 0x10) {
    p++;
    for (let shift: u32 = 0; ; shift += 7) {
      const byte: u32 = load<u8>(p++);
      narrow |= (byte & 0x7f) << shift;
      if (byte < 0x80) break;
      if (shift === 28) return false;
    }
  }
  seconds = <i64>wide;
  nanos = <i32>narrow;
  return p === to && isTime(seconds, nanos);
}
