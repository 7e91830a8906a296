import { describeFailure, Failure, isFailure, type Log } from '@fairlead/sdk';
import type { CaptureEnd } from './capture.ts';
import { forPlatform } from '../failures.ts';
import type { OpenSync } from './function-state.ts';
import type { ChosenStream } from './function-table.ts';
import type { Gathering } from './gathering.ts';
import type { FunctionRequest } from './request.ts';

interface SyncScope {
  readonly streams: readonly ChosenStream[];
  /** What the call before has left for this one, of the same sync. */
  readonly before: OpenSync | undefined;
  readonly request: FunctionRequest;
  readonly log: Log;
}

/**
 * What the next call of the sync has to know; undefined when there is to be none.
 * @throws the failure that there was, when nothing is left to answer but that.
 */
export function nextSync(
  end: CaptureEnd,
  gathering: Gathering,
  { streams, before, request, log }: SyncScope,
): OpenSync | undefined {
  if (!hasMore(end, gathering, log)) return undefined;
  const empty = gathering.isWorth ? 0 : (before?.empty ?? 0) + 1;
  if (empty > mostEmpty) {
    log.warn('the sync ends early, as it found no rows for long', { emptyAnswers: empty });
    return undefined;
  }
  const done = [...(before?.done ?? []), ...gathering.done];
  return { ...idOf(request), streams, done, empty };
}

/** The id of a sync as a member. */
export function idOf({ syncId }: FunctionRequest): Pick<OpenSync, 'id'> {
  return syncId === undefined ? {} : { id: syncId };
}

/** Fivetran takes more than ten answers without rows in a row for a loop without end. */
const mostEmpty = 9;

function hasMore(end: CaptureEnd, gathering: Gathering, log: Log): boolean {
  const { isWorth, hasMoved } = gathering;
  switch (end.is) {
    case 'failed':
      // The rows before it are whole. The next call meets it first.
      if (!isWorth || !hasMoved) throw end.error;
      log.warn('the source has failed after a checkpoint', { error: end.error });
      return true;
    case 'stopped':
      if (hasMoved) return true;
      throw new Failure('transient', 'no checkpoint was reached in the time of a call', {
        hint: 'Give the function more time, or have the source read smaller pages or batches.',
      });
    case 'caught-up':
      if (gathering.failures.length === 0) return false;
      // The next call reads the streams only that have failed.
      if (!isWorth || !hasMoved) throw together(gathering.failures);
      return true;
  }
}

function together(failures: readonly Failure[]): Failure {
  const [first, ...others] = failures.map(forPlatform).filter(isFailure);
  if (first === undefined) throw new Error('there is no failure');
  if (others.length === 0) return first;
  const list = [first, ...others].map(describeFailure).join('; ');
  return new Failure(first.kind, `${failures.length} streams could not be read: ${list}`);
}
