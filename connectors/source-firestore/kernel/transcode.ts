// Documents of Firestore as lines of JSON, as long as they are encoded in the way that Firestore encodes. Where
// anything is out of the ordinary the answer is `UNUSUAL`, and TypeScript looks at the document.
import {
  createdNanos,
  createdSeconds,
  documentEnd,
  documentStart,
  findDocument,
  nameStart,
  nameStop,
  nanos,
  readHeader,
  readTime,
  seconds,
  setHeader,
  updatedNanos,
  updatedSeconds,
} from './header';
import { addKey, clearKeys, openMap, setKeyTable } from './keys';
import { putDouble, putSigned } from './number';
import { copy, putBase64, putText } from './text';
import { putTime, setDateText } from './time';

const UNUSUAL: usize = 0;

/** Arrays and maps within each other. */
const MOST_LEVELS: usize = 64;

let frames: usize = 0;
let texts: usize = 0;

/**
 * Where there is memory: 16 KiB of zeros for keys, 1 KiB for what is open, 16 bytes for a date, and the
 * texts around values, each in 32 bytes of which the first is its length.
 */
export function setMemory(keys: usize, open: usize, date: usize, constants: usize): void {
  setKeyTable(keys);
  frames = open;
  setDateText(date);
  texts = constants;
}

/**
 * Writes the line of the document from `start` to `end`, with its line break, to `out`; answers where it
 * ends, or `UNUSUAL`. It takes at most eight times as many bytes, and 256 more. The name and the times
 * were read before, and have a text; a document without a creation time has `createNanos` -1.
 */
export function transcode(
  start: usize,
  end: usize,
  name: usize,
  nameEnd: usize,
  createSeconds: f64,
  createNanos: i32,
  updateSeconds: f64,
  updateNanos: i32,
  isSnapshot: i32,
  out: usize,
): usize {
  setHeader(
    start,
    end,
    name,
    nameEnd,
    <i64>createSeconds,
    createNanos,
    <i64>updateSeconds,
    updateNanos,
  );
  return putLine(isSnapshot, out);
}

/** How many documents the last `transcodeAnswers` has written. */
export let documentCount: i32 = 0;

/**
 * Writes the lines of the documents in answers to a query to `out`, until an answer is out of the ordinary;
 * answers how many it has done. Answer `i` is between the two numbers at `bounds + 8 * i`, and `table` gets
 * three numbers of each document: where its name begins and ends, and where its line ends. Of these the lines
 * are counted from `out`, all others from `input`.
 */
export function transcodeAnswers(
  input: usize,
  bounds: usize,
  count: i32,
  isSnapshot: i32,
  table: usize,
  out: usize,
): i32 {
  const first = out;
  let entry = table;
  let done = 0;
  for (; done < count; done++) {
    const bound = bounds + ((<usize>done) << 3);
    if (!findDocument(input + load<u32>(bound), input + load<u32>(bound, 4))) break;
    if (documentStart === 0) continue;
    if (!readHeader()) break;
    const end = putLine(isSnapshot, out);
    if (end === UNUSUAL) break;
    out = end;
    store<u32>(entry, nameStart - input);
    store<u32>(entry, nameStop - input, 4);
    store<u32>(entry, out - first, 8);
    entry += 12;
  }
  documentCount = <i32>((entry - table) / 12);
  return done;
}

function putLine(isSnapshot: i32, out: usize): usize {
  out = putConstant(0, out);
  out = putText(nameStart, nameStop, out);
  if (out === 0) return UNUSUAL;
  store<u8>(out++, 0x22);
  if (createdNanos >= 0) {
    out = putTime(createdSeconds, createdNanos, putConstant(1, out));
    store<u8>(out++, 0x22);
  }
  out = putTime(updatedSeconds, updatedNanos, putConstant(2, out));
  store<u8>(out++, 0x22);
  if (isSnapshot) out = putConstant(3, out);
  store<u8>(out++, 0x7d);
  clearKeys();
  return putFields(documentStart, documentEnd, out);
}

