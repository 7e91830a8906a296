import { advanced, Failure, parseDuration, Secret } from '@fairlead/sdk';
import { z } from 'zod';
import { parsePathPattern } from './wire/path-pattern.ts';
import { parseTime } from './wire/time.ts';

/** A database by the parts of its name. */
export interface DatabaseName {
  readonly projectId: string;
  readonly databaseId: string;
  /** `projects/…/databases/…`. */
  readonly name: string;
}

const databaseForm = /^projects\/([^/\s]+)(?:\/databases\/([^/\s]+))?$/;
const expectedDatabase = 'write projects/PROJECT/databases/DATABASE, or projects/PROJECT';

/**
 * The database that a text names; without `/databases/…` the default one of the project.
 * @throws {Failure} config, which says how a database is written.
 */
export function parseDatabase(text: string): DatabaseName {
  const [, projectId, databaseId = '(default)'] = databaseForm.exec(text) ?? [];
  if (projectId === undefined || !isPrintable(text)) {
    throw new Failure('config', databaseProblem(text), { where: 'database' });
  }
  return { projectId, databaseId, name: `projects/${projectId}/databases/${databaseId}` };
}

/** It goes into headers, which take nothing else. */
function isPrintable(text: string): boolean {
  return /^[\x21-\x7e]*$/.test(text);
}

function databaseProblem(text: unknown): string {
  return /^projects\/[^/]+\/databases\/[^/]+\/documents(?:\/|$)/.test(String(text))
    ? `${expectedDatabase}, and leave out /documents and what follows`
    : expectedDatabase;
}

/** `24h`, `1h30m`: Go's way to write it, and days. Parsed to milliseconds. */
function goDuration(title: string, description: string) {
  return z
    .string()
    .regex(/^([0-9]+([.][0-9]+)?(d|h|m|s|ms))+$/, 'write numbers and units: 24h, 1h30m or 90s')
    .transform((text) => {
      const pieces = text.match(/[0-9.]+(?:ms|[dhms])/g) ?? [];
      return pieces.reduce((ms, piece) => ms + parseDuration(piece), 0);
    })
    .meta({ title, description });
}

const isTimeText = (text: string) => parseTime(text) !== undefined;

const collectionForm =
  'write collections and documents by turns, from a collection to a collection: users, users/*/messages';

const Collection = z
  .string()
  .refine((text) => parsePathPattern(text) !== undefined, collectionForm);

const Credentials = z.preprocess(
  // The key file itself, where a form or a pipeline takes an object.
  (value) => (typeof value === 'object' && value !== null ? JSON.stringify(value) : value),
  z
    .string()
    .min(1)
    .transform((text) => new Secret(text)),
);

