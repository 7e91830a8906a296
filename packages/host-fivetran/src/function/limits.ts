/** What a platform allows one call of a function. */
export interface CallLimits {
  /** How long it may take, in milliseconds. */
  readonly timeoutMs: number;
  /** The largest request, in bytes. */
  readonly requestBytes: number;
  /** The largest answer, in bytes, when it is not compressed. */
  readonly responseBytes: number;
}

/** Where functions run: Google Cloud in its second and first generation, AWS, Azure. */
export type Platform = 'gcf' | 'gcf-gen1' | 'lambda' | 'azure';

/** What platforms allow at most; a deployment may allow less time. */
export const platformLimits: Readonly<Record<Platform, CallLimits>> = {
  gcf: { timeoutMs: 3_600_000, requestBytes: 32_000_000, responseBytes: 32_000_000 },
  'gcf-gen1': { timeoutMs: 540_000, requestBytes: 10_000_000, responseBytes: 10_000_000 },
  lambda: { timeoutMs: 900_000, requestBytes: 6_000_000, responseBytes: 6_000_000 },
  // Its load balancer gives an answer up before the function does.
  azure: { timeoutMs: 230_000, requestBytes: 100_000_000, responseBytes: 100_000_000 },
};

/** After how much of a call's limits what happens. Times are milliseconds since its begin. */
export interface Budget {
  /** The largest answer. */
  readonly responseBytes: number;
  /** What has room for the rows: the answer, or a file. */
  readonly rowBytes: number;
  /** No more is read after the checkpoint at which the rows have this size. */
  readonly stopBytes: number;
  /** No more is read after the next checkpoint, once there are rows. */
  readonly stopMs: number;
  /** How long a source is then waited for to say that there is no more, or to show that there is. */
  readonly lookAheadMs: number;
  /** The source is asked to end, whatever there is. */
  readonly endMs: number;
  /** The source is left alone, and what is at hand is answered. */
  readonly leaveMs: number;
  /** Until when the answer is on its way, and the rows are in their file. */
  readonly answerMs: number;
}

/** When a call stops by itself: after 60 % of the bytes and 70 % of the time unless it is said here. */
export interface BudgetOptions {
  /** The largest file of rows that is put into a bucket; 100 MB unless given. */
  readonly fileBytes?: number;
  readonly stopBytes?: number;
  readonly stopMs?: number;
  /** How long it is waited for after that whether there is more; 10 seconds unless given. */
  readonly lookAheadMs?: number;
}

/**
 * The budget within some limits. What it is asked to be may not exceed them. A call whose rows go
 * into a file has time left to write it.
 */
export function budgetOf(
  limits: CallLimits,
  options: BudgetOptions = {},
  rowsGo: 'into the answer' | 'into a file' = 'into the answer',
): Budget {
  const { timeoutMs, responseBytes } = limits;
  const intoFile = rowsGo === 'into a file';
  const rowBytes = intoFile ? (options.fileBytes ?? 100_000_000) : responseBytes;
  const endMs = timeoutMs * (intoFile ? 0.75 : 0.9);
  return {
    responseBytes,
    rowBytes,
    stopBytes: Math.min(rowBytes, options.stopBytes ?? rowBytes * 0.6),
    stopMs: Math.min(endMs, options.stopMs ?? timeoutMs * 0.7),
    lookAheadMs: options.lookAheadMs ?? 10_000,
    endMs,
    leaveMs: timeoutMs * (intoFile ? 0.8 : 0.95),
    answerMs: timeoutMs * 0.95,
  };
}
