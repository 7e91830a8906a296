import type { Output, Splicer } from '@fairlead/host-io';
import { countOf, type Documents, Failure, Op, startOf } from '@fairlead/sdk';
import { nameStream, type StreamDescriptor } from '../protocol/stream-id.ts';
import { changeFields } from './change-fields.ts';
import { ChangeCursor } from './change-cursor.ts';

/** Writes the documents of one stream as RECORD messages. */
export interface Records {
  /**
   * Writes them all, as the bytes they are, in a new envelope each.
   * @throws {Failure} data, for a document that cannot be a record; those before it are written.
   */
  write(documents: Documents): Promise<void>;
}

export interface RecordsOptions {
  readonly stream: StreamDescriptor;
  /** Whether records have the {@link changeFields}. Without them a deletion has no form. */
  readonly changes: boolean;
  readonly output: Output;
  /** Writes to `output`. */
  readonly splicer: Splicer;
  readonly now: () => number;
}

/** Records of one stream. */
export function recordsOf(options: RecordsOptions): Records {
  const write = options.changes ? changeWriter(options) : plainWriter(options);
  return {
    async write(documents) {
      for (const run of runsOf(documents, options)) await write(documents, run);
    },
  };
}

/** Documents from one index up to another that are all deleted, or all not. */
interface Run {
  readonly from: number;
  readonly to: number;
  readonly deletes: boolean;
}

type RunWriter = (documents: Documents, run: Run) => Promise<void>;

/** The document is all there is of a record. */
function plainWriter({ stream, output, splicer, now }: RecordsOptions): RunWriter {
  return async (documents, { from, to }) => {
    const prefix = Buffer.from(envelope(stream, now()));
    let at = from;
    for (;;) {
      at = await splicer.write(documents, at, to, { prefix, suffix });
      if (at === to) return;
      await writeParts(output, [prefix, lineOf(documents, at), suffix]);
      at++;
    }
  };
}

/** The {@link changeFields} come before the members of the document. */
function changeWriter({ stream, output, splicer, now }: RecordsOptions): RunWriter {
  const cursor = new ChangeCursor();
  return async (documents, { from, to, deletes }) => {
    const atMs = now();
    cursor.follow(atMs);
    const deletedAt = JSON.stringify(new Date(atMs).toISOString());
    const deleted = deletes ? `"${changeFields.deletedAt}":${deletedAt},` : '';
    const head = `${envelope(stream, atMs)}{${deleted}"${changeFields.cursor}":`;
    let at = from;
    while (at < to) {
      const prefix = Buffer.from(`${head}${cursor.text}`);
      const until = Math.min(to, at + cursor.room);
      const next = await splicer.write(documents, at, until, {
        prefix,
        suffix,
        counts: true,
        inside: comma,
      });
      cursor.count(next - at);
      at = next;
      if (at === until) continue;
      const begin = Buffer.from(`${head}${cursor.text}`);
      await writeParts(output, [begin, ...membersOf(lineOf(documents, at)), suffix]);
      cursor.count(1);
      at++;
    }
  };
}

const comma = 0x2c;
const openBrace = 0x7b;
const closeBrace = 0x7d;
const suffix = Buffer.from('}}\n');

/** `{"type":"RECORD","record":{…,"emitted_at":1700000000000,"data":`. */
function envelope({ name, namespace }: StreamDescriptor, atMs: number): string {
  const place = namespace === undefined ? '' : `"namespace":${JSON.stringify(namespace)},`;
  return `{"type":"RECORD","record":{"stream":${JSON.stringify(name)},${place}"emitted_at":${atMs},"data":`;
}

/** Writes one record. It waits only after the last part, so that no log line comes in between. */
async function writeParts(output: Output, parts: readonly Uint8Array[]): Promise<void> {
  const writes = parts.map((part) => output.write(part));
  for (const write of writes) await write;
}

/** A document without its line break. */
function lineOf(documents: Documents, index: number): Uint8Array {
  return documents.bytes.subarray(startOf(documents, index), (documents.ends[index] ?? 0) - 1);
}

/** What follows the first member of an object that goes on with the members of `line`. */
function membersOf(line: Uint8Array): readonly Uint8Array[] {
  let at = line.indexOf(openBrace) + 1;
  while ((line[at] ?? openBrace) <= 0x20) at++;
  const rest = line.subarray(at);
  return line[at] === closeBrace ? [rest] : [Buffer.of(comma), rest];
}

/**
 * The documents in runs.
 * @throws {Failure} data, for one that must not become a record that says something else.
 */
function* runsOf(documents: Documents, options: RecordsOptions): Generator<Run, void, undefined> {
  const count = countOf(documents);
  const { ops } = documents;
  if (ops === undefined) return yield { from: 0, to: count, deletes: false };
  for (let from = 0; from < count;) {
    assertWritable(ops[from], options);
    const deletes = ops[from] === Op.delete;
    let to = from + 1;
    while (to < count && ops[to] !== Op.patch && (ops[to] === Op.delete) === deletes) to++;
    yield { from, to, deletes };
    from = to;
  }
}

function assertWritable(op: number | undefined, { stream, changes }: RecordsOptions): void {
  const where = `stream ${nameStream(stream)}`;
  if (op === Op.patch) {
    throw new Failure(
      'data',
      'a change holds only a part of its row, and a record is a whole one',
      {
        where,
        hint: 'Have the source send whole rows.',
      },
    );
  }
  if (op === Op.delete && !changes) {
    throw new Failure('data', 'a row was deleted, and the stream has no key to say which', {
      where,
      hint: 'Discover the streams anew.',
    });
  }
}
