import { RecordType } from '../protocol/common.gen.ts';
import { WireBuffer } from './wire-buffer.ts';

/** The content of a `Record` without its row. */
export function recordHead(
  schema: string | undefined,
  table: string,
  type: RecordType,
): Uint8Array {
  const out = new WireBuffer(3 * ((schema ?? '').length + table.length) + 32);
  if (schema !== undefined) putTextField(out, 0x0a, schema);
  putTextField(out, 0x12, table);
  if (type !== RecordType.UPSERT) {
    out.byte(0x18);
    out.byte(type);
  }
  return out.bytes.slice(0, out.at);
}

function putTextField(out: WireBuffer, tag: number, text: string): void {
  const bytes = Buffer.from(text);
  out.byte(tag);
  out.varint(bytes.length);
  out.put(bytes);
}
