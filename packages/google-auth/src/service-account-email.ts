/**
 * The project that a service account lives in, from its address; undefined for the accounts that
 * Google makes for itself. A project that belongs to a domain is written `example.com:project`.
 */
export function projectOf(email: string): string | undefined {
  const [, appEngine] = /^([^@]+)@appspot\.gserviceaccount\.com$/.exec(email) ?? [];
  if (appEngine !== undefined) return appEngine;
  const [, project, domain] =
    /^[^@]+@([^.@]+)\.(?:([^@]+)\.)?iam\.gserviceaccount\.com$/.exec(email) ?? [];
  return domain === undefined ? project : `${domain}:${project}`;
}
