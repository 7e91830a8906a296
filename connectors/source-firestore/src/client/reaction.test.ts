import { GrpcError, Status } from '@fairlead/grpc';
import { Failure, isFailure } from '@fairlead/sdk';
import { describe, expect, test } from 'vitest';
import { ProtoWriter } from '../wire/protobuf.ts';
import { isUnsupported, reactionTo, reactionToStatus } from './reaction.ts';

const database = 'projects/demo/databases/(default)';

interface Expected {
  readonly do: string;
  readonly attempts?: number;
  readonly kind: string;
  readonly message: RegExp;
  readonly hint?: RegExp;
}

const { CANCELLED, UNKNOWN, INTERNAL, UNAVAILABLE, DEADLINE_EXCEEDED, ABORTED } = Status;
const { PERMISSION_DENIED, FAILED_PRECONDITION, INVALID_ARGUMENT, NOT_FOUND } = Status;

const passing: Expected = { do: 'retry', kind: 'transient', message: /: as it happens$/ };

const cases: [Status, string, Expected][] = [
  [CANCELLED, 'as it happens', passing],
  [UNKNOWN, 'as it happens', passing],
  [INTERNAL, 'as it happens', passing],
  [UNAVAILABLE, 'as it happens', passing],
  [DEADLINE_EXCEEDED, 'as it happens', passing],
  [ABORTED, 'as it happens', passing],
  [
    UNAVAILABLE,
    'nothing listens at localhost:1 (connection refused)',
    {
      do: 'retry',
      kind: 'transient',
      message: /^Firestore cannot be reached: nothing listens at/,
      hint: /emulatorHost/,
    },
  ],
  [
    UNAVAILABLE,
    'no secure connection to localhost:443: self-signed certificate in certificate chain',
    {
      do: 'fail',
      attempts: 5,
      kind: 'config',
      message: /^the server cannot prove who it is: /,
      hint: /NODE_EXTRA_CA_CERTS/,
    },
  ],
  [
    UNAVAILABLE,
    'example.com:443 does not speak HTTP/2',
    {
      do: 'fail',
      attempts: 5,
      kind: 'config',
      message: /^what answers there is not Firestore: example\.com:443/,
      hint: /advanced\.endpoint/,
    },
  ],
  [
    UNKNOWN,
    'the answer is no gRPC but "text/html"',
    { do: 'fail', attempts: 5, kind: 'config', message: /is not Firestore/ },
  ],
  [
    INTERNAL,
    'a message begins with 72 instead of 0: this is no gRPC',
    { do: 'fail', attempts: 5, kind: 'config', message: /is not Firestore/ },
  ],
  [
    Status.UNIMPLEMENTED,
    'the server answered with HTTP status 404',
    {
      do: 'unsupported',
      kind: 'config',
      message: /^the server does not know this call of Firestore: .*404$/,
      hint: /advanced\.endpoint/,
    },
  ],
  [
    Status.RESOURCE_EXHAUSTED,
    'Quota exceeded.',
    {
      do: 'slow-down',
      kind: 'transient',
      message: /a limit or quota is reached: Quota exceeded\.$/,
      hint: /scanParallelism/,
    },
  ],
  [
    Status.RESOURCE_EXHAUSTED,
    "Quota exceeded for quota metric 'Free daily read units per project (free tier database)' and limit 'Free daily read units per project (free tier database) per day'.",
    {
      do: 'slow-down',
      kind: 'transient',
      message: /^the free quota of reads is used up for today$/,
      hint: /midnight, Pacific time/,
    },
  ],
  [
    Status.RESOURCE_EXHAUSTED,
    'a message of 20000000 bytes is longer than the 16777216 allowed',
    { do: 'fail', attempts: 1, kind: 'data', message: /too long/ },
  ],
  [
    Status.UNAUTHENTICATED,
    'Request had invalid authentication credentials.',
    {
      do: 'renew-token',
      kind: 'access',
      message: /^Google does not accept the credentials of me@demo: Request had/,
      hint: /deleted or disabled/,
    },
  ],
  [
    PERMISSION_DENIED,
    'Missing or insufficient permissions.',
    {
      do: 'fail',
      attempts: 3,
      kind: 'access',
      message: /^me@demo may not read the database: Missing/,
      hint: /roles\/datastore\.viewer/,
    },
  ],
  [
    PERMISSION_DENIED,
    'Cloud Firestore API has not been used in project demo before or it is disabled. Enable it by visiting https://console.developers.google.com/apis/api/firestore.googleapis.com/overview?project=demo then retry.',
    {
      do: 'fail',
      attempts: 3,
      kind: 'access',
      message: /^the Firestore API is not enabled/,
      hint: /at https:\/\/console\.developers\.google\.com\/apis\/api\/firestore\.googleapis\.com\/overview\?project=demo and/,
    },
  ],
  [
    PERMISSION_DENIED,
    'This API method requires billing to be enabled. Please enable billing on project #1 by visiting https://console.developers.google.com/billing/enable?project=1.',
    {
      do: 'fail',
      attempts: 3,
      kind: 'access',
      message: /no billing account/,
      hint: /enable\?project=1\.$/,
    },
  ],
  [
    PERMISSION_DENIED,
    'Request had insufficient authentication scopes.',
    { do: 'fail', attempts: 1, kind: 'access', message: /other services/, hint: /auth\/datastore/ },
  ],
  [
    PERMISSION_DENIED,
    'The firestore.googleapis.com API requires a quota project, which is not set by default.',
    { do: 'fail', attempts: 1, kind: 'access', message: /bill to/, hint: /set-quota-project/ },
  ],
  [
    PERMISSION_DENIED,
    "Request is prohibited by organization's policy. vpcServiceControlsUniqueIdentifier: x",
    { do: 'fail', attempts: 3, kind: 'access', message: /^a policy of the organization/ },
  ],
  [
    FAILED_PRECONDITION,
    'The requested snapshot version is too old.',
    { do: 'repin', kind: 'state', message: /no longer kept/, hint: /seven days/ },
  ],
  [
    FAILED_PRECONDITION,
    "The requested 'read_time' cannot be before the retention period.",
    { do: 'repin', kind: 'state', message: /no longer kept/ },
  ],
  [
    FAILED_PRECONDITION,
    'The Cloud Firestore API is not available for Firestore in Datastore Mode database projects/demo/databases/(default).',
    { do: 'fail', attempts: 1, kind: 'config', message: /Datastore mode/, hint: /native mode/ },
  ],
  [
    FAILED_PRECONDITION,
    'The query requires an index. You can create it here: https://console.firebase.google.com/v1/r/project/demo/firestore/indexes?create_composite=Cl',
    {
      do: 'fail',
      attempts: 1,
      kind: 'config',
      message: /needs an index that is not there$/,
      hint: /at https:\/\/console\.firebase\.google\.com\/.*create_composite=Cl$/,
    },
  ],
  [
    FAILED_PRECONDITION,
    'The query requires a COLLECTION_GROUP_ASC index for collection a and field b.',
    { do: 'fail', attempts: 1, kind: 'config', message: /not there$/, hint: /Firebase console/ },
  ],
  [
    FAILED_PRECONDITION,
    'That index is currently building and cannot be used yet. See its status here: https://console.firebase.google.com/x',
    { do: 'fail', attempts: 1, kind: 'config', message: /being built$/, hint: /at https:.*\/x$/ },
  ],
  [
    FAILED_PRECONDITION,
    'Real-time updates are disabled for this database.',
    { do: 'fail', attempts: 1, kind: 'config', message: /real-time updates disabled/ },
  ],
  [
    FAILED_PRECONDITION,
    'The Firestore API is disabled for this database.',
    { do: 'fail', attempts: 1, kind: 'config', message: /does not let the Firestore API/ },
  ],
  [
    FAILED_PRECONDITION,
    'something else',
    { do: 'fail', attempts: 1, kind: 'config', message: /^Firestore refuses the request: some/ },
  ],
  [
    INVALID_ARGUMENT,
    'read_time lies in the future.',
    { do: 'repin', kind: 'state', message: /in the future/ },
  ],
  [
    INVALID_ARGUMENT,
    'read_time is older than an hour and must be a whole minute.',
    { do: 'repin', kind: 'state', message: /whole minutes/ },
  ],
  [
    INVALID_ARGUMENT,
    'Invalid field path.',
    { do: 'fail', attempts: 1, kind: 'config', message: /refuses the request: Invalid field/ },
  ],
  [
    NOT_FOUND,
    'The database (default) does not exist for project demo Please visit https://console.cloud.google.com/datastore/setup?project=demo to add a Cloud Datastore or Cloud Firestore database. ',
    {
      do: 'fail',
      attempts: 1,
      kind: 'config',
      message: /^the project has no database \(default\)$/,
      hint: /make one at https:\/\/console\.cloud\.google\.com\/datastore\/setup\?project=demo$/,
    },
  ],
  [
    NOT_FOUND,
    'The project demo does not exist or it does not contain an active Cloud Datastore or Cloud Firestore database.',
    { do: 'fail', attempts: 1, kind: 'config', message: /^there is no such database: The project/ },
  ],
  [
    Status.OUT_OF_RANGE,
    'x',
    { do: 'fail', attempts: 1, kind: 'config', message: /^Firestore refuses the request: x$/ },
  ],
  [
    Status.ALREADY_EXISTS,
    '',
    { do: 'fail', attempts: 1, kind: 'config', message: /^Firestore refuses the request$/ },
  ],
  [
    Status.DATA_LOSS,
    'x',
    { do: 'fail', attempts: 2, kind: 'data', message: /lost or damaged: x$/, hint: /support/ },
  ],
];

