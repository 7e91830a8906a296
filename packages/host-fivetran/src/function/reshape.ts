import { ByteWriter, encodeString, extract, type Member, members } from '@fairlead/json';
import { Failure } from '@fairlead/sdk';
import { type KeyColumn, reservedEscape, reservedPrefix } from './function-table.ts';

/** Whether there may be a member in some documents that Fivetran would take for a column of its own. */
export function hasReserved({ buffer, byteOffset, length }: Uint8Array): boolean {
  const all = Buffer.from(buffer, byteOffset, length);
  return all.includes(reservedTrace) && all.includes(reservedHead);
}

/**
 * The row of a document; neither has an end of line. Members that Fivetran would take for its own
 * columns get other names, and parts of the key that are inside of a member become members.
 * @param out is written to, and may be the row until it is written to again.
 */
export function rowOf(
  document: Uint8Array,
  key: readonly KeyColumn[],
  out: ByteWriter,
): Uint8Array {
  const nested = key.filter(({ path }) => path.length > 1);
  const renamed = hasReserved(document) ? withoutReserved(document) : document;
  return nested.length === 0 ? renamed : withMembers(renamed, document, nested, out);
}

/**
 * The row by which a document's own is deleted: the columns of its key, with the values as they are.
 * @param out is written to, and is the row until it is written to again.
 */
export function keyRowOf(
  document: Uint8Array,
  key: readonly KeyColumn[],
  out: ByteWriter,
): Uint8Array {
  out.truncate(0);
  writeColumns(out, document, key);
  out.byte(closeBrace);
  return out.view();
}

const openBrace = 0x7b;
const closeBrace = 0x7d;
const comma = 0x2c;
const colon = 0x3a;
const reservedHead = Buffer.from(`"${reservedPrefix}`);
/** A part of it that begins with a rare letter, for which Node looks many times faster. */
const reservedTrace = Buffer.from('vetran');
const escape = Buffer.from(reservedEscape);

function withoutReserved(document: Uint8Array): Uint8Array {
  const found: readonly Member[] = [...members(document)];
  const reserved = found.filter(({ name }) => name.startsWith(reservedPrefix));
  if (reserved.length === 0) return document;
  const out = new ByteWriter(document.length + reserved.length * escape.length);
  let from = 0;
  for (const { name, nameStart } of reserved) {
    if (found.some((other) => other.name === `${reservedEscape}${name}`)) throw taken(name);
    out.bytes(document.subarray(from, nameStart + 1));
    out.bytes(escape);
    from = nameStart + 1;
  }
  out.bytes(document.subarray(from));
  return out.take();
}

/** The row with parts of its key before its own members. */
function withMembers(
  row: Uint8Array,
  document: Uint8Array,
  key: readonly KeyColumn[],
  out: ByteWriter,
): Uint8Array {
  out.truncate(0);
  writeColumns(out, document, key);
  for (const { name } of key) {
    if (extract(row, 0, row.length, [name]) !== undefined) throw taken(name);
  }
  out.byte(comma);
  out.bytes(row.subarray(row.indexOf(openBrace) + 1));
  return out.view();
}

/** Begins an object with the columns of a key. */
function writeColumns(out: ByteWriter, document: Uint8Array, key: readonly KeyColumn[]): void {
  out.byte(openBrace);
  for (const [index, { name, path }] of key.entries()) {
    if (index > 0) out.byte(comma);
    encodeString(name, out);
    out.byte(colon);
    const place = extract(document, 0, document.length, path);
    if (place === undefined) throw new Error('the key of a row was not looked at before');
    out.bytes(document.subarray(place.start, place.end));
  }
}

function taken(name: string): Failure {
  return new Failure('data', `a document has no room for the column of ${name}`, {
    hint: 'Another member has its name.',
  });
}
