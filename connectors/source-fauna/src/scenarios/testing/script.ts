import { resource, type Reply, type Seen } from '../../client/testing/scripted-server.ts';

/** The answers to each kind of question, one after the other. */
export interface Script {
  /** What the server's present is. */
  readonly now?: number;
  readonly removals?: readonly Reply[];
  readonly updates?: readonly Reply[];
  readonly snapshot?: readonly Reply[];
}

/** What is asked: the kind of question, and the question itself. */
export interface Asked {
  readonly kind: 'definition' | 'now' | 'removals' | 'updates' | 'snapshot';
  readonly paginate: Paginate | undefined;
  readonly body: unknown;
}

/** The innermost page of a query. */
export interface Paginate {
  readonly paginate: unknown;
  readonly after?: unknown;
  readonly size?: number;
  readonly events?: boolean;
}

/** Replies to a reader as a script says; to more than that with an empty page. */
export function scripted({
  now = 1_700_000_000_000_000,
  ...script
}: Script): (request: Seen) => Reply {
  const left = {
    removals: [...(script.removals ?? [])],
    updates: [...(script.updates ?? [])],
    snapshot: [...(script.snapshot ?? [])],
  };
  return (request) => {
    const { kind } = askedBy(request);
    if (kind === 'now') return resource(now);
    if (kind === 'definition') return resource({ history_days: null });
    return left[kind].shift() ?? page([]);
  };
}

/** What a request asks for. */
export function askedBy({ body }: Pick<Seen, 'body'>): Asked {
  const paginate = innermost(body);
  if (!isRecord(body) || 'get' in body) return { kind: 'definition', paginate, body };
  if ('to_micros' in body) return { kind: 'now', paginate, body };
  if (paginate?.events === true) return { kind: 'removals', paginate, body };
  return { kind: 'at' in body ? 'snapshot' : 'updates', paginate, body };
}

/** The pages that were asked for, of one kind. */
export function pagesAsked(requests: readonly Seen[], kind: Asked['kind']): readonly Paginate[] {
  return requests.flatMap((request) => {
    const asked = askedBy(request);
    return asked.kind === kind && asked.paginate !== undefined ? [asked.paginate] : [];
  });
}

/** A page of a result. */
export function page(data: readonly unknown[], after?: unknown): Reply {
  return resource(after === undefined ? { data } : { data, after });
}

/** A row as the projection makes it. */
export function row(ref: string, ts: number, data: unknown = {}): object {
  return { ref, ts, data, ttl: null };
}

/** A deletion as its query gives it. */
export function removal(id: string, ts: number): object {
  return { ref: documentRef(id), ts };
}

/** The reference to a document of `foo`. */
export function documentRef(id: string) {
  return { '@ref': { id, collection: schemaRef('foo') } };
}

function schemaRef(id: string) {
  return { '@ref': { id, collection: { '@ref': { id: 'collections' } } } };
}

function innermost(query: unknown): Paginate | undefined {
  if (!isRecord(query)) return undefined;
  if (isPaginate(query)) return query;
  return innermost(query['expr']) ?? innermost(query['collection']);
}

function isPaginate(query: Members): query is Members & Paginate {
  return 'paginate' in query;
}

type Members = Readonly<Record<string, unknown>>;

function isRecord(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
