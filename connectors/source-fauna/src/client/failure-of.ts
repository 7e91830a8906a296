import { Failure, isFailure, type FailureKind } from '@fairlead/sdk';
import { belowHistoryIn } from './below-history.ts';
import { isForbidden, isMissing, isTimeOut, isTooMuchWork } from './error-kinds.ts';
import { FaunaError } from './fauna-error.ts';
import { LinkError, type LinkReason } from './link-error.ts';

/**
 * What an error of a call means, and what to do about it. A failure is as it is.
 * @param where What was read: `collection users`, or the server.
 * @throws The error itself when it is of another kind: the reason of an abort, or a bug.
 */
export function failureOf(error: unknown, where: string): Failure {
  if (isFailure(error)) return error;
  if (error instanceof FaunaError) return failureOfAnswer(error, where);
  if (error instanceof LinkError) return failureOfLink(error, where);
  throw error;
}

function failureOfAnswer(error: FaunaError, where: string): Failure {
  const { kind, say, hint } = rules.find(({ fits }) => fits(error)) ?? otherwise;
  return new Failure(kind, say(error), {
    where,
    ...(hint === undefined ? {} : { hint }),
    ...(error.retryAfterMs === undefined ? {} : { retryAfterMs: error.retryAfterMs }),
    cause: error,
  });
}

interface Rule {
  readonly fits: (error: FaunaError) => boolean;
  readonly kind: FailureKind;
  readonly say: (error: FaunaError) => string;
  readonly hint?: string;
}

const status =
  (...statuses: readonly number[]) =>
  (error: FaunaError) =>
    statuses.includes(error.status);

const smallerPages = 'Lower collection.page_size in the settings.';
const checkServer =
  'Check domain, port, scheme and api_version in the settings, and what stands in between.';

const rules: readonly Rule[] = [
  {
    fits: (error) => error.isForeign && !isPassing(error) && error.status !== 401,
    kind: 'config',
    say: ({ status: code, description }) =>
      `what answers there is not Fauna: ${code} ${description}`,
    hint: checkServer,
  },
  {
    fits: status(401),
    kind: 'access',
    say: () => 'Unauthorized',
    hint: 'The server does not accept the secret: check that it is of a key of this database that was not deleted.',
  },
  {
    fits: isForbidden,
    kind: 'access',
    say: ({ description }) => `permission denied: ${description}`,
    hint: 'Give the role of the key read on what is named here, or use a key with the role server-readonly.',
  },
  {
    fits: status(410),
    kind: 'access',
    say: ({ description }) => `the server refuses all requests: ${description}`,
    hint: 'If it is FQL v4 that is disabled, set api_version to 10 in the settings.',
  },
  {
    fits: (error) => belowHistoryIn(error) !== undefined,
    kind: 'state',
    say: ({ description }) => `the versions of that time are no longer kept: ${description}`,
    hint: 'Read the collection anew; a greater history_days of it keeps them for longer.',
  },
  {
    fits: (error) => error.is('transaction aborted') || error.is('abort'),
    kind: 'config',
    say: ({ description }) => description,
    hint: 'Correct the path of the column, or set required to false.',
  },
  {
    fits: ({ description }) => /^Index '.*' is not active\.$/.test(description),
    kind: 'transient',
    say: ({ description }) => description.replace(/\.$/, ''),
    hint: 'The server is still building it; it can be read when it is active.',
  },
  {
    fits: isMissing,
    kind: 'config',
    say: ({ description }) => description.replace(/\.$/, ''),
    hint: 'Check its name: it may have been deleted or renamed, and letters of different case differ.',
  },
  {
    fits: (error) => error.status === 413 || isTooMuchWork(error),
    kind: 'config',
    say: ({ description }) => `too much for one request: ${description}`,
    hint: smallerPages,
  },
  {
    fits: (error) => error.status === 440 || isTimeOut(error),
    kind: 'transient',
    say: ({ description }) => `the server took too long: ${description}`,
    hint: smallerPages,
  },
  {
    fits: status(429),
    kind: 'transient',
    say: ({ description }) => `the server asks for less: ${description}`,
  },
  {
    fits: status(409),
    kind: 'transient',
    say: ({ description }) => `somebody else was writing at the same time: ${description}`,
  },
  {
    fits: (error) => isPassing(error),
    kind: 'transient',
    say: ({ status: code, description }) => `the server failed: ${code} ${description}`,
  },
  {
    fits: (error) => error.is('not found') || error.is('method not allowed'),
    kind: 'config',
    say: ({ description }) => `the server does not know this request: ${description}`,
    hint: checkServer,
  },
];

const otherwise: Rule = {
  fits: () => true,
  kind: 'config',
  say: ({ code, description }) => `the server refuses the query: ${code}: ${description}`,
};

/** Also what servers in between answer. */
function isPassing(error: FaunaError): boolean {
  return error.status >= 500 || error.status === 408 || error.status === 429;
}

function failureOfLink(error: LinkError, where: string): Failure {
  const { kind, hint } = links[error.reason];
  return new Failure(kind, error.message, {
    where,
    ...(hint === undefined ? {} : { hint }),
    cause: error,
  });
}

const links: Readonly<Record<LinkReason, { readonly kind: FailureKind; readonly hint?: string }>> =
  {
    'no-host': {
      kind: 'config',
      hint: 'Check domain in the settings; the service at fauna.com has ended, so name a server of your own.',
    },
    refused: {
      kind: 'transient',
      hint: 'Check domain and port in the settings, and whether the server runs.',
    },
    unreachable: { kind: 'transient', hint: 'Check the network, and domain in the settings.' },
    certificate: {
      kind: 'config',
      hint: 'Check domain in the settings; Node takes authorities of your own from NODE_EXTRA_CA_CERTS.',
    },
    'no-tls': { kind: 'config', hint: 'Set scheme to http in the settings, or check port.' },
    'no-http': {
      kind: 'config',
      hint: 'Check port in the settings; if the server speaks TLS there, set scheme to https.',
    },
    cut: {
      kind: 'transient',
      hint: 'If this was the first request, check port and scheme in the settings: the server may speak TLS there, or something else.',
    },
    silent: {
      kind: 'transient',
      hint: 'Check domain and port in the settings, and firewalls in between.',
    },
    late: { kind: 'transient', hint: smallerPages },
    'too-long': { kind: 'config', hint: smallerPages },
    closed: { kind: 'transient' },
  };
