import type { Secret } from '@fairlead/sdk';

/** Who reads, as far as the client needs to know. */
export interface Credentials {
  /** The project that they belong to. */
  readonly projectId?: string | undefined;
  /** A name for people, such as the address of a service account. */
  readonly principal?: string | undefined;
  /** The project that pays for the calls, if it is not that of the database. */
  readonly quotaProject?: string | undefined;
  /** A token that is good for some minutes at least. */
  token(signal: AbortSignal): Promise<string>;
  /** The last token was refused: the next one is a new one. */
  renew(): void;
}

/**
 * The credentials of a key, or without one those of the machine.
 * @throws {Failure} config, access
 */
export async function openGoogleCredentials(
  json: Secret | undefined,
  env: NodeJS.ProcessEnv,
): Promise<Credentials> {
  const { openCredentials } = await import('@fairlead/google-auth');
  return openCredentials({
    ...(json === undefined ? {} : { json }),
    env,
    scopes: ['https://www.googleapis.com/auth/datastore'],
    audience: 'https://firestore.googleapis.com/',
  });
}

/** What every emulator takes. */
export const emulatorCredentials: Credentials = {
  token: () => Promise.resolve('owner'),
  renew() {},
};
