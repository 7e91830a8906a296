// Objects with one member whose name begins with @: values that JSON has not. What is not as Fauna writes it is no
// tag, but an object like any other.
import { decoded, decodedSize, decodeEscape } from '../../../packages/json/kernel/unescape';
import { escaped, pastAnyNumber, pastString } from '../../../packages/json/kernel/validate';
import {
  pastModuleReference,
  pastReference,
  pastUsualReference,
  putCollection,
  putModuleReference,
  putReference,
} from './reference';
import { pastValue, putAsText } from './skip';
import { CLOSE_BRACE, isFql, isUrlSafe, OPEN_BRACE, QUOTE, read, readTo } from './state';
import { nameSize, nameWord, pastName, pastOnly, putBytes, putNumber, putString } from './token';

/** Answers of {@link putTagged} that are no address. */
export const NOT_TAGGED: usize = 1;
export const UNWRAPPED: usize = 2;

/** What {@link tagAt} answers. */
export const NO_TAG: u32 = 0;
/** A string. */
export const TEXT: u32 = 1;
const BYTES: u32 = 2;
export const REFERENCE: u32 = 3;
/** An object whose names may begin with @. */
export const OBJECT: u32 = 4;
/** What is kept as the text of its JSON. */
const ANYTHING: u32 = 5;
export const NUMBER: u32 = 6;
const MODULE: u32 = 7;
export const DOCUMENT: u32 = 8;

/** Where the value begins of the tag that was found last. */
export let content: usize = 0;

/** Whether a tag may begin with the quote at `p`. */
export function maybeTag(p: usize): bool {
  const first: u32 = load<u8>(p, 1);
  return load<u8>(p) == QUOTE && (first == 64 || first == 92);
}

/** The tag that begins with the quote at `p`. */
export function tagAt(p: usize): u32 {
  content = pastName(p);
  if (!content || nameSize < 3 || nameSize > 7) return NO_TAG;
  const word = nameWord();
  if (word == 0x6574616440) return TEXT; // @date
  if (word == 0x6469757540) return TEXT; // @uuid
  if (word == 0x736574796240) return BYTES; // @bytes
  if (word == 0x66657240) return REFERENCE; // @ref
  if (word == 0x74657340) return ANYTHING; // @set
  if (isFql) return fqlTag(word);
  if (word == 0x737440) return TEXT; // @ts
  if (word == 0x6a626f40) return OBJECT; // @obj
  return word == 0x797265757140 ? ANYTHING : NO_TAG; // @query
}

function fqlTag(word: u64): u32 {
  if (word == 0x746e6940) return NUMBER; // @int
  if (word == 0x676e6f6c40) return NUMBER; // @long
  if (word == 0x656c62756f6440) return NUMBER; // @double
  if (word == 0x656d697440) return TEXT; // @time
  if (word == 0x636f6440) return DOCUMENT; // @doc
  if (word == 0x646f6d40) return MODULE; // @mod
  if (word == 0x7463656a626f40) return OBJECT; // @object
  return word == 0x6d616572747340 ? ANYTHING : NO_TAG; // @stream
}

/**
 * Writes the value of the object at `start` whose first name begins with the quote at `first`. `NOT_TAGGED`
 * when it is an object like any other; `UNWRAPPED` when it is a wrapper around the object at `read`, whose
 * names mean nothing.
 */
export function putTagged(start: usize, first: usize, out: usize): usize {
  const usual = isFql ? putUsualFql(first, out) : putUsual(first, out);
  if (usual) return usual;
  const tag = tagAt(first);
  if (tag == NO_TAG) return NOT_TAGGED;
  const from = content;
  if (tag == OBJECT) return isWrapper(from) ? UNWRAPPED : NOT_TAGGED;
  if (tag == REFERENCE || tag == DOCUMENT) return putAnyReference(from, out);
  if (tag == ANYTHING) {
    const end = pastOnly(pastValue(from));
    if (!end) return NOT_TAGGED;
    store<u8>(out, QUOTE);
    out = putAsText(start, end, out + 1);
    store<u8>(out, QUOTE);
    readTo(end);
    return out + 1;
  }
  if (load<u8>(from) != QUOTE) return NOT_TAGGED;
  const stop = pastString(from + 1);
  const hasEscapes = escaped;
  const end = pastOnly(stop);
  if (!end) return NOT_TAGGED;
  readTo(end);
  if (tag == MODULE) return putCollection(from, stop, out);
  if (tag == NUMBER && isNumber(from + 1, stop - 1)) return putBytes(from + 1, stop - 1, out);
  if (tag == BYTES) return putBase64(from, stop, hasEscapes != 0, out);
  return putBytes(from, stop, out);
}

