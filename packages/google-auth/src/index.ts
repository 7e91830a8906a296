export type { Credentials, CredentialsKind } from './credentials.ts';
export { openCredentials } from './open-credentials.ts';
export type { CredentialsSource, OpenOptions } from './open-credentials.ts';