/** Which database to read, as whom, and how. */
export const FirestoreConfig = z.object({
  googleCredentials: Credentials.optional().meta({
    title: 'Credentials',
    description:
      'The JSON key of the service account that you want to read with, or another JSON file of Google credentials. Leave it out to use those of the machine (application default credentials).',
    secret: true,
    multiline: true,
  }),
  database: z
    .string()
    .regex(/^(projects\/[^/\s]+(\/databases\/[^/\s]+)?)?$/, {
      error: ({ input }) => databaseProblem(input),
    })
    .refine(isPrintable, expectedDatabase)
    .transform((text) => (text === '' ? undefined : text))
    .optional()
    .meta({
      title: 'Database',
      description:
        'The database that you want to read, as projects/PROJECT/databases/DATABASE. Leave it out for the default database of the project that your credentials belong to.',
    }),
  advanced: advanced({
    extra_collections: z.array(Collection).default([]).meta({
      title: 'Extra Collections',
      description:
        'Collections that you want to be offered even if discovery does not find them, such as users/*/messages, where * is any document, or orgs/acme/users.',
    }),
    skip_discovery: z.boolean().default(false).meta({
      title: 'Skip Automatic Discovery',
      description: 'Whether you want to be offered the extra collections only.',
    }),
    minBackfillInterval: goDuration(
      'Minimum Backfill Interval',
      'How long you want to wait at least before a collection is read as a whole again, when changes were lost, such as 24h.',
    ).optional(),
    emulatorHost: z
      .string()
      .regex(/^(\[[0-9A-Fa-f:]+\]|[^\s/:]+):[0-9]+$/, 'write host:port, as in localhost:8080')
      .optional()
      .meta({
        title: 'Emulator Host',
        description:
          'Where your Firestore emulator listens, as host:port. By default what the environment variable FIRESTORE_EMULATOR_HOST says.',
      }),
    endpoint: z
      .string()
      .regex(
        /^(\[[0-9A-Fa-f:]+\]|[^\s/:]+)(:[0-9]+)?$/,
        'write a host, or host:port, without https://',
      )
      .optional()
      .meta({
        title: 'Endpoint',
        description:
          'The host of your regional or private endpoint, if you do not use the usual one.',
      }),
    maxReads: z.int().min(1).optional().meta({
      title: 'Maximum Reads',
      description:
        'How many documents you allow one run to read, and be billed for. It then ends where the next run goes on.',
    }),
    discoveryReads: z.int().min(1).default(1000).meta({
      title: 'Discovery Reads',
      description: 'How many documents you allow discovery to read, and be billed for.',
    }),
    scanParallelism: z.int().min(1).max(64).default(8).meta({
      title: 'Scan Parallelism',
      description: 'How many parts of your collections are read at the same time.',
    }),
    whenHistoryIsLost: z.enum(['reload', 'update']).default('reload').meta({
      title: 'When History Is Lost',
      description:
        'What you want when the connector was away for longer than the database keeps old versions: reload reads the collection anew and lets go of documents that were deleted meanwhile, update only hands out what has changed.',
    }),
    snapshotTime: z
      .string()
      .refine(
        (text) => text === 'now' || isTimeText(text),
        'write now, or a time as in 2026-01-31T12:00:00Z',
      )
      .optional()
      .meta({
        title: 'Snapshot Time',
        description:
          'The instant at which you want all collections to be read together: now, or a time of the last hour, or a whole minute of the last seven days with point-in-time recovery.',
      }),
  }),
});
export type FirestoreConfig = z.infer<typeof FirestoreConfig>;

/** The settings of one binding. */
export const FirestoreResource = z.object({
  path: z
    .string()
    .refine((text) => parsePathPattern(text) !== undefined, collectionForm)
    .meta({
      title: 'Path',
      description:
        'The collection that you want to read: users, users/*/messages for those of all users, or orgs/acme/users.',
    }),
  backfillMode: z.enum(['async', 'none', 'sync']).default('async').meta({
    title: 'Backfill Mode',
    description:
      'Whether you want the documents that are there already: async and sync read them while changes are captured, none begins with the changes. It matters only when the binding is new.',
  }),
  initTimestamp: z
    .string()
    .refine(isTimeText, 'write a time as in 2026-01-31T12:00:00Z')
    .optional()
    .meta({
      title: 'Initial Timestamp',
      description:
        'The time from which on you want changes, if not from the beginning of the capture. It matters only when the binding is new.',
      format: 'date-time',
    }),
  restartCursorPath: z
    .string()
    .regex(/^(\/([^/~]|~[01])+)*$/, 'write a JSON pointer, as in /updatedAt')
    .optional()
    .meta({
      title: 'Restart Cursor Path',
      description:
        'The field of your documents that only grows, as a JSON pointer. It is accepted for captures that have it; nothing depends on it.',
    }),
  minBackfillInterval: goDuration(
    'Minimum Backfill Interval',
    'How long you want to wait at least before this collection is read as a whole again, if it differs from the others.',
  ).optional(),
  fields: z
    .array(z.string().min(1))
    .transform((fields) => (fields.length === 0 ? undefined : fields))
    .optional()
    .meta({
      title: 'Fields',
      description:
        'The fields that you want, as paths such as name or address.city. All of them when you name none.',
    }),
});
export type FirestoreResource = z.infer<typeof FirestoreResource>;