/** Writes what most tags of v4 are, as Fauna writes them; 0 for everything else. */
function putUsual(first: usize, out: usize): usize {
  const word = load<u64>(first);
  // "@ref":{
  if (word == 0x7b3a226665724022) {
    const end = pastUsualReference(first + 7);
    if (!end || load<u8>(end) != CLOSE_BRACE) return 0;
    readTo(end + 1);
    return putReference(out);
  }
  // "@ts":"
  return (word & 0xff_ffff_ffff_ffff) == 0x223a2273744022 ? putUsualText(first + 6, out) : 0;
}

/** The same of v10. */
function putUsualFql(first: usize, out: usize): usize {
  const word = load<u64>(first);
  // "@time":
  if (word == 0x3a22656d69744022) return putUsualText(first + 8, out);
  // "@int":"
  if (word == 0x223a22746e694022) return putUsualNumber(first + 8, out);
  // "@long":
  return word == 0x3a22676e6f6c4022 ? putUsualNumber(first + 9, out) : 0;
}

function putUsualText(p: usize, out: usize): usize {
  if (load<u8>(p) != QUOTE) return 0;
  out = putString(p, out);
  if (!out || load<u8>(read) != CLOSE_BRACE) return 0;
  readTo(read + 1);
  return out;
}

/** Writes the number at `p`, which is in a string. */
function putUsualNumber(p: usize, out: usize): usize {
  const byte: u32 = load<u8>(p);
  if (load<u8>(p - 1) != QUOTE || (byte - 48 > 9 && byte != 45)) return 0;
  out = putNumber(p, byte, out);
  // "}
  if (!out || load<u16>(read) != 0x7d22) return 0;
  readTo(read + 2);
  return out;
}

/** Whether a wrapper has an object at `p`, and nothing else; `read` is then `p`. */
export function isWrapper(p: usize): bool {
  if (load<u8>(p) != OPEN_BRACE || !pastOnly(pastValue(p))) return false;
  readTo(p);
  return true;
}

function putAnyReference(p: usize, out: usize): usize {
  const end = pastOnly(isFql ? pastModuleReference(p) : pastReference(p));
  if (!end) return NOT_TAGGED;
  readTo(end);
  return isFql ? putModuleReference(out) : putReference(out);
}

/** Where the object ends with a reference whose content is at `p`, and what it refers to is known; or 0. */
export function pastAnyReference(p: usize): usize {
  return pastOnly(isFql ? pastModuleReference(p) : pastReference(p));
}

/** Whether the bytes from `p` to `end` are a number as JSON has it, and no NaN or infinity. */
function isNumber(p: usize, end: usize): bool {
  const first: u32 = load<u8>(p);
  return (first - 48 < 10 || first == 45) && pastAnyNumber(p) == end;
}

/** Writes the string from `p` to `end`, which is base64, in the alphabet that is asked for. */
function putBase64(p: usize, end: usize, hasEscapes: bool, out: usize): usize {
  if (hasEscapes) return putEscapedBase64(p, end, out);
  if (!isUrlSafe) return putBytes(p, end, out);
  const size = end - p;
  for (let i: usize = 0; i < size; i += 16) {
    const bytes = v128.load(p + i);
    const pluses = i8x16.eq(bytes, i8x16.splat(43));
    const slashes = i8x16.eq(bytes, i8x16.splat(47));
    const dashed = v128.bitselect(i8x16.splat(45), bytes, pluses);
    v128.store(out + i, v128.bitselect(i8x16.splat(95), dashed, slashes));
  }
  return out + size;
}

/** The same for one with escapes, of which those remain that stand for something else. */
function putEscapedBase64(p: usize, end: usize, out: usize): usize {
  while (p < end) {
    let byte: u32 = load<u8>(p);
    let next = p + 1;
    if (byte == 92) {
      next = decodeEscape(p);
      byte = decodedSize == 1 ? decoded : 0;
    }
    const isPlus = byte == 43;
    if (isPlus || byte == 47) {
      store<u8>(out++, isUrlSafe ? (isPlus ? 45 : 95) : byte);
    } else out = putBytes(p, next, out);
    p = next;
  }
  return out;
}
