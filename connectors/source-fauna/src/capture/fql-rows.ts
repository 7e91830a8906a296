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
  // A row has only the id of its reference, where a path leads into all of it.
  const valueAt = (path: readonly (string | number)[]) => {
    const [first, ...rest] = path.map(String);
    if (first !== 'ref') return [lines, extract(lines, start, end, path.map(String))] as const;
    const id = textAt(lines, extract(lines, start, end, ['ref']));
    const reference = `{"id":${id},"collection":${JSON.stringify(collection)},"type":"document"}`;
    const bytes = Buffer.from(reference);
    return [bytes, extract(bytes, 0, bytes.length, rest)] as const;
  };
  const put = (name: string, path: readonly (string | number)[], isRequired: boolean) => {
    const [bytes, place] = valueAt(path);
    if (place === undefined && isRequired) throw missing(lines, start, end, { name, path });
    out.ascii(separator);
    out.bytes(Buffer.from(JSON.stringify(name)));
    out.ascii(':');
    if (place === undefined) out.ascii('null');
    else out.bytes(bytes.subarray(place.start, place.end));
    separator = ',';
  };
  const id = extract(lines, start, end, ['ref']);
  out.ascii('{"ref":');
  if (id !== undefined) out.bytes(lines.subarray(id.start, id.end));
  separator = ',';
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
  column: { readonly name: string; readonly path: readonly unknown[] },
): Failure {
  const id = textAt(lines, extract(lines, start, end, ['ref']));
  const path = column.path.join('.');
  return new Failure(
    'config',
    `Column ${column.name}: the path ${path} does not exist in document ${id}`,
    {
      hint: 'Correct the path of the column in the settings, or make it one that is not required.',
    },
  );
}

function textAt(lines: Uint8Array, place: { start: number; end: number } | undefined): string {
  return place === undefined
    ? '""'
    : Buffer.from(lines.subarray(place.start, place.end)).toString();
}