describe('an error', () => {
  test.each(cases)('with code %i, %j', (code, text, { kind, message, hint, ...doing }) => {
    const error = new GrpcError(code, text);
    const reaction = reactionTo(error, database, 'me@demo');
    const { failure, ...what } = reaction;
    expect(what).toEqual(doing);
    expect(failure).toMatchObject({ kind, where: database, cause: error });
    expect(failure.message).toMatch(message);
    if (hint !== undefined) expect(failure.hint).toMatch(hint);
  });

  test.each(Object.values(Status))('with code %i and no words has a message', (code) => {
    const { failure } = reactionTo(new GrpcError(code, ''), 'users');
    expect(failure.message).toMatch(/^\S.*[^:\s]$/);
    expect(failure.where).toBe('users');
  });

  test('of a target is that of a call', () => {
    const reaction = reactionToStatus(4, 'datastore operation timed out', 'users');
    expect(reaction).toMatchObject({ do: 'retry', failure: { kind: 'transient', where: 'users' } });
    expect(reactionToStatus(7, 'x', 'users', 'me@demo').failure.message).toMatch(
      /^me@demo may not/,
    );
    expect(reactionToStatus(99, 'x', 'users').do).toBe('retry');
  });

  test('that is long is shortened to a line', () => {
    const { failure } = reactionTo(new GrpcError(UNKNOWN, `a\n${'b'.repeat(9999)}`), 'users');
    expect(failure.message.length).toBeLessThan(500);
    expect(failure.message).toMatch(/: a b+…$/);
  });

  test('that is a bug or the reason of an abort is thrown as it is', () => {
    const bug = new TypeError('x');
    expect(() => reactionTo(bug, 'users')).toThrow(bug);
  });

  test('that is a failure stays one: a transient one passes, any other does not', () => {
    const busy = new Failure('transient', 'the metadata server is busy');
    expect(reactionTo(busy, 'users')).toEqual({ do: 'retry', failure: busy });
    const wrong = new Failure('config', 'this is no key');
    expect(reactionTo(wrong, 'users')).toEqual({ do: 'fail', attempts: 1, failure: wrong });
  });

  test('that a reaction made a failure of means the same again, but that it is given up at once', () => {
    const { failure: refused } = reactionTo(new GrpcError(Status.UNAUTHENTICATED, 'x'), 'users');
    expect(reactionTo(refused, 'orders')).toEqual({ do: 'renew-token', failure: refused });
    const { failure: denied } = reactionTo(new GrpcError(PERMISSION_DENIED, 'x'), 'users');
    expect(reactionTo(denied, 'orders')).toEqual({ do: 'fail', attempts: 1, failure: denied });
  });

  test('that says there is no such call is told from others, as a failure too', () => {
    const error = new GrpcError(Status.UNIMPLEMENTED, 'x');
    expect(isUnsupported(error)).toBe(true);
    expect(isUnsupported(reactionTo(error, 'users').failure)).toBe(true);
    expect(isUnsupported(new GrpcError(UNKNOWN, 'x'))).toBe(false);
    expect(isUnsupported(new Error('x'))).toBe(false);
  });
});

