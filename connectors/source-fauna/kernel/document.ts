// Documents of FQL v10, which have their fields beside what Fauna knows of them, as the rows that v4 has of them.
import { fail } from '../../../packages/json/kernel/validate';
import { putOwnId, putRef, putTs } from './identity';
import { pastModuleReference } from './reference';
import { pastValue } from './skip';
import {
  CLOSE_BRACE,
  COLON,
  COMMA,
  NO_EVENT,
  NO_REF,
  NO_ROW,
  NO_TS,
  OPEN_BRACE,
  read,
  readTo,
} from './state';
import {
  content,
  DOCUMENT,
  maybeTag,
  NOT_TAGGED,
  putTagged,
  REFERENCE,
  tagAt,
  UNWRAPPED,
} from './tag';
import {
  isNamed,
  nameEnd,
  nextItem,
  pastName,
  pastOnly,
  pastSpace,
  putBytes,
  putText,
} from './token';
import { putValue } from './value';

const REF: u64 = 0x666572;
const TS: u64 = 0x7374;
const TTL: u64 = 0x6c7474;
const ID: u64 = 0x6469;
const COLL: u64 = 0x6c6c6f63;
const DATA: u64 = 0x61746164;
const NULL: u32 = 0x6c6c756e;

// The texts that are needed, by number.
const OF_REF: usize = 36;
const OF_TS: usize = 37;
const OF_DATA: usize = 38;
const OF_TTL: usize = 39;

// Where the values are of what a document of v10 has beside its fields; 0 when they have not come yet.
let idAt: usize = 0;
let tsAt: usize = 0;
let ttlAt: usize = 0;

/** Writes a document of v10, whose content is at `p`, as the row that v4 has of it, and reads on after its tag. */
export function putDocument(p: usize, out: usize): usize {
  const object = innerObject(p, out);
  if (!object) return fail(NO_ROW, p);
  idAt = 0;
  tsAt = 0;
  ttlAt = 0;
  const first = pastSpace(object + 1);
  // They come first, and else the fields are passed over once more than needed.
  let at = pastMeta(first, false);
  if (at && (!idAt || !tsAt)) at = pastMeta(first, true) ? first : 0;
  if (!at) return 0;
  if (!idAt) return fail(NO_REF, p);
  out = putRef(idAt, putText(OF_REF, out));
  if (!out) return 0;
  if (!tsAt) return fail(NO_TS, p);
  out = putTs(tsAt, putText(OF_TS, out));
  if (!out) return 0;
  out = putFields(at, true, putText(OF_DATA, out));
  if (!out) return 0;
  let end = read;
  if (object != p) end = pastOnly(end);
  end = pastOnly(end);
  if (!end) return fail(NO_ROW, p);
  out = putText(OF_TTL, out);
  if (ttlAt) {
    out = putValue(ttlAt, out);
    if (!out) return 0;
  } else {
    store<u32>(out, NULL);
    out += 4;
  }
  store<u8>(out, CLOSE_BRACE);
  readTo(end);
  return out + 1;
}

/** The address of the first field of a document whose members begin at `at`, or of the brace after all of them. */
function pastMeta(at: usize, isToEnd: bool): usize {
  while (load<u8>(at) != CLOSE_BRACE) {
    const value = pastName(at);
    if (!value) return 0;
    if (!takeMeta(value) && !isToEnd) return at;
    at = pastValue(value);
    if (!at) return 0;
    at = nextItem(at, CLOSE_BRACE);
    if (!at) return 0;
  }
  return at;
}

/** Whether the name that was passed last is of what a document has beside its fields, with the value at `p`. */
function takeMeta(p: usize): bool {
  if (isNamed(ID, 2)) idAt = p;
  else if (isNamed(TS, 2)) tsAt = p;
  else if (isNamed(TTL, 3)) ttlAt = p;
  else return isNamed(COLL, 4);
  return true;
}

/** The address of the object at `p`, or in the wrapper there; 0 when it is another value. Writes to `out` in vain. */
function innerObject(p: usize, out: usize): usize {
  if (load<u8>(p) != OPEN_BRACE) return 0;
  const first = pastSpace(p + 1);
  if (!maybeTag(first)) return p;
  const tagged = putTagged(p, first, out);
  if (tagged == UNWRAPPED) return read;
  return tagged == NOT_TAGGED ? p : 0;
}

/**
 * Writes the members of an object that begin at `at`, and reads on after it: those of a document without what v10 has
 * beside them, and with those whose names v10 needs itself, which it has in an object `data`.
 */
function putFields(at: usize, isDocument: bool, out: usize): usize {
  while (load<u8>(at) != CLOSE_BRACE) {
    const value = pastName(at);
    if (!value) return 0;
    const stop = nameEnd;
    const isData = isDocument && isNamed(DATA, 4);
    const isBeside = isDocument && !isData && takeMeta(value);
    const inner = isData ? innerObject(value, out) : 0;
    if (inner) {
      out = putFields(pastSpace(inner + 1), false, out);
      if (!out) return 0;
      at = pastValue(value);
    } else if (isBeside) at = pastValue(value);
    else {
      if (load<u8>(out - 1) != OPEN_BRACE) store<u8>(out++, COMMA);
      out = putBytes(at, stop, out);
      store<u8>(out, COLON);
      out = putValue(value, out + 1);
      if (!out) return 0;
      at = read;
    }
    if (!at) return 0;
    at = nextItem(at, CLOSE_BRACE);
    if (!at) return 0;
  }
  readTo(at + 1);
  return out;
}

/** Writes the row of a document that is gone, told of by the value at `p`, at the time at `ts`; without a line break. */
export function putRemoval(p: usize, ts: usize, out: usize): usize {
  const end = pastValue(p);
  if (!end) return 0;
  const id = idOf(p, out);
  if (!id) return fail(NO_EVENT, p);
  out = putText(OF_REF, out);
  out = id == p ? putOwnId(out) : putRef(id, out);
  if (!out) return 0;
  out = putTs(ts, putText(OF_TS, out));
  if (!out) return 0;
  store<u8>(out, CLOSE_BRACE);
  readTo(end);
  return out + 1;
}

/** Where the id of the valid value at `p` is: there itself when that is a reference, which is then read; or 0. Writes to `out` in vain. */
function idOf(p: usize, out: usize): usize {
  if (load<u8>(p) != OPEN_BRACE) return 0;
  const first = pastSpace(p + 1);
  if (maybeTag(first)) {
    const tag = tagAt(first);
    if (tag == REFERENCE || tag == DOCUMENT) return pastModuleReference(content) ? p : 0;
  }
  const object = innerObject(p, out);
  if (!object) return 0;
  let found: usize = 0;
  let at = pastSpace(object + 1);
  while (load<u8>(at) != CLOSE_BRACE) {
    const value = pastName(at);
    if (isNamed(REF, 3) || (!found && isNamed(ID, 2))) found = value;
    at = nextItem(pastValue(value), CLOSE_BRACE);
  }
  return found;
}
