import { readFileSync } from 'node:fs';
import type { ConnectionOptions } from 'node:tls';
import { type Channel, type Metadata, openChannel } from '@fairlead/grpc';
import { sleepFor, type Log } from '@fairlead/sdk';
import type { FirestoreConfig } from '../settings.ts';
import { type Credentials, emulatorCredentials, openGoogleCredentials } from './credentials.ts';
import { ReadMeter } from './read-meter.ts';
import { resolveDatabase } from './resolve-database.ts';
import type { RetryContext } from './retries.ts';
import { serverOf } from './target.ts';

/** How a client is opened. */
export interface ConnectionSetup {
  readonly log: Log;
  /** Where FIRESTORE_EMULATOR_HOST and the project are looked for. The environment of the process. */
  readonly env?: NodeJS.ProcessEnv;
  /** Evenly spread over [0, 1). */
  readonly random?: () => number;
  /** Done after some time; rejects with the reason of the signal when it is aborted. */
  readonly sleep?: (ms: number, signal: AbortSignal) => Promise<void>;
  /** Who reads, in place of the credentials of the settings. */
  readonly credentials?: Credentials;
  /** How long a call may take before it is made again; names, five times as long. 60 s. */
  readonly deadlineMs?: number | undefined;
  /** What may wait for us on each stream of a kind. 1 MiB. */
  readonly scanWindowBytes?: number;
  readonly listenWindowBytes?: number;
  /** How TLS is spoken, such as with an authority of one's own. */
  readonly tls?: ConnectionOptions;
}

/** What every call of a client needs. */
export interface Connection extends AsyncDisposable {
  /** `projects/…/databases/…`. */
  readonly database: string;
  /** `projects/…/databases/…/documents`. */
  readonly root: string;
  readonly reads: ReadMeter;
  /** How long a call that is neither a scan nor a stream of changes may take before it is made again. */
  readonly deadlineMs: number;
  readonly retry: RetryContext;
  /** Connections of their own for each kind of call, so that none waits for another's bytes. */
  readonly scans: Channel;
  readonly listens: Channel;
  readonly calls: Channel;
  /** The headers of a call, asked for when it begins. `routing` replaces that of the database. */
  readonly headers: (signal: AbortSignal, routing?: string) => () => Promise<Metadata>;
}

/**
 * Connects when the first call is made.
 * @throws {Failure} config, access: no database is named, or the credentials are none.
 */
export async function openConnection(
  config: FirestoreConfig,
  setup: ConnectionSetup,
): Promise<Connection> {
  const { advanced } = config;
  const { env = process.env, random = Math.random, sleep = sleepFor, log } = setup;
  const { target, isEmulator } = serverOf(advanced, env);
  const { credentials, projectId } = await openIdentity(config, setup, isEmulator);
  const { principal, quotaProject } = credentials;
  const database = resolveDatabase({ database: config.database, projectId, env });
  const fixed = {
    'google-cloud-resource-prefix': database.name,
    ...(quotaProject === undefined ? {} : { 'x-goog-user-project': quotaProject }),
  };
  const routingOfDatabase = `project_id=${escaped(database.projectId)}&database_id=${escaped(database.databaseId)}`;
  const open = (streamWindowBytes: number | undefined) =>
    openChannel(target.tls === true && setup.tls ? { ...target, tls: setup.tls } : target, {
      streamWindowBytes: streamWindowBytes ?? 1024 * 1024,
      userAgent,
    });
  const channels = {
    scans: open(setup.scanWindowBytes),
    listens: open(setup.listenWindowBytes),
    calls: open(undefined),
  };
  let renewedAt = Number.NEGATIVE_INFINITY;
  const retry: RetryContext = {
    where: database.name,
    principal,
    log,
    random,
    sleep,
    renewToken() {
      // Calls that failed together with one old token need one new token.
      if (performance.now() - renewedAt < renewalMs) return;
      renewedAt = performance.now();
      credentials.renew();
    },
    hasAnswered: false,
    isClosed: false,
  };
  return {
    database: database.name,
    root: `${database.name}/documents`,
    reads: new ReadMeter(advanced.maxReads),
    deadlineMs: setup.deadlineMs ?? 60_000,
    retry,
    ...channels,
    headers:
      (signal, routing = routingOfDatabase) =>
      async () => ({
        ...fixed,
        'x-goog-request-params': routing,
        authorization: `Bearer ${await credentials.token(signal)}`,
      }),
    async [Symbol.asyncDispose]() {
      retry.isClosed = true;
      await Promise.all(Object.values(channels).map((channel) => channel.close()));
    },
  };
}

/** Who reads, and the project that they belong to. */
async function openIdentity(
  { googleCredentials, database }: FirestoreConfig,
  setup: ConnectionSetup,
  isEmulator: boolean,
): Promise<{ readonly credentials: Credentials; readonly projectId: string | undefined }> {
  if (setup.credentials !== undefined) {
    return { credentials: setup.credentials, projectId: setup.credentials.projectId };
  }
  // An emulator lets in everybody, but the key may be all that names the project.
  const isKeyNeeded = !isEmulator || (database === undefined && googleCredentials !== undefined);
  const own = isKeyNeeded
    ? await openGoogleCredentials(googleCredentials, setup.env ?? process.env)
    : undefined;
  return {
    credentials: isEmulator || own === undefined ? emulatorCredentials : own,
    projectId: own?.projectId,
  };
}

/** How long after a renewal of the token another one is none. */
const renewalMs = 5_000;

/** A value in a routing header: escaped as in a form, parentheses too. */
export function escaped(text: string): string {
  return encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

const { version } = JSON.parse(
  readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
) as { version: string };
const userAgent = `fairlead/${version}`;
