import { ByteWriter, extract } from '@fairlead/json';
import { DocumentsBuilder, startOf, type Documents } from '@fairlead/sdk';
import { doubleQuoted as quote, type EffectiveColumn } from '@fairlead/sql-materialize';
import { documentSql } from './document-sql.ts';
import { selectSegmentSql, type SegmentFile } from './load-sql.ts';

/** A query of one column: the documents whose keys are in a segment. */
export function documentsByKeySql(
  target: string,
  columns: readonly EffectiveColumn[],
  segment: SegmentFile,
): string {
  const keys = columns.filter(({ column }) => column.key);
  const same = keys.map(({ name }, i) => `t.${quote(name)} = k.${quote(`k${i}`)}`);
  return `SELECT ${documentSql(columns, 't')}
FROM ${target} t SEMI JOIN (${selectSegmentSql(keys, segment)}) k ON ${same.join(' AND ')}`;
}

/** Keys, each a JSON array of so many parts, as documents that rows are made of: `{"0":…,"1":…}`. */
export function keyDocuments(keys: Documents, parts: number): Documents {
  const builder = new DocumentsBuilder();
  const line = new ByteWriter();
  for (const [index, end] of keys.ends.entries()) {
    const start = startOf(keys, index);
    line.truncate(0);
    for (let part = 0; part < parts; part++) {
      const value = extract(keys.bytes, start, end, [String(part)]);
      line.ascii(`${part === 0 ? '{' : ','}"${part}":`);
      if (value === undefined) line.ascii('null');
      else line.bytes(keys.bytes.subarray(value.start, value.end));
    }
    line.ascii('}\n');
    builder.addLine(line.view());
  }
  return builder.take();
}

/** Texts as documents, one on each line. */
export function documentLines(texts: readonly string[]): Documents {
  const out = new ByteWriter();
  const ends = new Uint32Array(texts.length);
  for (const [index, text] of texts.entries()) {
    out.utf8(text);
    out.byte(0x0a);
    ends[index] = out.length;
  }
  return { bytes: out.take(), ends };
}
