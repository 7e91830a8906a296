import {
  abort,
  at,
  collection,
  documents,
  encodeExpression,
  equals,
  exists,
  filter,
  format,
  get,
  index,
  lambda,
  let_,
  map,
  match,
  object,
  paginate,
  range,
  raw,
  ref,
  select,
  var_,
  type Expression,
} from './expression.ts';

/** Makes a row of the document that a reference refers to. */
export type Projection = (reference: Expression) => Expression;

export interface ProjectionOptions {
  /** Values inside of documents, by the path from the document on. */
  readonly columns?: readonly ProjectedColumn[] | undefined;
  /** Whether a row has all of `data`; it has when absent. */
  readonly dataColumn?: boolean | undefined;
  /** Whether a row has `ttl`, null where there is none; it has when absent. */
  readonly ttl?: boolean | undefined;
}

export interface ProjectedColumn {
  readonly name: string;
  readonly path: readonly (string | number)[];
  /** Whether the query fails when there is nothing at the path; else the column is null. */
  readonly required: boolean;
}

/**
 * Rows `{ref, ts, data, ttl, …columns}` of documents. `data` is `{}` where a document has none. A column called `ttl`
 * takes the place of that one.
 */
export function projection({
  columns = [],
  dataColumn = true,
  ttl = true,
}: ProjectionOptions = {}): Projection {
  const document = var_('document');
  const row: Record<string, Expression> = {
    ref: select(['ref', 'id'], document),
    ts: select('ts', document),
  };
  if (dataColumn) row['data'] = select('data', document, object({}));
  if (ttl) row['ttl'] = select('ttl', document, null);
  const members = {
    ...row,
    ...Object.fromEntries(columns.map((column) => columnOf(column, document))),
  };
  return (reference) => let_({ document: get(reference) }, object(members));
}

function columnOf(
  { name, path, required }: ProjectedColumn,
  document: Expression,
): [string, Expression] {
  const missing = format(
    `Column %s: the path %s does not exist in document Ref(%s, collection=%s)`,
    name,
    path.join('.'),
    select(['ref', 'id'], document),
    select(['ref', 'collection', 'id'], document),
  );
  return [name, select(path, document, required ? abort(missing) : null)];
}

/** A projection that is only ever used for one reference, and encoded once. */
export function encodedOnce(row: Projection): Projection {
  let encoded: Expression | undefined;
  return (reference) => (encoded ??= raw(encodeExpression(row(reference))));
}

export interface PageQuery {
  /** Microseconds since the epoch, of the snapshot that is read; the latest when absent. */
  readonly at?: bigint | number | undefined;
  readonly size?: number | undefined;
  /** The cursor of the page; see `cursor.ts`. */
  readonly after?: Expression | undefined;
}

export interface SnapshotQuery extends PageQuery {
  readonly collection: string;
  readonly row: Projection;
}

/** A page of all documents of a collection, by their ids. */
export function snapshotQuery(query: SnapshotQuery): Expression {
  const { size, after } = query;
  const page = paginate(documents(collection(query.collection)), { size, after });
  return atTime(query, map(lambda('x', query.row(var_('x'))), page));
}

/** A page of the ids of a collection, for which no document is read: rows `{ref, ts}` whose `ts` is 0. */
export function idsQuery(query: Omit<SnapshotQuery, 'row'>): Expression {
  return snapshotQuery({ ...query, row: (reference) => object({ ref: reference, ts: 0 }) });
}

export interface UpdatesQuery extends PageQuery {
  /** The name of an index without terms whose first values are ts and ref. */
  readonly index: string;
  /** Where to begin, included: `[]`, `[ts]` or `[ts, ref(…)]`. */
  readonly from: readonly Expression[];
  readonly row: Projection;
}

/** A page of the documents of an index, the one that was written first at the front. */
export function updatesQuery(query: UpdatesQuery): Expression {
  const { size, after } = query;
  const set = range(match(index(query.index)), query.from, []);
  const row = query.row(select(1, var_('x')));
  return atTime(query, map(lambda('x', row), paginate(set, { size, after })));
}

export interface GoneQuery extends PageQuery {
  readonly collection: string;
  /** The instant at which the history is looked at. */
  readonly at: bigint | number;
}

/**
 * A page of the deletions of a collection: rows `{ref, ts}` of documents that are not there at the instant. One that was
 * deleted and came to be again is left out, as are the two events that a new time to live makes; of the events of a page none
 * may be left.
 */
export function goneQuery(query: GoneQuery): Expression {
  const { size, after } = query;
  const event = var_('x');
  const document = select('document', event);
  const events = paginate(documents(collection(query.collection)), { events: true, after, size });
  const removals = filter(lambda('x', equals(select(['action'], event), 'remove')), events);
  const gone = filter(lambda('x', equals(exists(document), false)), removals);
  const row = object({ ref: document, ts: select('ts', event) });
  return atTime(query, map(lambda('x', row), gone));
}

/**
 * The cursor before the events of a collection that come after those at `ts`, or from the removal of the document `id`
 * at `ts` on, included.
 */
export function eventsFrom(ts: bigint | number, collectionName: string, id = ''): Expression {
  const from = { ts, action: 'remove' };
  if (id === '') return object(from);
  return object({ ...from, resource: ref(collection(collectionName), id) });
}

function atTime({ at: time }: PageQuery, expression: Expression): Expression {
  return time === undefined ? expression : at(time, expression);
}
