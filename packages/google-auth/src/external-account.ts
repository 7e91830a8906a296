import { Failure } from '@fairlead/sdk';
import { type AccessToken, readOAuthToken } from './access-token.ts';
import { ask } from './ask.ts';
import { basicProof } from './authorized-user.ts';
import { awsSubject } from './aws-subject.ts';
import type { Identity, TokenRequest } from './credentials.ts';
import type { CredentialsFile } from './credentials-file.ts';
import { executableSubject } from './executable-subject.ts';
import { impersonate, impersonatedEmail, impersonationScope } from './impersonation.ts';
import { asObject, text } from './json-object.ts';
import { clockFailure, type Refusal, refusalFailure } from './refusal.ts';
import { projectOf } from './service-account-email.ts';
import type { Surroundings } from './surroundings.ts';
import { fileSubject, type SubjectSource, type SubjectToken, urlSubject } from './subject-token.ts';

/**
 * Somebody known to another cloud or identity provider, whose proof Google's token service (STS)
 * exchanges for a token, by the rules of a workload or workforce identity pool.
 */
export function externalAccount(file: CredentialsFile, around: Surroundings): Identity {
  const impersonationUrl = file.get('service_account_impersonation_url');
  const email = impersonationUrl === undefined ? undefined : impersonatedEmail(impersonationUrl);
  const exchange = exchangeOf(
    file,
    impersonationUrl === undefined ? file.scopes : [impersonationScope],
  );
  const subject = subjectOf(file, exchange, email)(around);
  const lifetimeSeconds = lifetimeOf(file);

  return {
    kind: 'external_account',
    projectId: email === undefined ? undefined : projectOf(email),
    principal: email,
    quotaProject: file.quotaProject,
    universeDomain: file.universeDomain,
    async fetchToken(request) {
      const token = await exchangeToken(exchange, await subject(request), request, around);
      if (impersonationUrl === undefined) return token;
      const impersonation = {
        url: impersonationUrl,
        scopes: file.scopes,
        delegates: [],
        lifetimeSeconds,
        role: 'roles/iam.workloadIdentityUser',
      } as const;
      return await impersonate(impersonation, token, request, around);
    },
  };
}

interface Exchange {
  readonly url: string;
  readonly audience: string;
  readonly subjectTokenType: string;
  readonly scopes: readonly string[];
  /** Of an OAuth client, where the pool wants one. */
  readonly headers: Readonly<Record<string, string>>;
  readonly secrets: readonly string[];
  readonly userProject: string | undefined;
}

function exchangeOf(file: CredentialsFile, scopes: readonly string[]): Exchange {
  const clientId = file.get('client_id');
  const secret = file.get('client_secret') ?? '';
  const proof = clientId === undefined ? undefined : basicProof(clientId, secret);
  const userProject = file.get('workforce_pool_user_project');
  const audience = file.need('audience');
  if (userProject !== undefined && !audience.includes('/workforcePools/')) {
    const message = 'workforce_pool_user_project is only for workforce pools';
    throw new Failure('config', message, { where: file.where });
  }
  return {
    url: file.get('token_url') ?? `https://sts.${file.universeDomain}/v1/token`,
    audience,
    subjectTokenType: file.need('subject_token_type'),
    scopes,
    headers: proof === undefined ? {} : { authorization: `Basic ${proof}` },
    secrets: proof === undefined ? [] : [proof, secret],
    userProject: clientId === undefined ? userProject : undefined,
  };
}

async function exchangeToken(
  exchange: Exchange,
  subject: SubjectToken,
  { signal, attempts }: TokenRequest,
  around: Surroundings,
): Promise<AccessToken> {
  const { headers, secrets, userProject } = exchange;
  const body = new URLSearchParams({
    grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
    audience: exchange.audience,
    scope: exchange.scopes.join(' '),
    requested_token_type: 'urn:ietf:params:oauth:token-type:access_token',
    subject_token: subject.value,
    subject_token_type: subject.type ?? exchange.subjectTokenType,
  });
  if (userProject !== undefined) body.set('options', JSON.stringify({ userProject }));
  const answer = await ask(
    {
      url: exchange.url,
      headers,
      body,
      secrets: [subject.value, ...subject.secrets, ...secrets],
      refused: refusedSubject,
      signal,
      attempts,
    },
    around,
  );
  return readOAuthToken(answer);
}

function refusedSubject(refusal: Refusal): Failure {
  const clock = refusal.code === 'invalid_grant' ? clockFailure(refusal) : undefined;
  const hint =
    'Check the provider of the identity pool: its issuer, the audiences it allows, its attribute condition.';
  const message = 'the identity pool refuses the token of the other provider';
  return clock ?? refusalFailure('access', message, refusal, hint);
}

function subjectOf(
  file: CredentialsFile,
  { audience, subjectTokenType }: Exchange,
  email: string | undefined,
): SubjectSource {
  const source = file.part('credential_source');
  if (source === undefined) throw file.missing('credential_source');
  const { where } = file;
  if (text(source['environment_id'])?.startsWith('aws') === true) {
    return awsSubject(source, audience, where);
  }
  const executable = asObject(source['executable']);
  if (executable !== undefined) {
    return executableSubject(executable, { audience, subjectTokenType, email, where });
  }
  if (text(source['file']) !== undefined) return fileSubject(source, where);
  if (text(source['url']) !== undefined) return urlSubject(source, where);
  throw new Failure('config', 'credential_source is none that is known here', {
    where,
    hint: 'It can be a file, a url, an executable, or AWS (environment_id aws1); not a certificate.',
  });
}

function lifetimeOf(file: CredentialsFile): number {
  const seconds = file.part('service_account_impersonation')?.['token_lifetime_seconds'] ?? 3_600;
  if (typeof seconds === 'number' && seconds >= 600 && seconds <= 43_200) return seconds;
  const message = 'token_lifetime_seconds must be a number from 600 to 43200';
  throw new Failure('config', message, { where: file.where });
}
