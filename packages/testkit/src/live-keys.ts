import { extract, parsePointer } from '@fairlead/json';
import { DocumentsBuilder, Op, startOf, type Documents } from '@fairlead/sdk';
import { canonicalJson } from './memory-rows.ts';

/** The keys of documents that are there after all of these were taken in order, each as a JSON array. */
export function liveKeys(batches: readonly Documents[], key: readonly string[]): Set<string> {
  const paths = key.map((pointer) => parsePointer(pointer));
  const live = new Set<string>();
  for (const documents of batches) {
    for (const [index, end] of documents.ends.entries()) {
      const start = startOf(documents, index);
      const text = keyText(documents.bytes, start, end - 1, paths);
      if (documents.ops?.[index] === Op.delete) live.delete(text);
      else live.add(text);
    }
  }
  return live;
}

/** The key of the document at `start` to `end`, as a canonical JSON array; null for what it lacks. */
export function keyText(
  bytes: Uint8Array,
  start: number,
  end: number,
  paths: readonly (readonly string[])[],
): string {
  const parts = paths.map((path) => {
    const at = extract(bytes, start, end, path);
    return at === undefined ? 'null' : canonicalJson(bytes, at.start, at.end);
  });
  return `[${parts.join(',')}]`;
}

/** Keys as a source tells them. */
export function encodeKeys(keys: Iterable<string>): Documents {
  const builder = new DocumentsBuilder();
  for (const key of keys) builder.addLine(Buffer.from(`${key}\n`));
  return builder.take();
}

/** Keys that a source tells, each as the same text as {@link liveKeys} has it. */
export function decodeKeys(documents: Documents): string[] {
  const { bytes, ends } = documents;
  return Array.from(ends, (end, index) => canonicalJson(bytes, startOf(documents, index), end - 1));
}
