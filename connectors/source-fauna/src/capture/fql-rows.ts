import { ByteWriter, extract, type ByteRange } from '@fairlead/json';
import { Failure, Op, type Documents } from '@fairlead/sdk';
import type { StreamSettings } from '../settings.ts';
import { Action, type Page } from '../wire/page.ts';
import { deletionMember, putDeletion } from './rows.ts';

/** Makes documents with the columns that are wanted of pages of FQL v10, which gives documents as they are. */
export class FqlRows {
  readonly #columns: readonly RowColumn[];
  /** Whether rows are as they came. */
  readonly #isWhole: boolean;
  /** Before and after the id, in a reference to a document. */
  readonly #reference: readonly [before: Uint8Array, after: Uint8Array];
  readonly #deletion: Uint8Array | undefined;

  constructor({ collection, columns, dataColumn, deletionColumn }: StreamSettings) {
    const hasOwnTtl = columns.some(({ name }) => name === 'ttl');
    const usual = [
      { name: 'ref', path: ['ref'], required: true, isId: true },
      { name: 'ts', path: ['ts'], required: true },
      ...(dataColumn ? [{ name: 'data', path: ['data'], required: false }] : []),
      ...(hasOwnTtl ? [] : [{ name: 'ttl', path: ['ttl'], required: false }]),
    ];
    this.#columns = [...usual, ...columns].map(rowColumn);
    this.#isWhole = columns.length === 0 && dataColumn;
    const name = JSON.stringify(collection);
    this.#reference = [
      Buffer.from('{"id":'),
      Buffer.from(`,"collection":${name},"type":"document"}`),
    ];
    this.#deletion = deletionColumn === undefined ? undefined : deletionMember(deletionColumn);
  }

  /**
   * A copy of the rows of a page. Removals are deletions, or nothing where they are not wanted.
   * @param isNew whether no version of the documents was handed out before.
   * @throws {Failure} config, when a document lacks a required column.
   */
  take(page: Page, isNew: boolean): Documents {
    const { lines, ends, count, ts, actions } = page;
    const written = isNew ? Op.insert : Op.upsert;
    if (this.#isWhole && !actions.includes(Action.remove)) {
      const ops = new Uint8Array(count).fill(written);
      return { bytes: lines.slice(), ends: ends.slice(), ops };
    }
    const out = new ByteWriter(lines.length);
    const places = new Uint32Array(count);
    const ops = new Uint8Array(count);
    let taken = 0;
    for (let i = 0; i < count; i++) {
      const start = i === 0 ? 0 : (ends[i - 1] ?? 0);
      const end = ends[i] ?? 0;
      if (actions[i] === Action.remove) {
        if (this.#deletion === undefined) continue;
        putDeletion(out, lines.subarray(start, end), this.#deletion, ts[i] ?? 0n);
        ops[taken] = Op.delete;
      } else {
        this.#put(out, lines, start, end);
        ops[taken] = written;
      }
      places[taken++] = out.length;
    }
    return { bytes: out.take(), ends: places.slice(0, taken), ops: ops.slice(0, taken) };
  }

  #put(out: ByteWriter, lines: Uint8Array, start: number, end: number): void {
    if (this.#isWhole) {
      out.bytes(lines.subarray(start, end));
      return;
    }
    for (const column of this.#columns) {
      const { head, path, within, required } = column;
      const from = within === undefined ? lines : this.#referenceOf(lines, start, end);
      const place =
        within === undefined
          ? extract(lines, start, end, path)
          : extract(from, 0, from.length, within);
      if (place === undefined && required) throw missing(column, idOf(lines, start, end));
      out.bytes(head);
      if (place === undefined) out.ascii('null');
      else out.bytes(from.subarray(place.start, place.end));
    }
    out.ascii('}\n');
  }

  /** The reference of a row, which has only the id of it, as a column shows it. */
  #referenceOf(lines: Uint8Array, start: number, end: number): Uint8Array {
    const [before, after] = this.#reference;
    return Buffer.concat([before, idOf(lines, start, end), after]);
  }
}

interface RowColumn {
  readonly name: string;
  /** What stands before its value. */
  readonly head: Uint8Array;
  readonly path: readonly string[];
  /** The path in the reference of the row, where it leads there. */
  readonly within: readonly string[] | undefined;
  readonly required: boolean;
}

function rowColumn(
  column: {
    readonly name: string;
    readonly path: readonly (string | number)[];
    readonly required: boolean;
    readonly isId?: boolean;
  },
  index: number,
): RowColumn {
  const path = column.path.map(String);
  return {
    name: column.name,
    head: Buffer.from(`${index === 0 ? '{' : ','}${JSON.stringify(column.name)}:`),
    path,
    within: path[0] === 'ref' && column.isId !== true ? path.slice(1) : undefined,
    required: column.required,
  };
}

/** The id of a row, as JSON. */
function idOf(lines: Uint8Array, start: number, end: number): Uint8Array {
  const place: ByteRange | undefined = extract(lines, start, end, ['ref']);
  return place === undefined ? noId : lines.subarray(place.start, place.end);
}

const noId = Buffer.from('""');

function missing({ name, path }: RowColumn, id: Uint8Array): Failure {
  return new Failure(
    'config',
    `Column ${name}: the path ${path.join('.')} does not exist in document ${Buffer.from(id).toString()}`,
    {
      hint: 'Correct the path of the column in the settings, or make it one that is not required.',
    },
  );
}
