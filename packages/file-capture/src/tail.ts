import { DocumentsBuilder, Op, type Documents } from '@fairlead/sdk';

/** How many documents are deleted at a time. */
const deletesAtOnce = 10_000;

/** Deletes of some of the last records of a file, and how many records remain. */
export interface Deletes {
  readonly documents: Documents;
  readonly remaining: number;
}

/**
 * Deletes of the documents from record `records` up to `keep`, last ones first, in several steps. After
 * each step the number of remaining records is all that is needed to go on.
 */
export function* deleteTail(
  member: string,
  path: string,
  records: number,
  keep: number,
): Generator<Deletes, void, undefined> {
  const builder = new DocumentsBuilder();
  for (let end = records; end > keep;) {
    const begin = Math.max(keep, end - deletesAtOnce);
    for (let offset = begin; offset < end; offset++) {
      builder.add({ [member]: { file: path, offset } }, Op.delete);
    }
    end = begin;
    yield { documents: builder.take(), remaining: end };
  }
}
