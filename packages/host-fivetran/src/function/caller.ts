import { ByteWriter, encodeObject } from '@fairlead/json';
import { Failure, isFailure } from '@fairlead/sdk';
import { checkAnswer, type CheckedAnswer, type EndpointAnswer } from './caller-answer.ts';
import { type CallLimits, platformLimits } from './limits.ts';
import type { Members } from './request.ts';

/** Hands a request, which is JSON, to a function. */
export type FunctionEndpoint = (
  request: Uint8Array,
  signal: AbortSignal,
) => Promise<EndpointAnswer>;

/** Where the rows of answers go. */
export interface CallerTables {
  /** Takes all that an answer says, or nothing of it. */
  apply(answer: CheckedAnswer): Promise<void> | void;
  /** A sync has come to its end, and another one may begin. */
  endSync(): Promise<void> | void;
}

/** A bucket into whose files a function puts its rows, which its answers then have not. */
export interface CallerBucket {
  readonly name: string;
  /** The bytes of a file; undefined when there is none. */
  read(file: string): Promise<Uint8Array | undefined>;
}

/** What a connection says with each of its calls. */
export interface ConnectionOptions {
  readonly secrets?: Members;
  readonly customPayload?: Members;
  /** What the connection is called in the function's log. */
  readonly agent?: string;
  /** Of the platform; those of the first generation of Google's functions unless given. */
  readonly limits?: CallLimits;
  /** Where its rows go; into the answers unless given. */
  readonly bucket?: CallerBucket;
  readonly signal?: AbortSignal;
}

export interface SyncOptions extends ConnectionOptions {
  /** What the sync before has left; an empty one unless given. */
  readonly state?: unknown;
  readonly syncId?: string;
  /** How long calls are made; six hours unless given. */
  readonly syncMs?: number;
  /** Told of each answer once it was taken. */
  readonly onAnswer?: (answer: CheckedAnswer) => void;
  /** Milliseconds since any moment. */
  readonly now?: () => number;
}

/** How a sync has ended. */
export interface SyncReport {
  /** There is no more, or the sync took too long, or what `failure` says. */
  readonly ended: 'caught-up' | 'out-of-time' | 'failed';
  /** What Fivetran would show. */
  readonly failure?: Failure;
  /** With which the next sync begins: that of the last answer that was taken. */
  readonly state: unknown;
  /** Answers that were taken. */
  readonly calls: number;
  readonly inserted: number;
  readonly deleted: number;
}

type Writable<T> = { -readonly [Name in keyof T]: T[Name] };

const syncMsOfFivetran = 6 * 3_600_000;

/**
 * One sync as Fivetran does it: calls a function with the state that it answered last, as long as it
 * has more, and takes its rows. Rows and state of an answer are taken together.
 */
export async function callFunction(
  endpoint: FunctionEndpoint,
  tables: CallerTables,
  options: SyncOptions = {},
): Promise<SyncReport> {
  const { syncMs = syncMsOfFivetran, now = performance.now.bind(performance) } = options;
  const report: Omit<Writable<SyncReport>, 'ended'> = {
    state: options.state ?? {},
    calls: 0,
    inserted: 0,
    deleted: 0,
  };
  const beginMs = now();
  let empty = 0;
  for (;;) {
    try {
      const file = `${options.syncId ?? 'sync'}/${report.calls}.json`;
      const answer = await answerOf(endpoint, options, syncRequest(options, report.state), file);
      const [inserted, deleted] = [answer.insert, answer.delete].map(countRows);
      const isEmpty = inserted === 0 && deleted === 0 && answer.softDelete.length === 0;
      empty = isEmpty && answer.hasMore ? empty + 1 : 0;
      await tables.apply(answer);
      report.state = answer.state;
      report.calls++;
      report.inserted += inserted ?? 0;
      report.deleted += deleted ?? 0;
      options.onAnswer?.(answer);
      if (empty > mostEmpty) throw endless();
      if (!answer.hasMore || now() - beginMs >= syncMs) {
        await tables.endSync();
        return { ...report, ended: answer.hasMore ? 'out-of-time' : 'caught-up' };
      }
    } catch (error) {
      options.signal?.throwIfAborted();
      if (!isFailure(error)) throw error;
      return { ...report, ended: 'failed', failure: error };
    }
  }
}

/**
 * The test that Fivetran makes of new settings.
 * @throws {Failure} with what it would show.
 */
export async function testFunction(
  endpoint: FunctionEndpoint,
  options: ConnectionOptions = {},
): Promise<void> {
  const request = { ...connectionOf(options), setup_test: true };
  const { limits = platformLimits['gcf-gen1'] } = options;
  const responseBytes = Math.min(limits.responseBytes, testBytes);
  const asked = { ...options, limits: { ...limits, responseBytes } };
  const answer = await answerOf(endpoint, asked, request, 'test.json');
  if (countRows(answer.insert) + countRows(answer.delete) === 0) return;
  throw new Failure('data', 'the answer to a test has rows');
}

/** More answers without rows in a row end a sync. */
const mostEmpty = 10;

/** What the answer to a test has room for on its way. */
const testBytes = 65_536;

function connectionOf({
  agent = 'Fairlead/local/local',
  secrets,
  customPayload,
}: ConnectionOptions) {
  return {
    agent,
    ...(secrets === undefined ? {} : { secrets }),
    ...(customPayload === undefined ? {} : { customPayload }),
  };
}

function syncRequest(options: SyncOptions, state: unknown): object {
  const { syncId } = options;
  return { ...connectionOf(options), ...(syncId === undefined ? {} : { sync_id: syncId }), state };
}

async function answerOf(
  endpoint: FunctionEndpoint,
  { limits = platformLimits['gcf-gen1'], bucket, signal }: ConnectionOptions,
  request: object,
  file: string,
): Promise<CheckedAnswer> {
  const body = new ByteWriter();
  encodeObject(bucket === undefined ? request : { ...request, bucket: bucket.name, file }, body);
  if (body.length > limits.requestBytes) {
    throw new Failure(
      'data',
      `the request has ${body.length} bytes, and may have ${limits.requestBytes}`,
      {
        hint: 'The state has to be smaller.',
      },
    );
  }
  const late = AbortSignal.timeout(Math.ceil(limits.timeoutMs));
  const both = signal === undefined ? late : AbortSignal.any([signal, late]);
  try {
    const answer = await endpoint(body.take(), both);
    if (bucket === undefined) return checkAnswer(answer, limits);
    return checkAnswer(answer, limits, { rows: await bucket.read(file) });
  } catch (error) {
    if (!late.aborted || isFailure(error)) throw error;
    throw new Failure('transient', `there was no answer within ${limits.timeoutMs} ms`);
  }
}

function countRows(tables: ReadonlyMap<string, readonly unknown[]>): number {
  return [...tables.values()].reduce((sum, rows) => sum + rows.length, 0);
}

function endless(): Failure {
  return new Failure('data', `more than ${mostEmpty} answers in a row had no rows`, {
    hint: 'The function has to read on until it has rows, or has no more.',
  });
}