function putFields(start: usize, stop: usize, at: usize): usize {
  let out = at;
  let p = start;
  let end = stop;
  let level: usize = 0;
  let entryTag: u32 = 0x12;
  /** The map whose entries come; 0 in an array. */
  let map = openMap();
  for (;;) {
    if (p >= end) {
      store<u8>(out++, map === 0 ? 0x5d : 0x7d);
      if (level === 0) break;
      const frame = frames + (--level << 4);
      p = load<u32>(frame);
      end = load<u32>(frame, 4);
      map = load<u32>(frame, 8);
      if (level === 0) entryTag = 0x12;
      continue;
    }
    const tag: u32 = load<u8>(p);
    // The length of what all the fields here have: it is in at most three bytes.
    let size: usize = load<u8>(p, 1);
    let from = p + 2;
    if (size > 0x7f) {
      const second: u32 = load<u8>(p, 2);
      size = (size & 0x7f) | ((second & 0x7f) << 7);
      from = p + 3;
      if (second > 0x7f) {
        const third: u32 = load<u8>(p, 3);
        if (third > 0x7f) return UNUSUAL;
        size |= third << 14;
        from = p + 4;
      }
    }
    const to = from + size;
    if (to > end) return UNUSUAL;
    p = to;
    if (tag !== entryTag) {
      // The name and the times of the document.
      if (level === 0 && (tag === 0x0a || tag === 0x1a || tag === 0x22)) continue;
      return UNUSUAL;
    }
    if (map === 0) {
      if (load<u8>(out - 1) !== 0x5b) store<u8>(out++, 0x2c);
    } else {
      let key = from + 2;
      const keySize: usize = load<u8>(from, 1);
      let keyEnd = key + keySize;
      if (load<u8>(from) !== 0x0a || keySize > 0x7f || load<u8>(keyEnd) !== 0x12) return UNUSUAL;
      from = contentOf(keyEnd + 1, to);
      if (from === 0 || !addKey(map, key, keyEnd)) return UNUSUAL;
      if (
        level === 0 &&
        keySize === 5 &&
        load<u32>(key) === 0x74656d5f &&
        load<u8>(key, 4) === 0x61
      ) {
        // A field _meta is _meta_ here, unless that is a field as well.
        key = texts + (6 << 5) + 1;
        keyEnd = key + 6;
        if (!addKey(map, key, keyEnd)) return UNUSUAL;
      }
      if (load<u8>(out - 1) !== 0x7b) store<u8>(out++, 0x2c);
      store<u8>(out++, 0x22);
      out = putText(key, keyEnd, out);
      if (out === 0) return UNUSUAL;
      store<u16>(out, 0x3a22);
      out += 2;
    }
    if (from >= to) return UNUSUAL;
    switch (<u32>load<u8>(from)) {
      case 0x8a: {
        const content = load<u8>(from, 1) === 1 ? contentOf(from + 2, to) : 0;
        if (content === 0) return UNUSUAL;
        store<u8>(out, 0x22);
        out = putText(content, to, out + 1);
        if (out === 0) return UNUSUAL;
        store<u8>(out++, 0x22);
        break;
      }
      case 0x10: {
        let value: u64 = 0;
        let q = from + 1;
        for (let shift: u64 = 0; ; shift += 7) {
          const byte: u64 = load<u8>(q++);
          value |= (byte & 0x7f) << shift;
          if (byte < 0x80) break;
          if (shift === 63) return UNUSUAL;
        }
        if (q !== to) return UNUSUAL;
        out = putSigned(<i64>value, out);
        break;
      }
      case 0x19:
        if (to - from !== 9) return UNUSUAL;
        out = putDouble(load<f64>(from, 1), out);
        break;
      case 0x08:
        if (to - from !== 2) return UNUSUAL;
        if (load<u8>(from, 1) === 1) {
          store<u32>(out, 0x65757274);
          out += 4;
        } else if (load<u8>(from, 1) === 0) {
          store<u64>(out, 0x65736c6166);
          out += 5;
        } else return UNUSUAL;
        break;
      case 0x58:
        if (to - from !== 2 || load<u8>(from, 1) !== 0) return UNUSUAL;
        store<u32>(out, 0x6c6c756e);
        out += 4;
        break;
      case 0x52: {
        const content = contentOf(from + 1, to);
        if (content === 0) return UNUSUAL;
        out = putTimestamp(content, to, out);
        if (out === 0) return UNUSUAL;
        break;
      }
      case 0x32:
      case 0x4a: {
        const content = contentOf(from + 1, to);
        if (content === 0 || level === MOST_LEVELS) return UNUSUAL;
        const frame = frames + (level++ << 4);
        store<u32>(frame, p);
        store<u32>(frame, end, 4);
        store<u32>(frame, map, 8);
        map = load<u8>(from) === 0x32 ? openMap() : 0;
        store<u8>(out++, map === 0 ? 0x5b : 0x7b);
        p = content;
        end = to;
        entryTag = 0x0a;
        break;
      }
      case 0x2a: {
        const content = contentOf(from + 1, to);
        if (content === 0) return UNUSUAL;
        store<u8>(out, 0x22);
        out = putText(content, to, out + 1);
        if (out === 0) return UNUSUAL;
        store<u8>(out++, 0x22);
        break;
      }
      case 0x92: {
        const content = load<u8>(from, 1) === 1 ? contentOf(from + 2, to) : 0;
        if (content === 0) return UNUSUAL;
        out = putBase64(content, to, out);
        break;
      }
      case 0x42: {
        const content = contentOf(from + 1, to);
        if (content === 0) return UNUSUAL;
        out = putGeoPoint(content, to, out);
        if (out === 0) return UNUSUAL;
        break;
      }
      default:
        return UNUSUAL;
    }
  }
  store<u8>(out, 0x0a);
  return out + 1;
}

