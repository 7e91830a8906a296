import { decodeValue, extract, parsePointer } from '@fairlead/json';
import { startOf, type Documents } from '@fairlead/sdk';

/**
 * Where a document came from, when its key says so: the members of a metadata object, such as a
 * file and an offset. A key of the document's own data is never shown.
 */
export function positionOf(
  documents: Documents,
  document: number,
  key: readonly string[],
): string | undefined {
  const parts: string[] = [];
  for (const pointer of key) {
    const path = parsePointer(pointer);
    if (path.length < 2) return undefined;
    const start = startOf(documents, document);
    const found = extract(documents.bytes, start, documents.ends[document] ?? start, path);
    if (found === undefined) return undefined;
    const value = decodeValue(documents.bytes, found.start, found.end);
    parts.push(`${path.at(-1) ?? ''} ${String(value)}`);
  }
  return parts.length === 0 ? undefined : parts.join(', ');
}
