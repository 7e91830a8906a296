import type { AccessToken } from './access-token.ts';

/** How Google is told who we are; the `type` of the JSON, or the metadata server of a machine at Google. */
export type CredentialsKind =
  | 'service_account'
  | 'authorized_user'
  | 'external_account'
  | 'external_account_authorized_user'
  | 'impersonated_service_account'
  | 'metadata_server';

/** Somebody whom Google knows. It holds no resource: there is nothing to close. */
export interface Credentials {
  readonly kind: CredentialsKind;
  /** The project of a service account or of the environment; absent when neither is known. */
  readonly projectId?: string | undefined;
  /** The e-mail address that rights are given to, for messages; absent when only Google knows. */
  readonly principal?: string | undefined;
  /** The project that pays and whose limits count, for the header `x-goog-user-project`. */
  readonly quotaProject?: string | undefined;
  /** `googleapis.com`, or the domain of another cloud that Google's partners run. */
  readonly universeDomain: string;
  /**
   * A bearer token that is good for some minutes at least. Calls at the same time share one request,
   * which ends when the last of them is aborted. Transient failures were tried again already.
   * @throws {Failure} config, access, transient
   */
  token(signal: AbortSignal): Promise<string>;
  /**
   * Forgets the token that a server refused as UNAUTHENTICATED, so that the next call asks for a new
   * one. With `refused`, only if it is still that one.
   */
  renew(refused?: string): void;
}

/** What each kind knows: how to describe itself, and how to get one token. */
export interface Identity {
  readonly kind: CredentialsKind;
  readonly projectId?: string | undefined;
  readonly principal?: string | undefined;
  readonly quotaProject?: string | undefined;
  readonly universeDomain: string;
  readonly fetchToken: TokenFetcher;
}

/** Gets one new token. It retries, but remembers nothing. */
export type TokenFetcher = (request: TokenRequest) => Promise<AccessToken>;

export interface TokenRequest {
  readonly signal: AbortSignal;
  /** Calls in all for each request to a server, the first included. */
  readonly attempts?: number | undefined;
  /** Whether a server refused the token before. */
  readonly wasRefused?: boolean | undefined;
}
