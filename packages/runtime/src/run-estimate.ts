import type { Estimate, Log, SourceState } from '@fairlead/sdk';
import type { Pipeline } from './pipeline.ts';
import type { SelectedStream } from './select.ts';

/** What reading would cost, by stream. */
export interface RunEstimate {
  /** What is billed, as a plural: `document reads`. */
  readonly unit: string;
  readonly streams: readonly { readonly stream: string; readonly count: number }[];
  /** What the work itself takes beside. */
  readonly overhead: number;
  /** All of it. */
  readonly total: number;
  readonly price?: NonNullable<Estimate['price']>;
}

/** What reading on from `state` would cost; undefined when the source is not billed by what is read. */
export async function estimateRun(
  { source }: Pipeline,
  streams: readonly SelectedStream[],
  state: SourceState,
  { log, signal }: { readonly log: Log; readonly signal: AbortSignal },
): Promise<RunEstimate | undefined> {
  const bindings = streams.map(({ binding }) => binding);
  const estimate = await source.estimate({ bindings, state, log, signal });
  if (estimate === undefined) return undefined;
  const { unit, overhead, price } = estimate;
  const counts = streams.map(({ info: { name } }, index) => ({
    stream: name,
    count: estimate.bindings[index] ?? 0,
  }));
  return {
    unit,
    streams: counts,
    overhead,
    total: counts.reduce((sum, { count }) => sum + count, overhead),
    ...(price === undefined ? {} : { price }),
  };
}
