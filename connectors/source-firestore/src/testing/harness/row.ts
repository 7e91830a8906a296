import { Op, startOf, type Documents } from '@fairlead/sdk';
import { microsOf, parseTime } from '../../wire/time.ts';

/** One line that a source gave. */
export interface Row {
  /** Relative to the root of the documents, such as `users/ada`. */
  readonly path: string;
  /** In microseconds since 1970. */
  readonly mtime: number;
  readonly isDelete: boolean;
  readonly isSnapshot: boolean;
  /** Whether the source says that it has not handed out the document before. */
  readonly isNew: boolean;
  /** What the document holds, without `_meta`. */
  readonly fields: Readonly<Record<string, unknown>>;
  /** As it came, without its end. */
  readonly line: string;
}

/** The lines of a batch. @throws {Error} for one that is no document of Firestore. */
export function rowsOf({ bytes, ends, ops }: Documents): Row[] {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  return Array.from(ends, (end, index) => {
    const start = startOf({ bytes, ends }, index);
    const line = text.toString('utf8', start, end - 1);
    return rowOf(line, ops?.[index] ?? Op.upsert);
  });
}

interface Line {
  readonly _meta: {
    readonly path: string;
    readonly ctime?: string;
    readonly mtime: string;
    readonly delete?: boolean;
    readonly snapshot?: boolean;
  };
}

function rowOf(line: string, op: number): Row {
  // A test that parses what it is given: anything else in it fails below.
  const { _meta: meta, ...fields } = JSON.parse(line) as Line & Record<string, unknown>;
  const isDelete = meta.delete === true;
  if (isDelete !== (op === Op.delete)) {
    throw new Error(`the operation ${op} does not fit its document: ${line.slice(0, 300)}`);
  }
  const time = parseTime(meta.mtime);
  if (time === undefined) throw new Error(`mtime is no time: ${line.slice(0, 300)}`);
  const [root, ...rest] = meta.path.split('/documents/');
  if (root === undefined || rest.length === 0) {
    throw new Error(`path is no full name: ${line.slice(0, 300)}`);
  }
  const path = rest.join('/documents/');
  return {
    path,
    mtime: microsOf(time),
    isDelete,
    isSnapshot: meta.snapshot === true,
    isNew: op === Op.insert,
    fields,
    line,
  };
}

/** A row in a few words: `snapshot users/ada {"n":1}`, `change …`, `delete users/ada`. */
export function inShort({ path, isDelete, isSnapshot, fields }: Row): string {
  if (isDelete) return `delete ${path}`;
  return `${isSnapshot ? 'snapshot' : 'change'} ${path} ${JSON.stringify(fields)}`;
}
