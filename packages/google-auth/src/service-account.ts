import type { Failure } from '@fairlead/sdk';
import { type AccessToken, readOAuthToken } from './access-token.ts';
import { ask } from './ask.ts';
import type { Identity, TokenRequest } from './credentials.ts';
import type { CredentialsFile } from './credentials-file.ts';
import { clockFailure, type Refusal, refusalFailure } from './refusal.ts';
import { projectOf } from './service-account-email.ts';
import { readPrivateKey, signJwt } from './signed-jwt.ts';
import type { Surroundings } from './surroundings.ts';

/**
 * The key of a service account. With an audience its tokens are signed here, and nobody is asked.
 * After one of those was refused they come from the token server, which tells why it refuses.
 */
export function serviceAccount(file: CredentialsFile, around: Surroundings): Identity {
  const { audience, universeDomain } = file;
  const scope = file.scopes.join(' ');
  const email = file.need('client_email');
  const key = readPrivateKey(file.need('private_key'), file.where);
  const keyId = file.get('private_key_id');
  const tokenUri = file.get('token_uri') ?? tokenServer;
  // Elsewhere than at Google there is no server that takes such assertions, and tokens name scopes.
  const isGoogle = universeDomain === 'googleapis.com';
  const selfSigned = isGoogle && audience !== undefined ? { aud: audience } : { scope };
  let exchanges = isGoogle && audience === undefined;

  const jwt = (claims: Readonly<Record<string, string>>) => {
    // Ten seconds ago, so that a clock which is slightly ahead does no harm.
    const iat = Math.floor(around.now() / 1_000) - 10;
    const value = signJwt({ iss: email, ...claims, exp: iat + 3_600, iat }, key, keyId);
    return { value, expiresAtMs: (iat + 3_600) * 1_000 };
  };

  return {
    kind: 'service_account',
    projectId: file.get('project_id') ?? projectOf(email),
    principal: email,
    quotaProject: file.quotaProject,
    universeDomain,
    async fetchToken({ wasRefused = false, ...request }) {
      exchanges ||= wasRefused && isGoogle;
      if (!exchanges) return jwt({ sub: email, ...selfSigned });
      const assertion = jwt({ scope, aud: tokenServer }).value;
      return await exchange(tokenUri, assertion, email, request, around);
    },
  };
}

/** The token server of Google, and the audience of what is sent to it, also by way of another address. */
export const tokenServer = 'https://oauth2.googleapis.com/token';

async function exchange(
  url: string,
  assertion: string,
  email: string,
  { signal, attempts }: TokenRequest,
  around: Surroundings,
): Promise<AccessToken> {
  const grant_type = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
  const answer = await ask(
    {
      url,
      body: new URLSearchParams({ grant_type, assertion }),
      secrets: [assertion],
      refused: (refusal) => refusedKey(refusal, email),
      signal,
      attempts,
    },
    around,
  );
  return readOAuthToken(answer);
}

function refusedKey(refusal: Refusal, email: string): Failure {
  if (refusal.code !== 'invalid_grant') return refusedByTokenServer(refusal, email);
  return (
    clockFailure(refusal) ??
    refusalFailure(
      'access',
      `Google refuses the key of ${email}`,
      refusal,
      'The key or the account was deleted or disabled: look under IAM & Admin, Service Accounts, and make a new key there.',
    )
  );
}

/** The failure for any other answer of a token server. */
export function refusedByTokenServer(refusal: Refusal, who: string): Failure {
  const { status } = refusal;
  if (status < 400 || status === 404 || status === 405) {
    const hint = 'Check the addresses in the credentials: this is no token server.';
    return refusalFailure('config', `the server answered ${status}`, refusal, hint);
  }
  const hint = 'Check whether it is still there and enabled, and make new credentials.';
  return refusalFailure('access', `Google refuses a token for ${who}`, refusal, hint);
}
