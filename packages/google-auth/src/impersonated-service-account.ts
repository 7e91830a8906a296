import { Failure } from '@fairlead/sdk';
import type { Identity } from './credentials.ts';
import type { CredentialsFile } from './credentials-file.ts';
import { impersonate, impersonatedEmail, impersonationScope } from './impersonation.ts';
import { projectOf } from './service-account-email.ts';
import type { Surroundings } from './surroundings.ts';

/**
 * A service account that somebody else acts for, as after
 * `gcloud auth application-default login --impersonate-service-account`.
 * @param open the identity of the credentials within
 */
export function impersonatedServiceAccount(
  file: CredentialsFile,
  around: Surroundings,
  open: (file: CredentialsFile) => Identity,
): Identity {
  const url = file.need('service_account_impersonation_url');
  const email = impersonatedEmail(url);
  if (email === undefined) {
    throw new Failure('config', 'service_account_impersonation_url is of no service account', {
      where: file.where,
      hint: 'It ends with serviceAccounts/NAME@PROJECT.iam.gserviceaccount.com:generateAccessToken.',
    });
  }
  const inner = file.inner('source_credentials', [impersonationScope]);
  if (inner === undefined) throw file.missing('source_credentials');
  const source = open(inner);
  const impersonation = {
    url,
    scopes: file.scopes,
    delegates: file.list('delegates'),
    lifetimeSeconds: 3_600,
    role: 'roles/iam.serviceAccountTokenCreator',
  } as const;
  return {
    kind: 'impersonated_service_account',
    projectId: file.get('project_id') ?? projectOf(email),
    principal: email,
    quotaProject: file.quotaProject ?? source.quotaProject,
    universeDomain: source.universeDomain,
    async fetchToken(request) {
      const token = await source.fetchToken({ ...request, wasRefused: false });
      return await impersonate(impersonation, token, request, around);
    },
  };
}
