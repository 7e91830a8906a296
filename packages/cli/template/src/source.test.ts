import { jsonServer, type JsonServer } from '@fairlead/testkit';
import { testSource } from '@fairlead/testkit/suites';
import { __variable__ } from './source.ts';

// The rules that every source keeps: settings, discovery, resuming anywhere, stopping, failures.
testSource({
  source: __variable__,
  // Items that changed at the same instant as the last one come again.
  repeats: true,
  async prepare() {
    const server = await itemServer();
    return {
      settings: { url: server.url, token: 'good' },
      [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
    };
  },
  wrong: [
    { what: 'no token', settings: { url: 'http://127.0.0.1' } },
    { what: 'no URL', settings: { url: 'nowhere', token: 'good' } },
  ],
});

/** A small __title__ on this machine: 25 items, ten to a page. */
function itemServer(): Promise<JsonServer> {
  const items = Array.from({ length: 25 }, (_, index) => ({
    id: index + 1,
    title: `Item ${index + 1}`,
    updatedAt: new Date(Date.UTC(2024, 0, 1, 0, index)).toISOString(),
  }));
  return jsonServer({
    '/me': { body: { name: 'you' } },
    '/items': ({ query }) => {
      const since = query.get('since') ?? '';
      const from = Number(query.get('from') ?? 0);
      const changed = items.filter(({ updatedAt }) => updatedAt >= since);
      const next = `/items?since=${since}&from=${from + 10}`;
      return {
        body: {
          items: changed.slice(from, from + 10),
          ...(from + 10 < changed.length ? { next } : {}),
        },
      };
    },
  });
}
