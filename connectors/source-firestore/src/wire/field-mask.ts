import { ProtoReader, ProtoWriter } from './protobuf.ts';

/** Which fields to keep: whole ones, and those of which some fields are kept. */
export interface FieldMask {
  readonly fields: ReadonlyMap<string, FieldMask | undefined>;
}

/** The mask of some paths, such as `name`, `address.city` and `` `odd name`.x ``. */
export function fieldMask(paths: readonly string[]): FieldMask {
  const fields = new Map<string, FieldMask | undefined>();
  const rests = new Map<string, string[]>();
  for (const path of paths) {
    const { name, rest } = firstOf(path);
    if (rest === undefined) fields.set(name, undefined);
    else rests.set(name, [...(rests.get(name) ?? []), rest]);
  }
  for (const [name, inner] of rests) if (!fields.has(name)) fields.set(name, fieldMask(inner));
  return { fields };
}

/**
 * A `google.firestore.v1.Document` with the fields of the mask only.
 * @throws {Failure} data, when it is malformed.
 */
export function maskDocument(document: Uint8Array, mask: FieldMask): Uint8Array {
  return filtered(new ProtoReader(document), 0x12, mask).finish();
}

/** A message whose entries with `tag` are fields of a map, with those that are kept; all else stays. */
function filtered(reader: ProtoReader, tag: number, mask: FieldMask): ProtoWriter {
  const writer = new ProtoWriter();
  while (reader.next()) {
    if (reader.tag !== tag) {
      writer.raw(reader.bytes.subarray(reader.fieldStart, reader.valueEnd));
      continue;
    }
    const entry = entryOf(reader.message());
    if (!mask.fields.has(entry.name)) continue;
    const inner = mask.fields.get(entry.name);
    if (inner === undefined) writer.raw(reader.bytes.subarray(reader.fieldStart, reader.valueEnd));
    else if (entry.map !== undefined) {
      const map = new ProtoWriter().message(6, filtered(entry.map, 0x0a, inner));
      writer.message(tag >> 3, new ProtoWriter().text(1, entry.name).message(2, map));
    }
  }
  return writer;
}

interface Entry {
  readonly name: string;
  /** The value, when it is a map. */
  readonly map: ProtoReader | undefined;
}

function entryOf(reader: ProtoReader): Entry {
  let name = '';
  let map: ProtoReader | undefined;
  while (reader.next()) {
    if (reader.tag === 0x0a) name = reader.text();
    if (reader.tag !== 0x12) continue;
    const value = reader.message();
    map = undefined;
    while (value.next()) if (value.tag === 0x32) map = value.message();
  }
  return { name, map };
}

/** The first name of a path, and what is behind its dot. */
function firstOf(path: string): { readonly name: string; readonly rest: string | undefined } {
  const quoted = /^`((?:[^`\\]|\\.)*)`(?:\.(.+))?$/s.exec(path);
  if (quoted !== null) {
    const [, name = '', rest] = quoted;
    return { name: name.replaceAll(/\\(.)/gs, '$1'), rest };
  }
  const dot = path.indexOf('.');
  if (dot < 0) return { name: path, rest: undefined };
  return { name: path.slice(0, dot), rest: path.slice(dot + 1) };
}
