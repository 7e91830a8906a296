import type { Failure } from '@fairlead/sdk';
import { type AccessToken, readImpersonatedToken } from './access-token.ts';
import { ask } from './ask.ts';
import type { TokenRequest } from './credentials.ts';
import { type Refusal, refusalFailure } from './refusal.ts';
import type { Surroundings } from './surroundings.ts';

/** What a token must be good for that is exchanged for one of a service account. */
export const impersonationScope = 'https://www.googleapis.com/auth/cloud-platform';

export interface Impersonation {
  /** The address of `generateAccessToken` of the service account. */
  readonly url: string;
  readonly scopes: readonly string[];
  /** Service accounts in between, each of which may act for the next one. */
  readonly delegates: readonly string[];
  readonly lifetimeSeconds: number;
  /** The role that is missing when Google says no. */
  readonly role: 'roles/iam.serviceAccountTokenCreator' | 'roles/iam.workloadIdentityUser';
}

/** A token of another service account, for somebody who may act for it. */
export async function impersonate(
  { url, scopes, delegates, lifetimeSeconds, role }: Impersonation,
  token: AccessToken,
  { signal, attempts }: TokenRequest,
  around: Surroundings,
): Promise<AccessToken> {
  const answer = await ask(
    {
      url,
      headers: {
        'content-type': 'application/json',
        authorization: `Bearer ${token.value}`,
      },
      body: JSON.stringify({
        ...(delegates.length === 0 ? {} : { delegates }),
        scope: scopes,
        lifetime: `${lifetimeSeconds}s`,
      }),
      secrets: [token.value],
      refused: (refusal) => refusedImpersonation(refusal, impersonatedEmail(url), role),
      signal,
      attempts,
    },
    around,
  );
  return readImpersonatedToken(answer);
}

/** The address of the service account in the address of its `generateAccessToken`. */
export function impersonatedEmail(url: string): string | undefined {
  return /\/serviceAccounts\/([\w.@-]+):generateAccessToken$/.exec(url)?.[1];
}

function refusedImpersonation(
  refusal: Refusal,
  email = 'the service account',
  role: string,
): Failure {
  const { status, reason } = refusal;
  const message = `acting for ${email} is refused`;
  if (reason === 'SERVICE_DISABLED') {
    const hint = 'Enable the API iamcredentials.googleapis.com in its project.';
    return refusalFailure('access', message, refusal, hint);
  }
  if (status === 403) {
    return refusalFailure('access', message, refusal, `Grant ${role} on ${email}.`);
  }
  if (status === 404) {
    return refusalFailure('access', `${email} does not exist`, refusal, 'Check the address.');
  }
  const hint = 'Check service_account_impersonation_url and the lifetime of the token.';
  return refusalFailure(status === 401 ? 'access' : 'config', message, refusal, hint);
}
