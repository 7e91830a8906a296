/** Why a server gave no whole answer. */
export type LinkReason =
  /** No host has this name. */
  | 'no-host'
  /** Nothing listens there. */
  | 'refused'
  /** There is no way there, or the name cannot be looked up now. */
  | 'unreachable'
  /** The server cannot prove who it is. */
  | 'certificate'
  /** The server does not speak TLS. */
  | 'no-tls'
  /** The server does not speak HTTP. */
  | 'no-http'
  /** The connection ended before the answer did. */
  | 'cut'
  /** No connection in time. */
  | 'silent'
  /** No whole answer in time. */
  | 'late'
  /** The answer is longer than we take. */
  | 'too-long'
  /** The client is disposed. */
  | 'closed';

/** A server that gave no whole answer. The message is in plain words, with its host and port. */
export class LinkError extends Error {
  readonly reason: LinkReason;
  /** Whether an older connection ended as soon as it was used again, as servers do with idle ones. */
  readonly wasIdle: boolean;

  constructor(
    reason: LinkReason,
    message: string,
    options: { readonly wasIdle?: boolean; readonly cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'LinkError';
    this.reason = reason;
    this.wasIdle = options.wasIdle ?? false;
  }
}

/**
 * The error of a connection in plain words.
 * @param server `host:port`.
 */
export function linkErrorOf(
  error: NodeJS.ErrnoException,
  server: string,
  options: { readonly isSecure: boolean; readonly wasIdle: boolean },
): LinkError {
  const { code = '' } = error;
  const known = reasons.find(({ codes }) => codes.test(code));
  const wasIdle = options.wasIdle && known?.reason === 'cut';
  if (known !== undefined) {
    return new LinkError(known.reason, known.say(server), { wasIdle, cause: error });
  }
  // What TLS has to say has codes of many kinds.
  return options.isSecure && /CERT|SELF_SIGNED|ISSUER|SIGNATURE/.test(code)
    ? new LinkError('certificate', `${server} cannot prove who it is (${code})`, { cause: error })
    : new LinkError('cut', `the connection to ${server} failed (${code || error.message})`, {
        cause: error,
      });
}

const reasons: readonly {
  readonly codes: RegExp;
  readonly reason: LinkReason;
  readonly say: (server: string) => string;
}[] = [
  {
    codes: /^ENOTFOUND$/,
    reason: 'no-host',
    say: (server) => `there is no host named ${server.replace(/:\d+$/, '')}`,
  },
  {
    codes: /^EAI_AGAIN$/,
    reason: 'unreachable',
    say: (server) => `the name ${server.replace(/:\d+$/, '')} cannot be looked up now`,
  },
  {
    codes: /^ECONNREFUSED$/,
    reason: 'refused',
    say: (server) => `nothing listens at ${server} (connection refused)`,
  },
  {
    codes: /^(?:EHOSTUNREACH|ENETUNREACH|EADDRNOTAVAIL|EACCES|EPERM)$/,
    reason: 'unreachable',
    say: (server) => `there is no way to ${server}`,
  },
  {
    codes: /^ETIMEDOUT$/,
    reason: 'silent',
    say: (server) => `${server} does not answer`,
  },
  {
    codes:
      /^(?:EPROTO|ERR_SSL_(?:WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|UNSUPPORTED_PROTOCOL|HTTP_REQUEST))$/,
    reason: 'no-tls',
    say: (server) => `${server} does not speak TLS as we do`,
  },
  {
    codes: /^HPE_/,
    reason: 'no-http',
    say: (server) => `${server} does not speak HTTP/1.1`,
  },
  {
    codes: /^(?:ECONNRESET|EPIPE|ECONNABORTED|ERR_STREAM_PREMATURE_CLOSE)$/,
    reason: 'cut',
    say: (server) => `${server} closed the connection before it had answered`,
  },
];