/** Where the content begins whose length is at `at`; 0 unless it ends at `to`. */
function contentOf(at: usize, to: usize): usize {
  let size: usize = load<u8>(at);
  let from = at + 1;
  if (size > 0x7f) {
    const second: u32 = load<u8>(at, 1);
    size = (size & 0x7f) | ((second & 0x7f) << 7);
    from = at + 2;
    if (second > 0x7f) {
      const third: u32 = load<u8>(at, 2);
      if (third > 0x7f) return 0;
      size |= third << 14;
      from = at + 3;
    }
  }
  return from + size === to ? from : 0;
}

function putConstant(index: usize, out: usize): usize {
  const text = texts + (index << 5);
  return copy(text + 1, load<u8>(text), out);
}

/** Writes a `google.protobuf.Timestamp`, in quotes; 0 when it is unusual. */
function putTimestamp(from: usize, to: usize, out: usize): usize {
  if (!readTime(from, to)) return UNUSUAL;
  store<u8>(out, 0x22);
  out = putTime(seconds, nanos, out + 1);
  store<u8>(out, 0x22);
  return out + 1;
}

/** Writes a `google.type.LatLng`, of which a coordinate of 0 is not on the wire; 0 when it is unusual. */
function putGeoPoint(from: usize, to: usize, out: usize): usize {
  let p = from;
  let latitude: f64 = 0;
  let longitude: f64 = 0;
  if (p + 9 <= to && load<u8>(p) === 0x09) {
    latitude = load<f64>(p, 1);
    p += 9;
  }
  if (p + 9 <= to && load<u8>(p) === 0x11) {
    longitude = load<f64>(p, 1);
    p += 9;
  }
  if (p !== to) return UNUSUAL;
  out = putDouble(latitude, putConstant(4, out));
  out = putDouble(longitude, putConstant(5, out));
  store<u8>(out, 0x7d);
  return out + 1;
}
