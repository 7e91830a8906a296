import { getJson, pages, secret, source, stream } from '@fairlead/sdk';
import { z } from 'zod';
import { jsonServer } from './json-server.ts';
import { testSource } from './suites.ts';

const Config = z.object({
  url: z.url().meta({ title: 'URL', description: 'Where the tracker is.' }),
  token: secret('API Token', 'A token with the issues:read scope.'),
});

const Issue = z.looseObject({ id: z.int(), title: z.string(), updatedAt: z.iso.datetime() });
const Page = z.object({ items: z.array(Issue), next: z.string().optional() });

/** Issues, oldest change first; a tie is read twice rather than missed. */
const issues = stream(Config, {
  name: 'issues',
  key: ['id'],
  document: Issue,
  cursor: z.iso.datetime().default('1970-01-01T00:00:00Z'),

  async *read({ config, cursor, signal }) {
    const first = new URL(`/issues?since=${cursor}`, config.url);
    const next = ({ body }: { readonly body: unknown }) => Page.parse(body).next;
    for await (const body of pages(first, next, { bearer: config.token, signal })) {
      const { items } = Page.parse(body);
      yield { documents: items, cursor: items.at(-1)?.updatedAt ?? cursor };
    }
  },
});

const tracker = source({
  name: 'source-tracker',
  title: 'Tracker',
  config: Config,
  streams: [issues],
  async check({ config, signal }) {
    await getJson(new URL('/me', config.url), { bearer: config.token, signal, attempts: 1 });
  },
});

// A whole connector, as an author would write and test it.
testSource({
  source: tracker,
  repeats: true,
  prepare: serve,
  wrong: [
    {
      what: 'a server that does not answer',
      settings: { url: 'http://127.0.0.1:1', token: 't' },
      kind: 'transient',
    },
  ],
});

const all = ['08', '09', '09', '10', '11'].map((hour, index) => ({
  id: index + 1,
  title: `issue ${index + 1}`,
  updatedAt: `2024-01-01T${hour}:00:00Z`,
}));

async function serve() {
  const server = await jsonServer({
    '/me': 200,
    '/issues': ({ query }) => {
      const since = query.get('since') ?? '';
      const from = Number(query.get('from') ?? 0);
      const found = all.filter(({ updatedAt }) => updatedAt >= since);
      const next = from + 2 < found.length && `/issues?since=${since}&from=${from + 2}`;
      return { body: { items: found.slice(from, from + 2), ...(next && { next }) } };
    },
  });
  return {
    settings: { url: server.url, token: 't' },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}
