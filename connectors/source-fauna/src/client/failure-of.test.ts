import { describeFailure, Failure } from '@fairlead/sdk';
import { describe, expect, test } from 'vitest';
import { isBelowHistory } from './below-history.ts';
import { isForbidden, isMissing, isTooLarge } from './error-kinds.ts';
import { failureOf } from './failure-of.ts';
import { FaunaError } from './fauna-error.ts';
import { LinkError, linkErrorOf, type LinkReason } from './link-error.ts';

const answered = (status: number, code: string, description = 'As it happens.') =>
  new FaunaError({ status, code, description });

const below =
  'Requested timestamp 2000-01-01T00:00:00Z less than minimum allowed timestamp 2022-11-22T01:23:45.123456Z.';

// All of §9 of the protocol, of FQL v4 and v10, as one line for whoever has to act.
test.each<[FaunaError, string, string]>([
  [
    answered(400, 'invalid expression'),
    'config',
    'the server refuses the query: invalid expression: As it happens.',
  ],
  [
    answered(400, 'invalid argument'),
    'config',
    'the server refuses the query: invalid argument: As it happens.',
  ],
  [
    answered(400, 'invalid_query'),
    'config',
    'the server refuses the query: invalid_query: As it happens.',
  ],
  [
    answered(400, 'invalid ref', "Ref refers to undefined collection 'foo'"),
    'config',
    "Ref refers to undefined collection 'foo'. Check its name: it may have been deleted or renamed, and letters of different case differ.",
  ],
  [
    answered(
      400,
      'invalid_argument',
      'invalid argument `collection`: No such user collection `foo`.',
    ),
    'config',
    'invalid argument `collection`: No such user collection `foo`. Check its name: it may have been deleted or renamed, and letters of different case differ.',
  ],
  [
    answered(400, 'transaction aborted', 'Column a: nothing at data.a'),
    'config',
    'Column a: nothing at data.a. Correct the path of the column, or set required to false.',
  ],
  [
    answered(400, 'bad request', below),
    'state',
    `the versions of that time are no longer kept: ${below} Read the collection anew; a greater history_days of it keeps them for longer.`,
  ],
  [
    answered(400, 'invalid_request', below),
    'state',
    `the versions of that time are no longer kept: ${below} Read the collection anew; a greater history_days of it keeps them for longer.`,
  ],
  [
    answered(400, 'bad request', 'Query exceeds max width. Max: 1, current: 2.'),
    'config',
    'too much for one request: Query exceeds max width. Max: 1, current: 2. Lower collection.page_size in the settings.',
  ],
  [
    answered(401, 'unauthorized', 'Unauthorized'),
    'access',
    'Unauthorized. The server does not accept the secret: check that it is of a key of this database that was not deleted.',
  ],
  [
    answered(401, '', 'text/html'),
    'access',
    'Unauthorized. The server does not accept the secret: check that it is of a key of this database that was not deleted.',
  ],
  ...[
    answered(403, 'permission denied'),
    answered(403, 'forbidden'),
    answered(400, 'permission_denied'),
  ].map((error): [FaunaError, string, string] => [
    error,
    'access',
    'permission denied: As it happens. Give the role of the key read on what is named here, or use a key with the role server-readonly.',
  ]),
  [
    answered(404, 'instance not found', 'Document not found.'),
    'config',
    'Document not found. Check its name: it may have been deleted or renamed, and letters of different case differ.',
  ],
  [
    answered(404, 'instance not found', "Index 'x' is not active."),
    'transient',
    "Index 'x' is not active. The server is still building it; it can be read when it is active.",
  ],
  [
    answered(404, 'value not found'),
    'config',
    'the server refuses the query: value not found: As it happens.',
  ],
  [
    answered(404, 'not found'),
    'config',
    'the server does not know this request: As it happens. Check domain, port, scheme and api_version in the settings, and what stands in between.',
  ],
  [
    answered(404, '', 'text/html'),
    'config',
    'what answers there is not Fauna: 404 text/html. Check domain, port, scheme and api_version in the settings, and what stands in between.',
  ],
  [
    answered(409, 'contended transaction'),
    'transient',
    'somebody else was writing at the same time: As it happens.',
  ],
  [
    answered(410, 'permission denied'),
    'access',
    'the server refuses all requests: As it happens. If it is FQL v4 that is disabled, set api_version to 10 in the settings.',
  ],
  [
    answered(413, 'request too large'),
    'config',
    'too much for one request: As it happens. Lower collection.page_size in the settings.',
  ],
  [answered(429, 'too many requests'), 'transient', 'the server asks for less: As it happens.'],
  [
    answered(440, 'processing time limit exceeded'),
    'transient',
    'the server took too long: As it happens. Lower collection.page_size in the settings.',
  ],
  [answered(500, 'internal server error'), 'transient', 'the server failed: 500 As it happens.'],
  [answered(502, '', 'text/html'), 'transient', 'the server failed: 502 text/html'],
  [
    answered(503, 'time out', 'Read timed out'),
    'transient',
    'the server took too long: Read timed out. Lower collection.page_size in the settings.',
  ],
  [answered(503, 'x'), 'transient', 'the server failed: 503 As it happens.'],
  [answered(540, 'operator error'), 'transient', 'the server failed: 540 As it happens.'],
])('%s is %s', (error, kind, line) => {
  const failure = failureOf(error, 'collection foo');
  expect(failure).toMatchObject({ kind, cause: error });
  expect(describeFailure(failure)).toBe(`collection foo: ${line}`);
});

