import type { Ending, ListenSettings, Rpc, Settings } from '@fairlead/fake-firestore';
import * as fc from 'fast-check';

/** One thing that happens, and how many turns of the event loop pass after it. */
export type Step = { readonly turns?: number } & (
  | { readonly is: 'nothing' }
  | { readonly is: 'write'; readonly at: number; readonly how: How }
  /** Several documents at one instant. */
  | { readonly is: 'writes'; readonly at: readonly number[] }
  /** The source begins, if it does not run. `lag` checkpoints are never durable in time. */
  | { readonly is: 'live'; readonly lag: number }
  /** The source is killed and begins again at once. */
  | { readonly is: 'kill'; readonly lag: number }
  /** The source is killed. */
  | { readonly is: 'down' }
  /** The source is told to stop, and begins again. */
  | { readonly is: 'stop' }
  /** The source is killed; then it runs until it has caught up. */
  | { readonly is: 'catch-up'; readonly lag: number }
  | { readonly is: 'reset' | 'filter' | 'heartbeat' | 'hold' | 'release' }
  /** All targets end. */
  | { readonly is: 'remove'; readonly code: number }
  /** The next target ends after so many documents. */
  | { readonly is: 'fail-target'; readonly code: number; readonly after: number }
  /** The next call of a kind ends after so many messages. */
  | { readonly is: 'fault'; readonly rpc: Rpc; readonly after: number; readonly end: Ending }
  /** Targets that have to catch up on more documents end. */
  | { readonly is: 'limit'; readonly limit: number }
  | { readonly is: 'hours'; readonly hours: number }
);

export type How = 'set' | 'update' | 'delete' | 'same' | 'recreate';

/** What holds all the time. */
export interface Circumstances {
  readonly bindings: readonly string[];
  readonly settings: Partial<Omit<Settings, 'listen'>>;
  readonly listen: Partial<ListenSettings>;
  /** What is there before the first start. */
  readonly before: readonly number[];
  readonly scanParallelism: number;
  /** Whether all that is there is read at one instant. */
  readonly isSnapshot: boolean;
}

const passing = fc.constantFrom(...([1, 2, 4, 8, 10, 13, 14] as const));
const at = fc.nat(60);
const lag = fc.constantFrom(0, 0, 0, 1, 2, 5);
const turns = fc.oneof(
  { weight: 3, arbitrary: fc.nat(3) },
  { weight: 2, arbitrary: fc.nat(100) },
  { weight: 2, arbitrary: fc.nat(1500) },
);
const end: fc.Arbitrary<Ending> = fc.oneof(
  passing.map((code) => ({ code })),
  fc.constantFrom(0, 2, 7, 8, 11).map((reset) => ({ reset })),
  fc.constant({ goaway: 0 }),
  fc.constant({ disconnect: true as const }),
);
const limit = fc.constantFrom(1, 2, 3, 5, Infinity, Infinity);

const happening: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 16,
    arbitrary: fc.record({
      is: fc.constant('write' as const),
      at,
      how: fc.constantFrom<How>('set', 'set', 'update', 'delete', 'delete', 'same', 'recreate'),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      is: fc.constant('writes' as const),
      at: fc.array(at, { minLength: 2, maxLength: 12 }),
    }),
  },
  { weight: 3, arbitrary: fc.record({ is: fc.constant('live' as const), lag }) },
  { weight: 4, arbitrary: fc.record({ is: fc.constant('kill' as const), lag }) },
  { weight: 1, arbitrary: fc.constant({ is: 'down' as const }) },
  { weight: 1, arbitrary: fc.constant({ is: 'stop' as const }) },
  { weight: 1, arbitrary: fc.record({ is: fc.constant('catch-up' as const), lag }) },
  {
    weight: 4,
    arbitrary: fc.constantFrom<Step>(
      { is: 'reset' },
      { is: 'filter' },
      { is: 'heartbeat' },
      { is: 'heartbeat' },
      { is: 'hold' },
      { is: 'release' },
      { is: 'release' },
      { is: 'nothing' },
    ),
  },
  { weight: 1, arbitrary: fc.record({ is: fc.constant('remove' as const), code: passing }) },
  {
    weight: 1,
    arbitrary: fc.record({
      is: fc.constant('fail-target' as const),
      code: passing,
      after: fc.nat(6),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      is: fc.constant('fault' as const),
      rpc: fc.constantFrom<Rpc>(
        'Listen',
        'Listen',
        'RunQuery',
        'RunQuery',
        'RunAggregationQuery',
        'BatchGetDocuments',
      ),
      after: fc.nat(12),
      end,
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      is: fc.constant('fault' as const),
      rpc: fc.constant<Rpc>('Listen'),
      after: fc.nat(12),
      end: fc.constant<Ending>({ silence: true }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ is: fc.constant('limit' as const), limit }) },
  {
    weight: 1,
    arbitrary: fc.record({
      is: fc.constant('hours' as const),
      hours: fc.constantFrom(0.5, 0.5, 2),
    }),
  },
);

/** A thing that happens, and the time after it. */
export const step: fc.Arbitrary<Step> = fc
  .tuple(happening, turns)
  .map(([what, after]) => ({ ...what, turns: after }));

/** Circumstances of every kind that Firestore and its emulator know. */
export const circumstances: fc.Arbitrary<Circumstances> = fc
  .record({
    bindings: fc.constantFrom(
      ['users'],
      ['users/*/messages'],
      ['users/*/messages', 'groups/*/messages'],
      ['users', 'users/*/messages', 'groups/*/messages'],
    ),
    style: fc.constantFrom('production' as const, 'production' as const, 'emulator' as const),
    partitions: fc.boolean(),
    partitionDocuments: fc.constantFrom(1, 3, 128),
    cut: fc.constantFrom(1, 2, 3, 5, undefined, undefined),
    forget: fc.constantFrom('none' as const, 'all' as const, 'some' as const),
    filterOnResume: fc.constantFrom('always' as const, 'forgotten' as const),
    tooOldResume: fc.constantFrom('remove' as const, 'reset' as const, 'full' as const),
    heartbeatMs: fc.constantFrom(3, 30_000),
    consistentPointDelayMs: fc.constantFrom(0, 0, 4),
    turnDocuments: fc.constantFrom(1, Infinity),
    cursors: fc.constantFrom(true, true, true, false),
    before: fc.array(at, { maxLength: 50 }),
    scanParallelism: fc.constantFrom(1, 8),
    isSnapshot: fc.constantFrom(true, false, false, false),
  })
  .map(({ bindings, style, partitions, partitionDocuments, cut, forget, before, ...rest }) => {
    const { scanParallelism, isSnapshot, ...listen } = rest;
    const queryCut = cut === undefined ? {} : { afterDocuments: cut };
    const forgetDeletes =
      forget === 'some' ? (path: string) => path.charCodeAt(path.length - 1) % 2 === 0 : forget;
    return {
      bindings,
      settings: { style, partitions, partitionDocuments, queryCut },
      listen: { ...listen, forgetDeletes },
      before,
      scanParallelism,
      isSnapshot,
    };
  });
