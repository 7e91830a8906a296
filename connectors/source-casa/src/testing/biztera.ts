import { type Answer, jsonServer, type JsonServer, type SeenRequest } from '@fairlead/testkit';

export interface BizteraOptions {
  readonly projects?: number;
  readonly users?: number;
  /** The most rows that it puts into a page, whatever is asked for. */
  readonly most?: number;
  /** Instead of an answer, for some requests. */
  readonly instead?: (request: SeenRequest) => Answer | undefined;
}

export interface Biztera extends JsonServer {
  readonly settings: { readonly url: string; readonly access_token: string };
  /** What was asked, as in `projects?limit=100`. */
  readonly asked: readonly string[];
}

/** An API like Biztera's on this machine: projects by bookmark, users by offset, for the token `good`. */
export async function biztera(options: BizteraOptions = {}): Promise<Biztera> {
  const { most = 100, instead = () => undefined } = options;
  const projects = rows('project', options.projects ?? 25);
  const users = rows('user', options.users ?? 25);
  const sizeOf = ({ query }: SeenRequest) => Math.min(most, Number(query.get('limit')));

  const listProjects = (request: SeenRequest): Answer => {
    const bookmark = request.query.get('bookmark') ?? 'after-0';
    const from = Number(/^after-(\d+)$/.exec(bookmark)?.[1] ?? Number.NaN);
    if (Number.isNaN(from)) return { status: 400, body: { message: 'unknown bookmark' } };
    const to = from + sizeOf(request);
    const next = `after-${to}`;
    const nextPage = { path: `/projects?bookmark=${next}`, bookmark: next };
    const metadata = { totalCount: projects.length };
    return {
      body: {
        data: projects.slice(from, to),
        metadata: to < projects.length ? { ...metadata, nextPage } : metadata,
      },
    };
  };
  const listUsers = (request: SeenRequest): Answer => {
    const from = Number(request.query.get('offset'));
    return { body: users.slice(from, from + sizeOf(request)) };
  };

  const guarded = (answer: (request: SeenRequest) => Answer) => (request: SeenRequest) => {
    if (request.headers['authorization'] !== 'Bearer good') return { status: 401 };
    return instead(request) ?? answer(request);
  };
  const server = await jsonServer({
    '/projects': guarded(listProjects),
    '/users': guarded(listUsers),
  });
  return {
    ...server,
    settings: { url: server.url, access_token: 'good' },
    get asked() {
      return server.requests.map(({ path, query }) => `${path.slice(1)}?${query.toString()}`);
    },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

/** Rows with what the API may hold: numbers past 2^53, lists, objects, and null. */
function rows(what: string, count: number): object[] {
  return Array.from({ length: count }, (_, index) => ({
    id: index + 1,
    name: `${what} ${index + 1}`,
    tags: ['ä', '"'],
    owner: index % 2 === 0 ? { team: index } : null,
  }));
}