describe('an error of a connection', () => {
  const kinds: Readonly<Record<LinkReason, string>> = {
    'no-host': 'config',
    refused: 'transient',
    unreachable: 'transient',
    certificate: 'config',
    'no-tls': 'config',
    'no-http': 'config',
    cut: 'transient',
    silent: 'transient',
    late: 'transient',
    'too-long': 'config',
    closed: 'transient',
  };

  test.each(Object.entries(kinds))('for the reason %s is %s', (reason, kind) => {
    const error = new LinkError(reason as LinkReason, 'in plain words');
    expect(failureOf(error, 'there')).toMatchObject({
      kind,
      message: 'in plain words',
      where: 'there',
      cause: error,
    });
  });

  test.each([
    ['ENOTFOUND', 'no-host', 'there is no host named db.test'],
    ['EAI_AGAIN', 'unreachable', 'the name db.test cannot be looked up now'],
    ['ECONNREFUSED', 'refused', 'nothing listens at db.test:443 (connection refused)'],
    ['EHOSTUNREACH', 'unreachable', 'there is no way to db.test:443'],
    ['ENETUNREACH', 'unreachable', 'there is no way to db.test:443'],
    ['ETIMEDOUT', 'silent', 'db.test:443 does not answer'],
    ['EPROTO', 'no-tls', 'db.test:443 does not speak TLS as we do'],
    ['ERR_SSL_WRONG_VERSION_NUMBER', 'no-tls', 'db.test:443 does not speak TLS as we do'],
    ['HPE_INVALID_CONSTANT', 'no-http', 'db.test:443 does not speak HTTP/1.1'],
    ['ECONNRESET', 'cut', 'db.test:443 closed the connection before it had answered'],
    ['EPIPE', 'cut', 'db.test:443 closed the connection before it had answered'],
    ['CERT_HAS_EXPIRED', 'certificate', 'db.test:443 cannot prove who it is (CERT_HAS_EXPIRED)'],
    [
      'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
      'certificate',
      'db.test:443 cannot prove who it is (UNABLE_TO_VERIFY_LEAF_SIGNATURE)',
    ],
    ['EWHATEVER', 'cut', 'the connection to db.test:443 failed (EWHATEVER)'],
  ])('%s is %s', (code, reason, message) => {
    const error = Object.assign(new Error('raw'), { code });
    const options = { isSecure: true, wasIdle: false };
    expect(linkErrorOf(error, 'db.test:443', options)).toMatchObject({ reason, message });
  });
});

