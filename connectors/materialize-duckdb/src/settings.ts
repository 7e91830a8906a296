import { availableParallelism } from 'node:os';
import { advanced, byteSize, type Address, type Json } from '@fairlead/sdk';
import { z } from 'zod';

/** Settings of a DuckDB file. */
export const Config = z.object({
  path: z.string().min(1).meta({
    title: 'Path',
    description:
      'The database file. It is created when there is none; the folder that it is in must exist. A relative path starts at the working directory.',
  }),
  schema: z.string().min(1).default('main').meta({
    title: 'Schema',
    description: 'The schema of your tables, unless a table names another one.',
  }),
  advanced: advanced({
    memoryLimit: byteSize(
      'Memory Limit',
      'How much memory DuckDB may take. The whole process takes about 200 MiB more. Larger merges than fit are spilled to disk.',
    ).prefault('48MiB'),
    threads: z.int().min(1).optional().meta({
      title: 'Threads',
      description: 'How many threads DuckDB may use. By default one less than you have processors.',
    }),
    stagingDirectory: z.string().min(1).optional().meta({
      title: 'Staging Directory',
      description:
        'Where documents are staged before they are loaded. By default your database file with .staging at its end. It should be on a disk as fast as that of the file.',
    }),
    storageVersion: z
      .enum(['v1.0.0', 'v1.2.0', 'v1.3.0', 'v1.4.0', 'v1.5.0'])
      .default('v1.3.0')
      .meta({
        title: 'Storage Version',
        description:
          'The oldest DuckDB that can read your file, if it is created now. Texts load faster from v1.3.0 on.',
      }),
    rowGroupSize: z.int().min(2048).multipleOf(2048).default(122_880).meta({
      title: 'Row Group Size',
      description:
        'How many rows are compressed at a time, a multiple of 2048. With 20480, commits every few moments take 25 MiB less memory; large loads are slower then, and the file is a tenth larger.',
    }),
    segmentBytes: byteSize(
      'Segment Size',
      'How much is staged for a table before it is loaded in the background.',
    ).prefault('8MiB'),
  }),
});
export type Config = z.infer<typeof Config>;

/** How many threads DuckDB may use: one processor is busy with the documents themselves. */
export function threadsOf({ advanced: { threads } }: Config): number {
  return threads ?? Math.max(1, availableParallelism() - 1);
}

/** Settings of one table. */
export const Resource = z.object({
  table: z.string().min(1).meta({
    title: 'Table',
    description: 'The name of the table that your documents go to.',
  }),
  schema: z.string().min(1).optional().meta({
    title: 'Schema',
    description: 'The schema of the table, if it is not that of the connection.',
  }),
});
export type Resource = z.infer<typeof Resource>;

/** `duckdb:` and a path, with settings after a `?`: `duckdb:shop.duckdb?schema=raw`. */
export const address: Address = {
  schemes: ['duckdb'],
  parse(text) {
    const rest = text.slice(text.indexOf(':') + 1);
    const [path, query] = splitQuery(rest);
    const config: Record<string, Json> = { path };
    const rare: Record<string, Json> = {};
    for (const [name, value] of new URLSearchParams(query)) {
      if (name === 'threads' || name === 'rowGroupSize') rare[name] = Number(value);
      else if (Object.hasOwn(Config.shape.advanced.unwrap().shape, name)) rare[name] = value;
      else config[name] = value;
    }
    return Object.keys(rare).length === 0 ? config : { ...config, advanced: rare };
  },
};

/** A `?` belongs to the path unless a setting follows it. */
function splitQuery(rest: string): [string, string] {
  const found = /\?(?=\w+=)/.exec(rest);
  return found === null ? [rest, ''] : [rest.slice(0, found.index), rest.slice(found.index + 1)];
}

/**
 * The settings of a table for a stream: letters and digits of its name in lower case, and `_` for
 * what is between them.
 */
export function resourceFor(stream: string): Json {
  const words = stream
    .normalize('NFC')
    .replace(/(\p{Ll}|\p{N})(\p{Lu})/gu, '$1_$2')
    .replace(/[^\p{L}\p{N}\p{M}]+/gu, '_')
    .replace(/^_+|_+$/g, '')
    .toLowerCase();
  if (words === '') return { table: 'documents' };
  return { table: /^\p{N}/u.test(words) ? `_${words}` : words };
}
