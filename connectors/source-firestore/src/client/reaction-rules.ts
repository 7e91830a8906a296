import { Status } from '@fairlead/grpc';
import type { FailureKind } from '@fairlead/sdk';

/** What can be done about a call that failed. */
export type Doing =
  /** Try again after a wait that grows. */
  | { readonly do: 'retry' }
  /** Ask for less, and wait long: `BackOff.slowDown`. */
  | { readonly do: 'slow-down' }
  /** Try again once with a new token. */
  | { readonly do: 'renew-token' }
  /** The time to read at is too old or in the future: read at another. */
  | { readonly do: 'repin' }
  /** The server has no such call: do without it, or give up. */
  | { readonly do: 'unsupported' }
  /** Give up when the call has failed so many times in a row; 1 is at once. */
  | { readonly do: 'fail'; readonly attempts: number };

/** What is known of an error, for its words. */
export interface Facts {
  /** What the server said, in one line. */
  readonly text: string;
  readonly link: string | undefined;
  readonly principal: string | undefined;
  /** How far this machine's clock is ahead of the server's. */
  readonly skewMs: number | undefined;
}

/** What to do about errors of one kind, and what they are called. */
export interface Rule {
  /** Any code when absent. */
  readonly code?: Status;
  /** The reason in an `ErrorInfo`, which decides where the server sends one. */
  readonly reason?: RegExp;
  /** What the server's text looks like: many errors differ in nothing else. */
  readonly text?: RegExp;
  readonly doing: Doing;
  readonly kind: FailureKind;
  readonly say: (facts: Facts) => string;
  readonly hint?: (facts: Facts) => string;
}

/** The rule for an error: the first that fits. */
export function ruleFor(code: Status, text: string, reason: string | undefined): Rule {
  const fits = (rule: Rule) => {
    if (rule.code !== undefined && rule.code !== code) return false;
    if (rule.reason === undefined && rule.text === undefined) return true;
    return (
      (reason !== undefined && rule.reason?.test(reason) === true) || rule.text?.test(text) === true
    );
  };
  return rules.find(fits) ?? otherwise;
}

const once: Doing = { do: 'fail', attempts: 1 };

const wrongServer = {
  doing: { do: 'fail', attempts: 5 },
  kind: 'config',
  say: ({ text }) => `what answers there is not Firestore: ${text}`,
  hint: () => 'Check advanced.endpoint and advanced.emulatorHost, and what stands in between.',
} satisfies Partial<Rule>;

/** Something passed: nobody has to do anything. */
function passing(code: Status, what: string): Rule {
  return {
    code,
    doing: { do: 'retry' },
    kind: 'transient',
    say: ({ text }) => sentence(what, text),
  };
}

