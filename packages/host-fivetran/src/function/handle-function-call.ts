import {
  connect,
  type ConnectedSource,
  Failure,
  isFailure,
  type Json,
  type Log,
  type LogLevel,
  type Source,
} from '@fairlead/sdk';
import { type FunctionAnswer, type PiecedAnswer, sizeOf } from './answer.ts';
import { answerSync, type SoftDelete } from './answer-sync.ts';
import { answerTest } from './answer-test.ts';
import { bucketFile } from './bucket-file.ts';
import { errorAnswer } from './error-answer.ts';
import { forPlatform } from '../failures.ts';
import { functionLog } from './function-log.ts';
import {
  budgetOf,
  type BudgetOptions,
  type CallLimits,
  type Platform,
  platformLimits,
} from './limits.ts';
import { noMask } from '@fairlead/host-io';
import { type FunctionRequest, readRequest } from './request.ts';
import { type CallSettings, readSettings } from './settings.ts';

/** How a source is deployed as a function. */
export interface FunctionOptions {
  /** Where it runs; what holds in all of Google Cloud unless given. */
  readonly platform?: Platform;
  /** In place of the platform's. */
  readonly limits?: Partial<CallLimits>;
  /** When a call stops by itself; after 60 % of the bytes and 70 % of the time unless given. */
  readonly budget?: BudgetOptions;
  /** Settings of the source; what the environment and the request say overrules them. */
  readonly settings?: Json;
  /** Patterns of the streams that are read, unless the connection says which; all unless given. */
  readonly streams?: readonly string[];
  /**
   * Variables: those that begin with `FAIRLEAD_SETTING_` are settings, one of Google's says how long a
   * call may take, and those of AWS with which rights rows are put into a bucket.
   */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /**
   * Which tables are named under `softDelete`: those whose backfill begins in the answer, unless
   * given; those of which it deletes rows; or none.
   */
  readonly softDelete?: SoftDelete;
  /** Takes the lines of the log; they go to the standard error unless given. */
  readonly write?: (line: string) => void;
  /** The lowest level that is logged; `info` unless given. */
  readonly level?: LogLevel;
  /** Ends the call, as nobody waits for it any more. */
  readonly signal?: AbortSignal;
  /** Milliseconds since any moment, and never fewer than before. */
  readonly now?: () => number;
}

/** What a platform allows the function. */
export function limitsOf(options: FunctionOptions): CallLimits {
  const { platform = 'gcf-gen1', limits = {}, environment = {} } = options;
  const known = platformLimits[platform];
  // Set by Google Cloud to what the deployment allows.
  const seconds = Number(environment['CLOUD_RUN_TIMEOUT_SECONDS']);
  const timeoutMs = seconds > 0 ? Math.min(seconds * 1_000, known.timeoutMs) : known.timeoutMs;
  return { ...known, timeoutMs, ...limits };
}

/**
 * Answers one request of Fivetran's: the bytes or text of its JSON, or what that was parsed to. A
 * call depends on nothing but its request, so it can be repeated, and several can run at a time.
 * Never fails: errors are answers.
 */
export async function handleFunctionCall(
  source: Source,
  request: unknown,
  options: FunctionOptions = {},
): Promise<FunctionAnswer> {
  const { status, body, release } = await answerCall(source, request, options);
  const whole = Buffer.concat(body);
  release?.();
  return { status, body: whole };
}

/** Answers a request as {@link handleFunctionCall} does, in pieces. */
export async function answerCall(
  source: Source,
  body: unknown,
  options: FunctionOptions = {},
): Promise<PiecedAnswer> {
  const { now = performance.now.bind(performance), level } = options;
  const write = options.write ?? ((line: string) => void process.stderr.write(line));
  const beginMs = now();
  let mask = noMask;
  const logOptions = { write, mask: () => mask, ...(level === undefined ? {} : { level }) };
  let log = functionLog(logOptions);
  const told = (answer: PiecedAnswer, facts: object) => {
    const { status, body: pieces } = answer;
    const ms = Math.round(now() - beginMs);
    log.info('answered', { status, bytes: sizeOf(pieces), ms, ...facts });
    return answer;
  };
  try {
    const request = readRequest(body);
    log = functionLog({ ...logOptions, fields: fieldsOf(request) });
    const settings = readSettings(source, request, options);
    ({ mask } = settings);
    for (const warning of settings.unknown) log.warn('an unknown setting', { warning });
    const { answer, facts } = await answerTo(source, request, settings, {
      ...options,
      now,
      beginMs,
      log,
    });
    return told(answer, facts);
  } catch (thrown) {
    const error = forPlatform(thrown);
    log.error('the call has failed', { error });
    return told(inPieces(errorAnswer(error, mask)), {});
  }
}

interface AnswerScope extends FunctionOptions {
  readonly now: () => number;
  readonly beginMs: number;
  readonly log: Log;
}

async function answerTo(
  source: Source,
  request: FunctionRequest,
  given: CallSettings,
  { softDelete = 'backfills', now, beginMs, log, ...options }: AnswerScope,
): Promise<{ readonly answer: PiecedAnswer; readonly facts: object }> {
  const { signal = new AbortController().signal } = options;
  const limits = limitsOf(options);
  const connected = connectWith(source, given);
  const { file, isTest } = request;
  const writing =
    file === undefined ? {} : { writeFile: bucketFile(file, options.environment, log) };
  if (isTest) {
    const answered = await answerTest(connected, request, { limits, signal, log, ...writing });
    return { answer: { status: 200, body: [answered] }, facts: { test: true } };
  }
  const { body, rowCount, hasMore, release } = await answerSync({
    connected,
    request,
    streams: given.streams ?? options.streams,
    softDelete,
    budget: budgetOf(
      limits,
      options.budget,
      file === undefined ? 'into the answer' : 'into a file',
    ),
    ...writing,
    signal,
    log,
    now,
    beginMs,
  });
  return { answer: { status: 200, body, release }, facts: { rowCount, hasMore } };
}

/** @throws {Failure} config, which says of a setting that is missing which one was meant by another. */
function connectWith(source: Source, { settings, unknown }: CallSettings): ConnectedSource {
  try {
    return connect(source, settings);
  } catch (error) {
    if (!isFailure(error) || unknown.length === 0) throw error;
    throw new Failure(error.kind, error.message, {
      ...(error.where === undefined ? {} : { where: error.where }),
      hint: `Beside that, ${unknown.join('; ')}.`,
    });
  }
}

function fieldsOf({ agent, syncId }: FunctionRequest): Readonly<Record<string, string>> {
  return {
    ...(agent === undefined ? {} : { agent }),
    ...(syncId === undefined ? {} : { sync_id: syncId }),
  };
}

/** A whole answer as one of pieces. */
export function inPieces({ status, body }: FunctionAnswer): PiecedAnswer {
  return { status, body: [body] };
}

/** What is answered to a request that is larger than the platform takes. */
export function tooLargeRequest(limit: number): FunctionAnswer {
  const failure = new Failure('config', `the request has more than ${limit} bytes`, {
    where: 'request',
  });
  return errorAnswer(failure, noMask, 413);
}
