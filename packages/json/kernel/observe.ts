import { beginDocuments, duplicate, outside, pastDocument, tableFull } from './document';
import { pastBlanks } from './text';
import { setInput } from './validate';

/** How many documents {@link observe} has read. */
export let observed: u32 = 0;
/** Up to where the numbers of the misfits are written. */
export let misfitsEnd: usize = 0;

// What `observe` returns.
const DONE: i32 = 0;
/** Nothing is known then: the table holds a part of it. */
const TABLE_FULL: i32 = 1;
const MALFORMED: i32 = 2;

/**
 * Adds the documents from `p` to `end`, of which the first has the number `document`, to `table`,
 * and writes the numbers of those outside of what is accepted to `misfits`. For `scratch` see
 * `beginDocuments`, for the first one that has a field twice `duplicate`.
 */
export function observe(
  p: usize,
  end: usize,
  table: usize,
  document: u32,
  misfits: usize,
  scratch: usize,
): i32 {
  setInput(end);
  beginDocuments(table, scratch, 0, 0);
  for (p = pastBlanks(p); p < end; document++) {
    if (load<u8>(p) != 123) return MALFORMED;
    p = pastDocument(p, document);
    if (!p) return MALFORMED;
    if (outside) {
      store<u32>(misfits, document);
      misfits += 4;
    }
    p = pastBlanks(p);
  }
  if (tableFull) return TABLE_FULL;
  observed = document;
  misfitsEnd = misfits;
  return DONE;
}