const accessRules: readonly Rule[] = [
  {
    code: Status.PERMISSION_DENIED,
    reason: /^SERVICE_DISABLED$/,
    text: /has not been used in project|API .*disabled/i,
    doing: { do: 'fail', attempts: 3 },
    kind: 'access',
    say: () => 'the Firestore API is not enabled in the project',
    hint: ({ link }) =>
      `Enable it${link === undefined ? ' in the Google Cloud console' : ` at ${link}`} and wait a few minutes.`,
  },
  {
    code: Status.PERMISSION_DENIED,
    reason: /^BILLING_DISABLED$/,
    text: /requires billing/i,
    doing: { do: 'fail', attempts: 3 },
    kind: 'access',
    say: () => 'the project has no billing account that pays for this',
    hint: ({ link }) =>
      `Set one up${link === undefined ? ' in the Google Cloud console' : ` at ${link}`}.`,
  },
  {
    code: Status.PERMISSION_DENIED,
    reason: /^ACCESS_TOKEN_SCOPE_INSUFFICIENT$/,
    text: /insufficient authentication scopes/i,
    doing: once,
    kind: 'access',
    say: () => 'the credentials are good for other services only',
    hint: () =>
      'Give them the scope https://www.googleapis.com/auth/datastore or cloud-platform: a virtual machine has its scopes in its settings, and gcloud auth application-default login takes --scopes.',
  },
  {
    code: Status.PERMISSION_DENIED,
    reason: /^(?:USER_PROJECT_DENIED|CONSUMER_INVALID)$/,
    text: /requires a quota project|user project/i,
    doing: once,
    kind: 'access',
    say: ({ text }) => sentence('the project that these credentials bill to is refused', text),
    hint: () =>
      'Use the key of a service account, or run: gcloud auth application-default set-quota-project PROJECT.',
  },
  {
    code: Status.PERMISSION_DENIED,
    reason: /^SECURITY_POLICY_VIOLATED$/,
    text: /organization's policy|VPC Service Controls/i,
    doing: { do: 'fail', attempts: 3 },
    kind: 'access',
    say: ({ text }) => sentence('a policy of the organization forbids it', text),
    hint: () => 'Ask its administrators to let this machine or account through.',
  },
  {
    code: Status.PERMISSION_DENIED,
    doing: { do: 'fail', attempts: 3 },
    kind: 'access',
    say: ({ principal, text }) =>
      sentence(`${principal ?? 'the account'} may not read the database`, text),
    hint: () =>
      'Grant the role roles/datastore.viewer (Cloud Datastore Viewer) in the project of the database.',
  },
  {
    code: Status.UNAUTHENTICATED,
    doing: { do: 'renew-token' },
    kind: 'access',
    say: ({ text, skewMs, principal }) => {
      const who = principal === undefined ? '' : ` of ${principal}`;
      const clock = clockText(skewMs);
      return clock === undefined
        ? sentence(`Google does not accept the credentials${who}`, text)
        : `Google does not accept the credentials${who}, and ${clock}`;
    },
    hint: ({ skewMs }) =>
      clockText(skewMs) === undefined
        ? 'Check that the key or account was not deleted or disabled.'
        : 'Set the clock: tokens carry the time.',
  },
];

const conditionRules: readonly Rule[] = [
  {
    code: Status.FAILED_PRECONDITION,
    text: /too old|read.?time.*\b(?:before|earlier|older|past|expired)\b/i,
    doing: { do: 'repin' },
    kind: 'state',
    say: () => 'the versions of that time are no longer kept',
    hint: () => 'Point-in-time recovery keeps them for seven days instead of one hour.',
  },
  {
    code: Status.FAILED_PRECONDITION,
    text: /datastore mode/i,
    doing: once,
    kind: 'config',
    say: () => 'the database is in Datastore mode, which this connector cannot read',
    hint: () => 'Name a database in native mode.',
  },
  {
    code: Status.FAILED_PRECONDITION,
    text: /requires an?\b.*\bindex|index is (?:not ready|still|currently|being)/i,
    doing: once,
    kind: 'config',
    say: ({ text }) =>
      /requires/i.test(text)
        ? 'the query needs an index that is not there'
        : 'the index that the query needs is still being built',
    hint: ({ link }) =>
      link === undefined ? 'Make it in the Firebase console.' : `You find it at ${link}`,
  },
  {
    code: Status.FAILED_PRECONDITION,
    text: /real.?time/i,
    doing: once,
    kind: 'config',
    say: () => 'the database has real-time updates disabled, so that nothing tells of changes',
    hint: () => 'Enable real-time updates in the settings of the database.',
  },
  {
    code: Status.FAILED_PRECONDITION,
    text: /Firestore API is (?:disabled|not available)|data access/i,
    doing: once,
    kind: 'config',
    say: () => 'the database does not let the Firestore API read it',
    hint: () => 'Enable Firestore data access in the settings of the database.',
  },
  {
    code: Status.INVALID_ARGUMENT,
    text: /read.?time.*(?:future|minute)/i,
    doing: { do: 'repin' },
    kind: 'state',
    say: ({ text }) =>
      /future/i.test(text)
        ? 'the time to read at is in the future'
        : 'of a time more than an hour ago only whole minutes are kept',
  },
  {
    code: Status.NOT_FOUND,
    text: /\b(?:database|project)\b/i,
    doing: once,
    kind: 'config',
    say: ({ text }) => {
      const [, database] = /database '?([^\s']+?)'? does not exist/i.exec(text) ?? [];
      return database === undefined
        ? sentence('there is no such database', text)
        : `the project has no database ${database}`;
    },
    hint: ({ link }) =>
      `Check database in the settings${link === undefined ? '.' : `, or make one at ${link}`}`,
  },
];

