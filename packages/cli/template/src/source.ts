import { describeIssues, Failure, getJson, pages, secret, source, stream } from '@fairlead/sdk';
import type { Source } from '@fairlead/sdk';
import { z } from 'zod';

const Config = z.object({
  url: z.url().meta({ title: 'URL', description: 'Where your __title__ is.' }),
  token: secret('API Token', 'A token with which you may read items.'),
});
type Config = z.infer<typeof Config>;

const Item = z.looseObject({ id: z.int(), title: z.string(), updatedAt: z.iso.datetime() });
const Page = z.object({ items: z.array(Item), next: z.string().optional() });

/**
 * Items, oldest change first. The cursor is the `updatedAt` of the last item seen. The server takes
 * `since` as inclusive: a tie is read twice rather than missed.
 */
const items = stream(Config, {
  name: 'items',
  key: ['id'],
  document: Item,
  cursor: z.iso.datetime().default('1970-01-01T00:00:00Z'),

  async *read({ config, cursor, signal, log }) {
    const first = new URL(`/items?since=${cursor}`, config.url);
    let last = cursor;
    for await (const body of pages(first, nextPage, { bearer: config.token, signal, log })) {
      const documents = decodePage(body).items;
      last = documents.at(-1)?.updatedAt ?? last;
      yield { documents, cursor: last };
    }
  },
});

/** What Fairlead reads of __title__. */
export const __variable__: Source = source<Config>({
  name: '__name__',
  title: '__title__',
  config: Config,
  streams: [items],
  async check({ config, signal, log }) {
    await getJson(new URL('/me', config.url), { bearer: config.token, signal, log });
  },
});

/** The server sends `next` on every page but the last. */
function nextPage({ body }: { readonly body: unknown }): string | undefined {
  return decodePage(body).next;
}

/** @throws {Failure} data, for an answer of another shape. */
function decodePage(body: unknown): z.infer<typeof Page> {
  const parsed = Page.safeParse(body);
  if (parsed.success) return parsed.data;
  throw new Failure('data', describeIssues(parsed.error.issues), { where: 'GET /items' });
}
