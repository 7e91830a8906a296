import { ByteWriter, extract } from '@fairlead/json';
import { Failure, Op, type Documents } from '@fairlead/sdk';
import type { StreamSettings } from '../settings.ts';
import { Action, type Page } from '../wire/page.ts';
import { timeText } from './time-text.ts';

/**
 * The rows of a page of FQL v10 with the columns that are wanted: it gives documents as they are. Removals are deletions, or
 * nothing where they are not wanted.
 * @param isNew whether no version of the documents was handed out before.
 * @throws {Failure} data, when a document lacks a required column.
 */
export function fqlDocuments(page: Page, settings: StreamSettings, isNew: boolean): Documents {
  const { lines, ends, count, ts, actions } = page;
  const { deletionColumn } = settings;
  const out = new ByteWriter();
  const places: number[] = [];
  const ops: number[] = [];
  for (let i = 0; i < count; i++) {
    const start = i === 0 ? 0 : (ends[i - 1] ?? 0);
    const end = ends[i] ?? 0;
    if (actions[i] === Action.remove) {
      if (deletionColumn === undefined) continue;
      out.bytes(lines.subarray(start, end - 2));
      out.ascii(',');
      out.bytes(Buffer.from(JSON.stringify(deletionColumn)));
      out.ascii(`:"${timeText(ts[i] ?? 0n)}"}\n`);
      ops.push(Op.delete);
    } else {
      putRow(out, lines, start, end, settings);
      ops.push(isNew ? Op.insert : Op.upsert);
    }
    places.push(out.length);
  }
  return { bytes: out.take(), ends: Uint32Array.from(places), ops: Uint8Array.from(ops) };
}

function putRow(
  out: ByteWriter,
  lines: Uint8Array,
  start: number,
  end: number,
  { columns, dataColumn, collection }: StreamSettings,
): void {
  if (columns.length === 0 && dataColumn) {
    out.bytes(lines.subarray(start, end));
    return;
  }
  const own = new Set(columns.map(({ name }) => name));
  let separator = '{';
  const put = (name: string, path: readonly (string | number)[], isRequired: boolean) => {
    const place = extract(lines, start, end, path.map(String));
    if (place === undefined && isRequired)
      throw missing(lines, start, end, { collection, name, path });
    out.ascii(separator);
    out.bytes(Buffer.from(JSON.stringify(name)));
    out.ascii(':');
    if (place === undefined) out.ascii('null');
    else out.bytes(lines.subarray(place.start, place.end));
    separator = ',';
  };
  put('ref', ['ref'], true);
  put('ts', ['ts'], true);
  if (dataColumn) put('data', ['data'], false);
  if (!own.has('ttl')) put('ttl', ['ttl'], false);
  for (const { name, path, required } of columns) put(name, path, required);
  out.ascii('}\n');
}

function missing(
  lines: Uint8Array,
  start: number,
  end: number,
  column: { readonly collection: string; readonly name: string; readonly path: readonly unknown[] },
): Failure {
  const ref = extract(lines, start, end, ['ref']);
  const id = ref === undefined ? '' : Buffer.from(lines.subarray(ref.start, ref.end)).toString();
  return new Failure(
    'data',
    `Column ${column.name}: the path ${column.path.join('.')} does not exist in document ${id}`,
    {
      where: `collection ${column.collection}`,
      hint: 'Correct the path of the column, or make it optional.',
    },
  );
}
