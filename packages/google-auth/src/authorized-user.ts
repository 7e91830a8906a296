import type { Failure } from '@fairlead/sdk';
import { readOAuthToken } from './access-token.ts';
import { ask } from './ask.ts';
import type { Identity, TokenFetcher } from './credentials.ts';
import type { CredentialsFile } from './credentials-file.ts';
import { jsonObject, text } from './json-object.ts';
import { type Refusal, refusalFailure } from './refusal.ts';
import { refusedByTokenServer, tokenServer } from './service-account.ts';
import type { Surroundings } from './surroundings.ts';

/** A person who logged in with `gcloud auth application-default login`. */
export function authorizedUser(file: CredentialsFile, around: Surroundings): Identity {
  const client_id = file.need('client_id');
  const client_secret = file.need('client_secret');
  const refresh_token = file.need('refresh_token');
  return {
    kind: 'authorized_user',
    projectId: file.get('project_id'),
    principal: file.get('account'),
    quotaProject: file.quotaProject,
    universeDomain: file.universeDomain,
    fetchToken: refresh(
      {
        url: file.get('token_uri') ?? tokenServer,
        form: { client_id, client_secret },
        refreshToken: refresh_token,
        secrets: [client_secret],
        login: 'gcloud auth application-default login',
      },
      around,
    ),
  };
}

/** A person of a workforce pool who logged in with `gcloud auth application-default login`. */
export function externalAccountAuthorizedUser(
  file: CredentialsFile,
  around: Surroundings,
): Identity {
  const secret = file.need('client_secret');
  const proof = basicProof(file.need('client_id'), secret);
  return {
    kind: 'external_account_authorized_user',
    quotaProject: file.quotaProject,
    universeDomain: file.universeDomain,
    fetchToken: refresh(
      {
        url: file.get('token_url') ?? `https://sts.${file.universeDomain}/v1/oauthtoken`,
        headers: { authorization: `Basic ${proof}` },
        refreshToken: file.need('refresh_token'),
        secrets: [secret, proof],
        login: 'gcloud auth application-default login --login-config=…',
      },
      around,
    ),
  };
}

/** What follows `Basic` in the header by which an OAuth client proves itself. */
export function basicProof(clientId: string, clientSecret: string): string {
  return Buffer.from(`${clientId}:${clientSecret}`).toString('base64');
}

interface Login {
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly form?: Readonly<Record<string, string>>;
  readonly refreshToken: string;
  readonly secrets: readonly string[];
  /** The command by which to log in again. */
  readonly login: string;
}

/** Tokens for a refresh token, which some servers replace with each answer. */
function refresh({ refreshToken, ...login }: Login, around: Surroundings): TokenFetcher {
  let current = refreshToken;
  return async ({ signal, attempts }) => {
    const answer = await ask(
      {
        url: login.url,
        headers: login.headers ?? {},
        body: new URLSearchParams({
          grant_type: 'refresh_token',
          refresh_token: current,
          ...login.form,
        }),
        secrets: [current, ...login.secrets],
        refused: (refusal) => refusedLogin(refusal, login.login),
        signal,
        attempts,
      },
      around,
    );
    current = text(jsonObject(answer.text)?.['refresh_token']) ?? current;
    return readOAuthToken(answer);
  };
}

function refusedLogin(refusal: Refusal, login: string): Failure {
  if (refusal.code !== 'invalid_grant') return refusedByTokenServer(refusal, 'this login');
  const message = 'the login has expired or was revoked';
  return refusalFailure('access', message, refusal, `Log in again: ${login}`);
}
