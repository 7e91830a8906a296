import type { Failure } from '@fairlead/sdk';
import { opened } from '../../client/testing/opened.ts';
import {
  byQuery,
  error,
  refTo,
  resource,
  scriptedServer,
  type Reply,
} from '../../client/testing/scripted-server.ts';
import { checkFauna } from '../check-fauna.ts';

/** What is asked, and what is answered. The first that fits counts. */
export type Table = readonly (readonly [query: unknown, reply: Reply])[];

/** What check comes to when the server answers so: the failure if any, what was asked and what was logged. */
export async function checked(table: Table, settings: Readonly<Record<string, unknown>> = {}) {
  await using server = await scriptedServer(byQuery(table));
  await using it = opened(server.port, settings);
  const failure = await checkFauna(it.fauna, it.config, it.scope).then(
    () => undefined,
    (reason: unknown) => reason as Failure,
  );
  const asked = server.requests.map(({ body }) => body);
  return { failure, asked, lines: it.lines, server: it.fauna.server };
}

export const collectionsQuery = { paginate: { collections: null }, size: 1000 };
export const indexesQuery = {
  map: { lambda: 'x', expr: { get: { var: 'x' } } },
  collection: { paginate: { indexes: null }, size: 1000 },
};
export const firstQuery = (name: string) => ({
  paginate: { documents: { collection: name } },
  size: 1,
});
export const eventQuery = (name: string) => ({ ...firstQuery(name), events: true });
export const probeQuery = (name: string) => ({
  select: 'ts',
  from: { get: { ref: { collection: name }, id: '1' } },
});
export const definitionQuery = (name: string) => ({ get: { collection: name } });

export const page = (...data: readonly unknown[]) => resource({ data });
export const notThere = error(404, 'instance not found', 'Document not found.');
export const undefinedRef = (kind: string, name: string) =>
  error(400, 'invalid ref', `Ref refers to undefined ${kind} '${name}'`);
export const now: Table[number] = [
  { now: null },
  resource({ '@ts': '2022-11-22T01:23:45.123456Z' }),
];
export const foo = refTo('foo', 'collections');
export const bar = refTo('bar', 'collections');

/** What a collection with one document answers. */
export const one: Table = [now, [firstQuery('foo'), page(refTo('1', 'foo'))]];
