import type { FakeFauna } from '../fake-fauna.ts';

export interface Answered {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The body as JSON. */
  readonly json: unknown;
}

/** Sends a query of FQL v4: an object, or JSON with all its digits. */
export async function post(
  { address, secret }: Pick<FakeFauna, 'address' | 'secret'>,
  query: unknown,
  options: { readonly secret?: string; readonly headers?: Record<string, string> } = {},
): Promise<Answered> {
  const response = await fetch(`${address}/`, {
    method: 'POST',
    body: typeof query === 'string' ? query : JSON.stringify(query),
    headers: {
      authorization: `Bearer ${options.secret ?? secret}`,
      'x-faunadb-api-version': '4',
      ...options.headers,
    },
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, json: JSON.parse(text) };
}

/** The result of a query. @throws {Error} where it has none */
export async function ask(
  fake: Pick<FakeFauna, 'address' | 'secret'>,
  query: unknown,
  options: Parameters<typeof post>[2] = {},
): Promise<unknown> {
  const { status, text, json } = await post(fake, query, options);
  if (status !== 200 && status !== 201) throw new Error(`${status} ${text}`);
  return json !== null && typeof json === 'object' && 'resource' in json
    ? json.resource
    : undefined;
}

/** References and expressions as JSON. */
export const q = {
  collection: (name: string) => ({
    '@ref': { id: name, collection: { '@ref': { id: 'collections' } } },
  }),
  index: (name: string) => ({ '@ref': { id: name, collection: { '@ref': { id: 'indexes' } } } }),
  document: (collection: string, id: string) => ({
    '@ref': { id, collection: q.collection(collection) },
  }),
  ref: (collection: string, id: string) => ({ ref: { collection }, id }),
  documents: (collection: string) => ({ documents: { collection } }),
  match: (index: string) => ({ match: { index }, terms: [] }),
  paginate: (set: unknown, options: Record<string, unknown> = {}) => ({
    paginate: set,
    ...options,
  }),
};

/** The projection that the connector reads documents by. */
export function projection(ref: unknown) {
  return {
    let: [{ document: { get: ref } }],
    in: {
      object: {
        ref: { select: ['ref', 'id'], from: { var: 'document' } },
        ts: { select: 'ts', from: { var: 'document' } },
        data: { select: 'data', from: { var: 'document' }, default: { object: {} } },
        ttl: { select: 'ttl', from: { var: 'document' }, default: null },
      },
    },
  };
}
