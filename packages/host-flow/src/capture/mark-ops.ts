import { ByteWriter, extract, parsePointer, replaceMember } from '@fairlead/json';
import { type Documents, Failure, Op, startOf } from '@fairlead/sdk';

/**
 * The documents with `/_meta/op` in deletes and patches, from which the collection's schema knows
 * how to reduce them. The same documents when there are none of these.
 * @throws {Failure} data, when `/_meta` is something else than an object.
 */
export function markOps(documents: Documents): Documents {
  const { bytes, ends, ops } = documents;
  if (ops === undefined || !ops.some((op) => op === Op.delete || op === Op.patch)) {
    return documents;
  }
  const out = new ByteWriter(bytes.length + 32 * ends.length);
  const marked = new Uint32Array(ends.length);
  for (let index = 0; index < ends.length; index++) {
    const line = bytes.subarray(startOf(documents, index), ends[index]);
    const op = ops[index];
    if (op === Op.delete) out.bytes(withOp(line, deleted));
    else if (op === Op.patch) out.bytes(withOp(line, patched));
    else out.bytes(line);
    marked[index] = out.length;
  }
  return { bytes: out.take(), ends: marked };
}

const metaPointer = parsePointer('/_meta');
const deleted = Buffer.from('"d"');
const patched = Buffer.from('"u"');
const nothing = Buffer.from('{}');
const openBrace = 0x7b;

function withOp(line: Uint8Array, op: Uint8Array): Uint8Array {
  const found = extract(line, 0, line.length, metaPointer);
  const meta = found === undefined ? nothing : line.subarray(found.start, found.end);
  if (meta[0] !== openBrace) {
    throw new Failure('data', 'a deleted or changed document has a _meta that is no object');
  }
  return replaceMember(line, '_meta', replaceMember(meta, 'op', op));
}
