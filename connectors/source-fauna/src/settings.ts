import { choice, secret } from '@fairlead/sdk';
import { z } from 'zod';
import { AdditionalColumns, DeletionColumn, type Column } from './columns.ts';

/** An empty text is none: forms send it for what is left out. */
function optionalText(title: string, description: string) {
  return z
    .string()
    .transform((text) => (text === '' ? undefined : text))
    .optional()
    .meta({ title, description });
}

const Deletions = choice('deletion_mode', [
  z
    .object({ deletion_mode: z.literal('ignore') })
    .meta({ title: 'Disabled', description: 'You are not told of deleted documents.' }),
  z
    .object({
      deletion_mode: z.literal('deleted_field'),
      column: DeletionColumn.default('deleted_at'),
    })
    .meta({
      title: 'Enabled',
      description: 'You are told of deleted documents, by their history in the database.',
    }),
]);

const Collection = z
  .object({
    name: optionalText(
      'Collection Name',
      'The collection that you want to read, if only one. Leave it out to be offered all of them.',
    ),
    index: z.string().optional().meta({
      title: 'Index',
      description:
        'The index of your collection that has no terms and the values ts and ref, in this order; changes are read by it. Leave it out to have one looked for, or leave it empty to have the whole collection read each time.',
    }),
    page_size: z.int().min(1).default(1000).meta({
      title: 'Page Size',
      description:
        'How many documents you want in one answer at most. More is faster; a page that is too large for the server, or for your memory, is asked for in smaller parts.',
    }),
    deletions: Deletions.default({ deletion_mode: 'ignore' }).meta({
      title: 'Deletion Mode',
      description:
        'Whether you want to be told of deleted documents when changes are read. The database tells of them as far back as its collections keep history (history_days, and 15 minutes).',
    }),
    data_column: z.boolean().default(true).meta({
      title: 'Data Column',
      description: 'Whether you want the column data, which holds all that is in a document.',
    }),
    additional_columns: AdditionalColumns.default([]),
  })
  .prefault({})
  .meta({
    title: 'Collection',
    description: 'What you want of your collection, or of each of them.',
  });

/** Which database to read, with which key, and how. */
export const FaunaConfig = z
  .object({
    domain: z
      .string()
      .regex(
        /^(\[[0-9A-Fa-f:.]+\]|[0-9A-Fa-f]*:[0-9A-Fa-f.]*:[0-9A-Fa-f:.]*|[^\s/:?#@[\]]+)$/,
        'write the name of a host alone, as in fauna.example.com or localhost: what comes before it belongs into scheme, what comes after it into port',
      )
      .meta({
        title: 'Domain',
        description:
          'The host of your Fauna server, as in localhost or fauna.example.com. The service at db.fauna.com has ended.',
      }),
    port: z.int().min(1).max(65_535).default(443).meta({
      title: 'Port',
      description: 'The port of your Fauna server: one that you run yourself has 8443 unless set.',
    }),
    scheme: z.enum(['https', 'http']).default('https').meta({
      title: 'Scheme',
      description:
        'How you reach your Fauna server: http for one that you run yourself without a certificate.',
    }),
    secret: secret(
      'Fauna Secret',
      'The secret of a key of your database with the role server-readonly, server or admin, or with a role of your own that may read collections, indexes and what is in them. By default what the environment variable FAUNA_SECRET says.',
    ).optional(),
    collection: Collection,
    discover_columns: z.boolean().default(false).meta({
      title: 'Discover Columns',
      description:
        'Whether you want a column for each member of data that some documents of a collection have, as far as its values are of one type.',
    }),
    api_version: z.enum(['4', '10']).default('4').meta({
      title: 'API Version',
      description:
        'The language in which your database is asked: 4 reads changes by indexes, 10 by event feeds, which need none.',
    }),
  })
  .superRefine(({ collection }, context) => {
    const { name, index, deletions, additional_columns: columns } = collection;
    if (index !== undefined && index !== '' && name === undefined) {
      const message = 'an index belongs to one collection: give collection.name too';
      context.addIssue({ code: 'custom', path: ['collection', 'index'], message });
    }
    if (deletions.deletion_mode !== 'deleted_field') return;
    const clash = columns.findIndex((column) => column.name === deletions.column);
    if (clash < 0) return;
    const path = ['collection', 'additional_columns', clash, 'name'];
    const message = `additional columns cannot have the name of the deletion column '${deletions.column}'`;
    context.addIssue({ code: 'custom', path, message });
  });
export type FaunaConfig = z.infer<typeof FaunaConfig>;

/** The settings of one binding. What it leaves out is as in the settings of the connection. */
export const FaunaResource = z.object({
  collection: z.string().min(1).meta({
    title: 'Collection',
    description: 'The collection that you want to read.',
  }),
  index: optionalText(
    'Index',
    'The index of this collection by which you want changes to be read: without terms, and with the values ts and ref.',
  ),
  additional_columns: AdditionalColumns.optional(),
});
export type FaunaResource = z.infer<typeof FaunaResource>;

/** What is read of one collection: a binding's own settings, and behind them those of the connection. */
export interface StreamSettings {
  readonly collection: string;
  /** Without one, FQL v4 reads the whole collection only. */
  readonly index: string | undefined;
  readonly dataColumn: boolean;
  readonly columns: readonly Column[];
  /** The name of the column that says when a document was deleted; absent when deletions are ignored. */
  readonly deletionColumn: string | undefined;
  readonly pageSize: number;
}

/** The settings of a binding. An index of the connection counts for the collection that it is of. */
export function streamSettings(config: FaunaConfig, resource: FaunaResource): StreamSettings {
  const { name, index, deletions, ...common } = config.collection;
  return {
    collection: resource.collection,
    index: resource.index ?? (name === resource.collection && index !== '' ? index : undefined),
    dataColumn: common.data_column,
    columns: resource.additional_columns ?? common.additional_columns,
    deletionColumn: deletions.deletion_mode === 'ignore' ? undefined : deletions.column,
    pageSize: Math.min(
      common.page_size,
      config.api_version === '10' ? mostFqlPageSize : mostPageSize,
    ),
  };
}

/** A server of FQL v4 takes more for this. */
const mostPageSize = 100_000;
/** A server of FQL v10 refuses more. */
const mostFqlPageSize = 16_000;
