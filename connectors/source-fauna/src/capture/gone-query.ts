import {
  at,
  collection,
  documents,
  equals,
  exists,
  filter,
  lambda,
  map,
  object,
  paginate,
  select,
  var_,
  type Expression,
} from '../wire/expression.ts';

/**
 * A page of the deletions of a collection: rows `{ref, ts}` of documents that are not there at `time`. One that was
 * deleted and came to be again is left out, as are the two events that a new time to live makes; of the events of a page none
 * may be left.
 */
export function goneQuery(
  name: string,
  {
    time,
    size,
    after,
  }: { readonly time: number; readonly size: number; readonly after: Expression },
): Expression {
  const event = var_('x');
  const document = select('document', event);
  const events = paginate(documents(collection(name)), { events: true, after, size });
  const removals = filter(lambda('x', equals(select(['action'], event), 'remove')), events);
  const gone = filter(lambda('x', equals(exists(document), false)), removals);
  return at(time, map(lambda('x', object({ ref: document, ts: select('ts', event) })), gone));
}
