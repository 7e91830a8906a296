import { decodeValue, parsePointer } from '@fairlead/json';
import { Op, type Source, startOf } from '@fairlead/sdk';
import { keyText } from '../live-keys.ts';
import { canonicalValue } from '../same-value.ts';
import { startSource } from '../source-run.ts';
import type { SourceFixture } from '../source-suite-options.ts';

/** What is to be in the table of a stream once it was read. */
export interface ExpectedTable {
  readonly stream: string;
  /** JSON pointers; none where nothing identifies a row. */
  readonly key: readonly string[];
  /** Members of the documents that are there, each as a text of {@link canonicalValue}. */
  readonly rows: readonly string[];
}

/** Reads a source as a host does that knows nothing of Fivetran. */
export async function expectedTables(
  source: Source,
  fixture: SourceFixture,
): Promise<readonly ExpectedTable[]> {
  // The fixture stays, whoever reads it.
  const prepare = async () => ({ ...fixture, [Symbol.asyncDispose]: async () => {} });
  await using run = await startSource({ source, prepare });
  const { events } = await run.read();
  return run.bindings.map(({ stream }, binding) => {
    const { key = [] } = run.streams.find(({ name }) => name === stream) ?? {};
    const paths = key.map((pointer) => parsePointer(pointer));
    const rows = new Map<string, object>();
    let added = 0;
    for (const event of events) {
      if (event.is === 'backfill-begins' && event.binding === binding) rows.clear();
      if (event.is !== 'documents' || event.binding !== binding) continue;
      const { documents } = event;
      for (const [index, end] of documents.ends.entries()) {
        const start = startOf(documents, index);
        const id =
          paths.length === 0 ? `row ${added++}` : keyText(documents.bytes, start, end - 1, paths);
        const op = documents.ops?.[index];
        const before = op === Op.patch ? rows.get(id) : {};
        if (op === Op.delete) rows.delete(id);
        else
          rows.set(id, {
            ...before,
            ...Object(decodeValue(documents.bytes.slice(start, end - 1))),
          });
      }
    }
    return { stream, key, rows: [...rows.values()].map(canonicalValue) };
  });
}

/** The columns that are made of a key that is inside of a member: `_meta_path` of `/_meta/path`. */
export function columnsOfKeys(tables: readonly ExpectedTable[]): ReadonlySet<string> {
  const paths = tables.flatMap(({ key }) => key.map((pointer) => parsePointer(pointer)));
  return new Set(paths.filter(({ length }) => length > 1).map((path) => path.join('_')));
}
