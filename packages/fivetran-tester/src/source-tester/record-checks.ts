import { RecordType } from '@fairlead/host-fivetran/protocol';
import { isText, type DataTypeName } from '../warehouse/column-type.ts';
import { widestType } from '../warehouse/widest-type.ts';
import type { TypedCell } from './cell-of.ts';
import type { Findings } from '../connector/findings.ts';
import { tableId, type DeclaredTable } from './source-schema.ts';

/** Compares a record with what the source has declared of its table. */
export function checkRecord(
  findings: Findings,
  type: RecordType,
  declared: DeclaredTable,
  row: ReadonlyMap<string, TypedCell>,
): void {
  const where = `table ${tableId(declared.schema, declared.table)}`;
  for (const [name, cell] of row) {
    if (cell.type === 'NAIVE_TIME') {
      findings.add('unsupported', 'a source may not send NAIVE_TIME', `${where}, column ${name}`);
    }
    const expected = declared.columns.get(name);
    if (expected === undefined || cell.type === undefined || isOf(cell.type, expected.name)) {
      continue;
    }
    findings.add(
      'column-type',
      `a value is of the type ${cell.type}, and ${expected.name} is declared`,
      `${where}, column ${name}`,
    );
  }
  if (type !== RecordType.UPSERT) return;
  const missing = [...declared.columns.keys()].filter((name) => !row.has(name));
  if (missing.length === 0) return;
  findings.add(
    'column-missing',
    `an UPSERT leaves out ${missing.join(', ')}: Fivetran sets to null what it leaves out`,
    where,
  );
}

function isOf(type: DataTypeName, declared: DataTypeName): boolean {
  if (type === 'DECIMAL' || isText({ name: declared })) return type === declared;
  return widestType({ name: type }, { name: declared }).name === declared;
}
