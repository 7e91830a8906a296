import { extract } from '@fairlead/json';
import { Op, startOf, type Documents } from '@fairlead/sdk';

/**
 * The documents of a stream of Airbyte that has a key, where those in which `_ab_cdc_deleted_at` has a
 * value are deletes.
 */
export function withDeletes(documents: Documents): Documents {
  const { bytes, ends } = documents;
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  let ops: Uint8Array | undefined;
  let index = 0;
  for (let at = text.indexOf(member); at >= 0; at = text.indexOf(member, at + member.length)) {
    // In most documents of a database's log the member is there and null.
    if (isNull(text, at + member.length)) continue;
    while ((ends[index] ?? bytes.length) <= at) index++;
    const end = ends[index] ?? bytes.length;
    // It may be a member of some other object in the document, or within a text.
    const value = extract(bytes, startOf(documents, index), end, [memberName]);
    if (value === undefined || bytes[value.start] !== quote) continue;
    ops ??= documents.ops?.slice() ?? new Uint8Array(ends.length);
    ops[index] = Op.delete;
  }
  return ops === undefined ? documents : { ...documents, ops };
}

function isNull(text: Buffer, at: number): boolean {
  return text[at] === colon && text[at + 1] === letterN;
}

const memberName = '_ab_cdc_deleted_at';
const member = Buffer.from(`"${memberName}"`);
const quote = 0x22;
const colon = 0x3a;
const letterN = 0x6e;
