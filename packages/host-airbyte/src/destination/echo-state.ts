import { members, type ByteRange } from '@fairlead/json';

/**
 * The line of a state with how many records were committed for it, and how many were not taken.
 * Everything else is as it was, to the byte.
 */
export function echoState(
  line: Uint8Array,
  state: ByteRange,
  { recordCount, rejectedRecordCount }: StateCounts,
): Uint8Array {
  const rejected =
    rejectedRecordCount === 0 ? '' : `,"rejectedRecordCount":${rejectedRecordCount}.0`;
  const stats = `{"recordCount":${recordCount}.0${rejected}}`;
  const found = [...members(line, state.start, state.end)];
  const known = found.findLast(({ name }) => name === 'destinationStats');
  const end = line.lastIndexOf(closeBrace, state.end - 1);
  const [from, to, text] =
    known === undefined
      ? [end, end, `${found.length === 0 ? '' : ','}"destinationStats":${stats}`]
      : [known.start, known.end, stats];
  return Buffer.concat([line.subarray(0, from), Buffer.from(text), line.subarray(to)]);
}

export interface StateCounts {
  readonly recordCount: number;
  readonly rejectedRecordCount: number;
}

const closeBrace = 0x7d;
