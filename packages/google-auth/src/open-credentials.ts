import { Failure, Secret } from '@fairlead/sdk';
import { findDefaultFile, gcloudFolder, gcloudProject } from './application-default.ts';
import { authorizedUser, externalAccountAuthorizedUser } from './authorized-user.ts';
import type { Credentials, Identity } from './credentials.ts';
import { type CredentialsFile, credentialsFile, type Purpose } from './credentials-file.ts';
import { externalAccount } from './external-account.ts';
import { impersonatedServiceAccount } from './impersonated-service-account.ts';
import { text } from './json-object.ts';
import { metadataHost, metadataServer } from './metadata-server.ts';
import { parseCredentials, typeOf } from './parse-credentials.ts';
import { serviceAccount } from './service-account.ts';
import { type Surroundings, surroundings } from './surroundings.ts';
import { TokenCache } from './token-cache.ts';

export interface CredentialsSource extends Purpose {
  /** The JSON of the credentials; absent for application-default ones. */
  readonly json?: Secret | string | undefined;
  /** By default the environment of the process. */
  readonly env?: Surroundings['env'] | undefined;
}

/** What comes from outside, and how long to wait for a metadata server. */
export type OpenOptions = Partial<Omit<Surroundings, 'env'>> & { readonly signal?: AbortSignal };

/**
 * The credentials that are given, or else the application-default ones. No server is asked for a
 * token yet; only a metadata server is asked whether it is there.
 * @throws {Failure} config when they are none or cannot be used, access, transient
 */
export async function openCredentials(
  source: CredentialsSource,
  { signal = new AbortController().signal, ...given }: OpenOptions = {},
): Promise<Credentials> {
  const around = surroundings(source.env === undefined ? given : { ...given, env: source.env });
  const { scopes, audience } = source;
  const purpose = { scopes, audience };
  const project = text(around.env['GOOGLE_CLOUD_PROJECT']) ?? text(around.env['GCLOUD_PROJECT']);
  const quotaProject = text(around.env['GOOGLE_CLOUD_QUOTA_PROJECT']);

  // What is given speaks for itself; what is found in the environment follows the environment.
  if (source.json !== undefined) {
    const content = source.json instanceof Secret ? source.json.reveal() : source.json;
    const identity = identityIn(content, 'Google credentials', purpose, around);
    return credentialsOf(
      {
        ...identity,
        projectId: identity.projectId ?? project,
        quotaProject: identity.quotaProject ?? quotaProject,
      },
      around,
    );
  }
  const found = await findIdentity(purpose, signal, around);
  const projectId = project ?? found.projectId ?? (await gcloudProject(around));
  return credentialsOf(
    { ...found, projectId, quotaProject: quotaProject ?? found.quotaProject },
    around,
  );
}

async function findIdentity(
  purpose: Purpose,
  signal: AbortSignal,
  around: Surroundings,
): Promise<Identity> {
  const file = await findDefaultFile(around);
  if (file !== undefined) return identityIn(file.content, file.path, purpose, around);
  const machine = await metadataServer(purpose, signal, around);
  if (machine === undefined) throw nothingFound(around);
  return machine;
}

function identityIn(
  content: string,
  where: string,
  purpose: Purpose,
  around: Surroundings,
): Identity {
  const json = parseCredentials(content, where);
  return identityOf(credentialsFile(json, { ...purpose, where }), around);
}

function identityOf(file: CredentialsFile, around: Surroundings): Identity {
  const type = typeOf(file.json, file.where);
  switch (type) {
    case 'service_account':
      return serviceAccount(file, around);
    case 'authorized_user':
      return authorizedUser(file, around);
    case 'external_account':
      return externalAccount(file, around);
    case 'external_account_authorized_user':
      return externalAccountAuthorizedUser(file, around);
    case 'impersonated_service_account':
      return impersonatedServiceAccount(file, around, (inner) => identityOf(inner, around));
    default:
      throw new Failure('config', `credentials of the type ${type} are not known here`, {
        where: file.where,
        hint: 'Known are service_account, authorized_user, external_account and impersonated_service_account.',
      });
  }
}

function credentialsOf({ fetchToken, ...about }: Identity, around: Surroundings): Credentials {
  const cache = new TokenCache(fetchToken, around);
  return {
    ...about,
    token: (signal) => cache.token(signal),
    renew: (refused) => cache.forget(refused),
  };
}

function nothingFound(around: Surroundings): Failure {
  const folder = gcloudFolder(around);
  const looked = [
    'GOOGLE_APPLICATION_CREDENTIALS is not set',
    folder === undefined ? 'there is no home folder' : `gcloud left no file in ${folder}`,
    `no metadata server answers at ${metadataHost(around.env) ?? '169.254.169.254'}`,
  ];
  return new Failure('config', `there are no Google credentials: ${looked.join(', ')}`, {
    hint: 'Give the JSON of a service account key, or run: gcloud auth application-default login',
  });
}
