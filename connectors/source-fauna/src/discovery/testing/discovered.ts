import type { StreamInfo } from '@fairlead/sdk';
import { opened } from '../../client/testing/opened.ts';
import { byQuery, scriptedServer, type Reply } from '../../client/testing/scripted-server.ts';
import { streamsOf } from '../streams-of.ts';

/** What is asked, and what is answered. The first that fits counts. */
export type Table = readonly (readonly [query: unknown, reply: Reply])[];

/** What discovery comes to when the server answers so, what was asked and what was logged. */
export async function discovered(table: Table, settings: Readonly<Record<string, unknown>> = {}) {
  await using server = await scriptedServer(byQuery(table));
  await using it = opened(server.port, settings);
  const streams = await streamsOf(it.fauna, it.config, it.scope);
  return {
    streams,
    asked: server.requests.map(({ body }) => body),
    lines: it.lines,
    config: it.config,
  };
}

/** The members of the schema of a stream. */
export const properties = ({ schema }: StreamInfo) =>
  schema['properties'] as Readonly<Record<string, Readonly<Record<string, unknown>>>>;