const limitRules: readonly Rule[] = [
  {
    code: Status.RESOURCE_EXHAUSTED,
    // Our own words, about a message that was refused here.
    text: /message of \d+ bytes is longer/,
    doing: once,
    kind: 'data',
    say: ({ text }) => `an answer of Firestore is too long: ${text}`,
  },
  {
    code: Status.RESOURCE_EXHAUSTED,
    text: /\bfree\b/i,
    doing: { do: 'slow-down' },
    kind: 'transient',
    say: () => 'the free quota of reads is used up for today',
    hint: () =>
      'It is renewed at midnight, Pacific time; with billing enabled the project may read more.',
  },
  {
    code: Status.RESOURCE_EXHAUSTED,
    doing: { do: 'slow-down' },
    kind: 'transient',
    say: ({ text }) => sentence('Firestore asks for less: a limit or quota is reached', text),
    hint: () => 'Lower advanced.scanParallelism, or raise the quota of the project.',
  },
];

const serverRules: readonly Rule[] = [
  { code: Status.UNKNOWN, text: /is no gRPC/, ...wrongServer },
  { code: Status.INTERNAL, text: /this is no gRPC|HTTP status 400/, ...wrongServer },
  { code: Status.UNAVAILABLE, text: /does not speak HTTP\/2/, ...wrongServer },
  {
    code: Status.UNAVAILABLE,
    text: /no secure connection.*(?:certificate|altnames)/i,
    doing: { do: 'fail', attempts: 5 },
    kind: 'config',
    say: ({ text }) => `the server cannot prove who it is: ${text}`,
    hint: () =>
      'Check advanced.endpoint, the clock of this machine, and whether a proxy stands in between; Node takes its authority from NODE_EXTRA_CA_CERTS.',
  },
  { code: Status.UNAVAILABLE, text: /no secure connection.*(?:version|routines)/i, ...wrongServer },
  {
    ...passing(Status.UNAVAILABLE, 'Firestore cannot be reached'),
    text: /no host named|nothing listens|no route/,
    hint: () => 'Check the network, advanced.endpoint and advanced.emulatorHost.',
  },
  passing(Status.CANCELLED, 'the call was cancelled'),
  passing(Status.UNKNOWN, 'Firestore failed'),
  passing(Status.DEADLINE_EXCEEDED, 'Firestore took too long'),
  passing(Status.ABORTED, 'Firestore gave up'),
  passing(Status.INTERNAL, 'Firestore failed'),
  passing(Status.UNAVAILABLE, 'Firestore cannot be reached'),
  {
    code: Status.UNIMPLEMENTED,
    doing: { do: 'unsupported' },
    kind: 'config',
    say: ({ text }) => sentence('the server does not know this call of Firestore', text),
    hint: () => 'Check advanced.endpoint and advanced.emulatorHost.',
  },
  {
    code: Status.DATA_LOSS,
    doing: { do: 'fail', attempts: 2 },
    kind: 'data',
    say: ({ text }) => sentence('Firestore says that data is lost or damaged', text),
    hint: () => 'Ask the support of Google Cloud.',
  },
];

const otherwise: Rule = {
  doing: once,
  kind: 'config',
  say: ({ text }) => sentence('Firestore refuses the request', text),
};

const rules: readonly Rule[] = [...accessRules, ...conditionRules, ...limitRules, ...serverRules];

function sentence(what: string, text: string): string {
  return text === '' ? what : `${what}: ${text}`;
}

/** What is wrong with this machine's clock, if it is off by a minute or more. */
function clockText(skewMs: number | undefined): string | undefined {
  if (skewMs === undefined || Math.abs(skewMs) < 60_000) return undefined;
  const minutes = Math.round(Math.abs(skewMs) / 60_000);
  return `this machine's clock is ${minutes} min ${skewMs > 0 ? 'ahead' : 'behind'}`;
}
