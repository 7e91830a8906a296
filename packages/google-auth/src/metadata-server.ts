import { Failure, isFailure } from '@fairlead/sdk';
import { readOAuthToken } from './access-token.ts';
import { type Answer, ask } from './ask.ts';
import type { Identity, TokenRequest } from './credentials.ts';
import type { Purpose } from './credentials-file.ts';
import { text } from './json-object.ts';
import { type Refusal, refusalFailure } from './refusal.ts';
import type { Surroundings } from './surroundings.ts';

/**
 * The service account of the machine at Google that this runs on; undefined when it runs elsewhere.
 * https://cloud.google.com/compute/docs/metadata/overview
 */
export async function metadataServer(
  { scopes }: Purpose,
  signal: AbortSignal,
  around: Surroundings,
): Promise<Identity | undefined> {
  const { env } = around;
  if (env['NO_GCE_CHECK'] === 'true') return undefined;
  const named = metadataHost(env);
  // Where nothing says that this is Google, silence must not cost much. Where it does, a server that
  // starts together with the container gets the time to do so.
  const patience =
    named !== undefined || isAtGoogle(env)
      ? { timeoutMs: 5_000, attempts: 5 }
      : { timeoutMs: 1_000, attempts: 2 };
  const get = async (path: string, request: TokenRequest) => {
    const url = `http://${named ?? '169.254.169.254'}/computeMetadata/v1/${path}`;
    const headers = { 'metadata-flavor': 'Google' };
    const question = { url, method: 'GET', headers, refused, mayBePlain: true } as const;
    const answer = await ask({ ...question, ...patience, ...request }, around);
    if (answer.headers.get('metadata-flavor') === 'Google') return answer;
    throw notGoogle(answer);
  };

  let projectId: string | undefined;
  try {
    projectId = text((await get('project/project-id', { signal })).text.trim());
  } catch (error) {
    signal.throwIfAborted();
    // A server that was named, or is known to be there, must answer.
    if (!isFailure(error) || named !== undefined || isAtGoogle(env)) throw error;
    return undefined;
  }
  const [principal, universeDomain = 'googleapis.com'] = await Promise.all(
    ['instance/service-accounts/default/email', 'universe/universe-domain'].map(async (path) => {
      try {
        return text((await get(path, { signal })).text.trim());
      } catch (error) {
        // Old servers do not know the one, and machines without a service account not the other.
        if (isFailure(error) && error.kind === 'access') return undefined;
        throw error;
      }
    }),
  );

  const query = scopes.length === 0 ? '' : `?scopes=${encodeURIComponent(scopes.join(','))}`;
  return {
    kind: 'metadata_server',
    projectId,
    principal,
    universeDomain,
    async fetchToken(request) {
      return readOAuthToken(await get(`instance/service-accounts/default/token${query}`, request));
    },
  };
}

/** The host and port that the environment names. */
export function metadataHost(env: Surroundings['env']): string | undefined {
  const named = text(env['GCE_METADATA_HOST']) ?? text(env['GCE_METADATA_IP']);
  return named?.replace(/^http:\/\//, '');
}

/** Whether the environment is one that Cloud Run, its jobs, functions or App Engine make. */
function isAtGoogle(env: Surroundings['env']): boolean {
  return ['K_SERVICE', 'CLOUD_RUN_JOB', 'FUNCTION_NAME', 'GAE_SERVICE'].some(
    (name) => text(env[name]) !== undefined,
  );
}

function refused(refusal: Refusal): Failure {
  const hint = 'Give the machine a service account, or give credentials.';
  const message = 'the metadata server knows no service account of this machine';
  return refusalFailure('access', message, refusal, hint);
}

function notGoogle({ where }: Answer): Failure {
  return new Failure('config', 'the server that answers is no metadata server of Google', {
    where,
    hint: 'Check GCE_METADATA_HOST, or give credentials.',
  });
}
