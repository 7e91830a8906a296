import { ByteWriter } from './byte-writer.ts';
import { encodeString } from './encode.ts';
import { members, type Member } from './members.ts';
import { comma, colon, openBrace } from './tokens.ts';

/**
 * The document of `line` with one more member, before all others. The rest of its bytes, an end of
 * line included, is as it was. `value` is JSON, taken as it is.
 * @throws {SpliceError} when there is a member of that name already.
 * @throws {JsonSyntaxError} when `line` is no object.
 * @throws {EncodeError} when `name` has a lone surrogate.
 */
export function withMember(line: Uint8Array, name: string, value: Uint8Array): Uint8Array {
  const found = [...members(line)];
  if (found.some((member) => member.name === name)) throw new SpliceError();
  return withFirst(line, name, value, found.length === 0);
}

/**
 * The document of `line` without its members of that name, however many. `line` itself when there
 * are none; else white space around the commas between the others may go too.
 * @throws {JsonSyntaxError} when `line` is no object.
 */
export function withoutMember(line: Uint8Array, name: string): Uint8Array {
  const found = [...members(line)];
  const kept = found.filter((member) => member.name !== name);
  return kept.length === found.length ? line : withOnly(line, found, kept);
}

/**
 * The document of `line` in which the member of that name has another value, in its old place; first
 * of all when there was none. Of members with the same name the first remains. `value` is JSON, taken
 * as it is.
 * @throws {JsonSyntaxError} when `line` is no object.
 * @throws {EncodeError} when `name` has a lone surrogate.
 */
export function replaceMember(line: Uint8Array, name: string, value: Uint8Array): Uint8Array {
  const found = [...members(line)];
  const first = found.find((member) => member.name === name);
  if (first === undefined) return withFirst(line, name, value, found.length === 0);
  const kept = found.filter((member) => member === first || member.name !== name);
  const single = kept.length === found.length ? line : withOnly(line, found, kept);
  // What precedes the first of them may have become shorter, so its place is looked up again.
  return single === line ? withValue(line, first, value) : replaceMember(single, name, value);
}

/** Thrown when a document has a member already that was to be added. The message does not name it. */
export class SpliceError extends Error {
  override readonly name = 'SpliceError';

  constructor() {
    super('the document has a member of that name already');
  }
}

function withFirst(line: Uint8Array, name: string, value: Uint8Array, isOnly: boolean): Uint8Array {
  const inside = line.indexOf(openBrace) + 1;
  const out = new ByteWriter(line.length + name.length + value.length + 8);
  out.bytes(line.subarray(0, inside));
  encodeString(name, out);
  out.byte(colon);
  out.bytes(value);
  if (!isOnly) out.byte(comma);
  out.bytes(line.subarray(inside));
  return out.take();
}

function withValue(line: Uint8Array, member: Member, value: Uint8Array): Uint8Array {
  const out = new ByteWriter(line.length + value.length);
  out.bytes(line.subarray(0, member.start));
  out.bytes(value);
  out.bytes(line.subarray(member.end));
  return out.take();
}

/** The document with some of the members that were `found` in it. */
function withOnly(line: Uint8Array, found: readonly Member[], kept: readonly Member[]): Uint8Array {
  const out = new ByteWriter(line.length);
  out.bytes(line.subarray(0, found[0]?.nameStart ?? line.length));
  for (const [index, member] of kept.entries()) {
    if (index > 0) out.byte(comma);
    out.bytes(line.subarray(member.nameStart, member.end));
  }
  out.bytes(line.subarray(found.at(-1)?.end ?? line.length));
  return out.take();
}