test('a failure stays what it is, and anything else is thrown', () => {
  const failure = new Failure('data', 'x');
  expect(failureOf(failure, 'there')).toBe(failure);
  const bug = new TypeError('x');
  expect(() => failureOf(bug, 'there')).toThrow(bug);
});

describe('of an error, and of the failure that was made of it', () => {
  const both = (error: FaunaError | LinkError) => [error, failureOf(error, 'there')];

  test.each<[FaunaError | LinkError, boolean]>([
    [answered(413, 'request too large'), true],
    [answered(413, 'request_size_exceeded'), true],
    [answered(440, 'processing time limit exceeded'), true],
    [answered(440, 'time_out'), true],
    [answered(503, 'time out'), true],
    [answered(503, 'time_out'), true],
    [answered(503, 'x'), false],
    [answered(400, 'bad request', 'Query exceeds max width. Max: 1, current: 2.'), true],
    [answered(400, 'bad request', 'Transaction does too much compute: got 2, limit: 1'), true],
    [answered(400, 'bad request', 'Transaction exceeded limit: got 2 bytes, limit 1 bytes'), true],
    [answered(400, 'bad request', below), false],
    [answered(429, 'too many requests'), false],
    [new LinkError('too-long', 'x'), true],
    [new LinkError('late', 'x'), true],
    [new LinkError('cut', 'x'), false],
  ])('%s is too large: %s', (error, expected) => {
    expect(both(error).map(isTooLarge)).toEqual([expected, expected]);
  });

  test.each<[FaunaError | LinkError, boolean]>([
    [answered(403, 'permission denied'), true],
    [answered(403, 'forbidden'), true],
    [answered(400, 'permission_denied'), true],
    [answered(403, ''), false],
    [answered(410, 'permission denied'), false],
    [answered(401, 'unauthorized'), false],
    [new LinkError('refused', 'x'), false],
  ])('%s is forbidden: %s', (error, expected) => {
    expect(both(error).map(isForbidden)).toEqual([expected, expected]);
  });

  test.each<[FaunaError | LinkError, boolean]>([
    [answered(400, 'invalid ref'), true],
    [answered(404, 'instance not found'), true],
    [answered(400, 'invalid_argument', 'No such user collection `x`.'), true],
    [answered(400, 'invalid argument'), false],
    [answered(404, 'value not found'), false],
    [new LinkError('no-host', 'x'), false],
  ])('%s is missing: %s', (error, expected) => {
    expect(both(error).map(isMissing)).toEqual([expected, expected]);
  });

  test.each<[FaunaError | LinkError, object | undefined]>([
    [
      answered(400, 'bad request', below),
      { requested: 946_684_800_000_000n, least: 1_669_080_225_123_456n },
    ],
    [
      answered(
        400,
        'invalid_request',
        'Requested timestamp 5 less than minimum allowed timestamp 17.',
      ),
      { requested: 5n, least: 17n },
    ],
    [
      answered(
        400,
        'bad request',
        'Requested timestamp 1970-01-01T00:00:00.1Z less than minimum allowed timestamp 1970-01-01T00:00:01.123456789Z.',
      ),
      { requested: 100_000n, least: 1_123_456n },
    ],
    [
      answered(400, 'bad request', 'Requested timestamp a less than minimum allowed timestamp b.'),
      undefined,
    ],
    [answered(400, 'bad request'), undefined],
    [answered(500, 'internal server error', below), undefined],
    [new LinkError('late', below), undefined],
  ])('%s has the times that are no longer kept', (error, expected) => {
    expect(both(error).map(isBelowHistory)).toEqual([expected, expected]);
  });

  test('none of them are told of anything else', () => {
    for (const is of [isTooLarge, isForbidden, isMissing]) expect(is(new Error('x'))).toBe(false);
    expect(isBelowHistory(undefined)).toBeUndefined();
  });
});
