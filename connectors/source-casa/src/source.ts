import { describeIssues, Failure, getJson, isFailure, secret, source, stream } from '@fairlead/sdk';
import type { Scope, Source } from '@fairlead/sdk';
import { z } from 'zod';

const Config = z.object({
  access_token: secret('Access Token', 'A token with which you may read projects and users.'),
  url: z.url().default('https://biztera.com/api/v1').meta({
    title: 'URL',
    description: 'Where the API is, if you do not mean the one of Biztera itself.',
  }),
});
type Config = z.infer<typeof Config>;

/** A row of either list: its id, and whatever else the API says of it. */
const Row = z.looseObject({ id: z.union([z.int(), z.string()]) });

/** Mostly the id of the last project of a page, which may be a number. */
const Bookmark = z.union([z.string().min(1), z.int()]).transform(String);

const ProjectPage = z.object({
  data: z.array(Row),
  metadata: z.looseObject({ nextPage: z.looseObject({ bookmark: Bookmark }).nullish() }).nullish(),
});

/**
 * Projects, all of them in each run. The API hands out a bookmark with each page but the last, and the
 * cursor is the bookmark of the page to read next. After the last page it is empty again.
 */
const projects = stream(Config, {
  name: 'projects',
  key: ['id'],
  document: Row,
  cursor: z.strictObject({ bookmark: z.string().min(1).optional() }).default({}),

  async *read({ cursor, ...scope }) {
    let { bookmark } = cursor;
    let page = await firstPage(scope, bookmark);
    for (;;) {
      const next = page.metadata?.nextPage?.bookmark;
      if (next === undefined) break;
      // Whoever goes on at the same place never comes to an end.
      if (next === bookmark) throw wrong('projects', 'the next page is the same again');
      bookmark = next;
      yield { documents: page.data, cursor: { bookmark } };
      page = await projectPage(scope, bookmark);
    }
    yield { documents: page.data, cursor: {} };
  },
});

/**
 * Users, all of them in each run. The cursor is how many rows were read, which is where the API goes on;
 * it counts rows, not pages, and from 0. A page may have fewer rows than were asked for: only an empty
 * one is the end, after which the cursor is 0 again.
 */
const users = stream(Config, {
  name: 'users',
  key: ['id'],
  document: Row,
  cursor: z.strictObject({ offset: z.int().min(0) }).default({ offset: 0 }),

  async *read({ cursor, ...scope }) {
    let { offset } = cursor;
    for (;;) {
      const query = { limit: String(pageSize), offset: String(offset) };
      const documents = await ask(scope, 'users', query, z.array(Row));
      offset += documents.length;
      const isLast = documents.length === 0;
      yield { documents, cursor: { offset: isLast ? 0 : offset } };
      if (isLast) return;
    }
  },
});

/** What CASA keeps at Biztera: projects and users. */
export const casa: Source = source<Config>({
  name: 'source-casa',
  title: 'CASA',
  config: Config,
  streams: [projects, users],
  // Nothing tells of changes, so all is read each time: once a day, when it is read forever.
  intervalMs: 24 * 3_600_000,
  async check(scope) {
    await ask(scope, 'users', { limit: '1', offset: '0' }, z.array(Row));
  },
});

/** Rows of a page, as many as the API takes. */
const pageSize = 100;

type Asked = Pick<Scope<Config>, 'config' | 'signal' | 'log'>;

/** The page at which a run begins. A bookmark that is refused has expired: then all is read anew. */
async function firstPage(scope: Asked, bookmark: string | undefined) {
  try {
    return await projectPage(scope, bookmark);
  } catch (error) {
    if (bookmark === undefined || !isFailure(error) || error.kind !== 'config') throw error;
    scope.log.warn('the bookmark has expired, and projects are read from the first one', { error });
    return await projectPage(scope, undefined);
  }
}

function projectPage(scope: Asked, bookmark: string | undefined) {
  const query = { limit: String(pageSize), ...(bookmark === undefined ? {} : { bookmark }) };
  return ask(scope, 'projects', query, ProjectPage);
}

/** @throws {Failure} as {@link getJson} does, and data for an answer of another form. */
async function ask<T>(
  { config, signal, log }: Asked,
  list: string,
  query: Readonly<Record<string, string>>,
  form: z.ZodType<T>,
): Promise<T> {
  const url = new URL(`${config.url.replace(/\/+$/, '')}/${list}`);
  url.search = new URLSearchParams(query).toString();
  const body = await getJson(url, { bearer: config.access_token, signal, log });
  const parsed = form.safeParse(body);
  if (parsed.success) return parsed.data;
  throw wrong(list, describeIssues(parsed.error.issues));
}

function wrong(list: string, problem: string): Failure {
  return new Failure('data', `the API has answered something else: ${problem}`, {
    where: `GET /${list}`,
  });
}