describe('a clock', () => {
  const refused = (aheadMs: number) =>
    reactionTo(
      new GrpcError(Status.UNAUTHENTICATED, 'Invalid token.', {
        metadata: { date: new Date(Date.now() - aheadMs).toUTCString() },
      }),
      database,
    ).failure;

  test.each([
    [300_000, "Google does not accept the credentials, and this machine's clock is 5 min ahead"],
    [
      -7_200_000,
      "Google does not accept the credentials, and this machine's clock is 120 min behind",
    ],
  ])('that is %i ms ahead is named as what is wrong', (aheadMs, message) => {
    expect(refused(aheadMs)).toMatchObject({
      message,
      hint: expect.stringMatching(/^Set the clock/),
    });
  });

  test('that is right is not mentioned', () => {
    expect(refused(2_000).message).toBe('Google does not accept the credentials: Invalid token.');
  });
});

describe('what a server adds for programs', () => {
  const any = (type: string, value: ProtoWriter) =>
    new ProtoWriter().text(1, `type.googleapis.com/google.rpc.${type}`).message(2, value);
  const info = (reason: string) => any('ErrorInfo', new ProtoWriter().text(1, reason).text(2, 'g'));
  const errorWith = (code: Status, details: readonly ProtoWriter[], text = 'x') => {
    const status = new ProtoWriter().varint(1, code).text(2, text);
    for (const detail of details) status.message(3, detail);
    return new GrpcError(code, text, { statusDetails: status.finish() });
  };

  test.each([
    ['SERVICE_DISABLED', /API is not enabled/],
    ['BILLING_DISABLED', /billing/],
    ['ACCESS_TOKEN_SCOPE_INSUFFICIENT', /other services/],
    ['USER_PROJECT_DENIED', /bill to/],
    ['SECURITY_POLICY_VIOLATED', /policy of the organization/],
    ['IAM_PERMISSION_DENIED', /may not read/],
  ])('decides: %s', (reason, message) => {
    const error = errorWith(PERMISSION_DENIED, [any('DebugInfo', new ProtoWriter()), info(reason)]);
    expect(reactionTo(error, database).failure.message).toMatch(message);
  });

  test('has a link where the words have none', () => {
    const link = new ProtoWriter().text(1, 'Enable').text(2, 'https://console.example/enable');
    const help = any('Help', new ProtoWriter().message(1, link));
    const error = errorWith(PERMISSION_DENIED, [info('SERVICE_DISABLED'), help]);
    expect(reactionTo(error, database).failure.hint).toContain('at https://console.example/enable');
  });

  test('says how long to wait', () => {
    const delay = new ProtoWriter().varint(1, 3).varint(2, 500_000_000);
    const error = errorWith(UNAVAILABLE, [any('RetryInfo', new ProtoWriter().message(1, delay))]);
    expect(reactionTo(error, database).failure.retryAfterMs).toBe(3500);
  });

  test('does no harm when it is garbled', () => {
    const error = new GrpcError(UNAVAILABLE, 'x', { statusDetails: Uint8Array.of(0x1a, 9) });
    const { failure } = reactionTo(error, database);
    expect(isFailure(failure)).toBe(true);
    expect(failure.retryAfterMs).toBeUndefined();
  });
});
