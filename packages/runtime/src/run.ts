import {
  backOffMs,
  describeFailure,
  isFailure,
  sleepFor,
  type Failure,
  type Log,
} from '@fairlead/sdk';
import { attempt } from './attempt.ts';
import { lockPipeline } from './lock.ts';
import type { Pipeline } from './pipeline.ts';
import { newStatus, type RunStatus } from './status.ts';

export interface RunOptions {
  readonly log: Log;
  /** Ends the run at once; what is not committed is rolled back. */
  readonly signal: AbortSignal;
  /** Ends the run at the next commit. */
  readonly stop?: AbortSignal;
  /** Whether to end when every stream has caught up, or to go on for what comes later. */
  readonly until: 'caught-up' | 'forever';
  /** Filled in while the run goes on. */
  readonly status?: RunStatus;
  /** Attempts in all after transient failures, as long as none of them commits anything. */
  readonly attempts?: number;
  /** In `forever`: how often the source is asked for new streams. */
  readonly discoverEveryMs?: number;
}

/** How a run ended. */
export interface RunReport {
  readonly status: RunStatus;
  readonly durationMs: number;
  /** Whether it was asked to stop before it had caught up. */
  readonly stopped: boolean;
  /** The first failure of a stream, when others went on. */
  readonly failure?: Failure;
}

/**
 * Reads what is new at the pipeline's source and makes it durable at its destination, transaction by
 * transaction. After a transient failure it resumes from the last commit.
 *
 * @throws {Failure} of every kind; what was committed before stays.
 */
export async function run(pipeline: Pipeline, options: RunOptions): Promise<RunReport> {
  const { status = newStatus(), signal, attempts = 5 } = options;
  using _lock = lockPipeline(pipeline.stateFolder, pipeline.name, pipeline.identity);
  const stop = options.stop ?? new AbortController().signal;
  const failed = new Map<string, Failure>();
  let failures = 0;
  for (;;) {
    const commitsBefore = status.commits;
    let failure: Failure;
    let stream: string | undefined;
    try {
      const end = await attempt(pipeline, { ...options, status, stop, failed });
      if (end.is === 'new streams') continue;
      if (end.is !== 'stream failed') return report(status, end.is === 'stopped');
      ({ failure, stream } = end);
    } catch (error) {
      signal.throwIfAborted();
      if (!isFailure(error) || error.kind !== 'transient' || stop.aborted) throw error;
      failure = error;
    }
    failures = status.commits > commitsBefore ? 1 : failures + 1;
    if (failure.kind === 'transient' && failures < attempts && !stop.aborted) {
      await waitBefore(failures, failure, { ...options, status });
    } else if (stream === undefined) throw failure;
    else {
      options.log.error('stream failed', { stream, error: describeFailure(failure) });
      failed.set(stream, failure);
      failures = 0;
    }
  }
}

async function waitBefore(
  failures: number,
  failure: Failure,
  { log, signal, status }: { log: Log; signal: AbortSignal; status: RunStatus },
): Promise<void> {
  const ms = failure.retryAfterMs ?? backOffMs(failures);
  log.warn('resuming from the last commit', { error: describeFailure(failure), ms });
  status.retries++;
  status.activity = 'waiting to try again';
  await sleepFor(ms, signal);
}

function report(status: RunStatus, stopped: boolean): RunReport {
  const failure = status.streams.find((stream) => stream.failure !== undefined)?.failure;
  return {
    status,
    durationMs: Date.now() - status.startedMs,
    stopped,
    ...(failure === undefined ? {} : { failure }),
  };
}
