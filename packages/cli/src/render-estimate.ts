import type { RunEstimate } from '@fairlead/runtime';
import { printable } from './printable.ts';
import { formatCount } from './quantities.ts';

/** What reading costs, for a person: a line for each stream, and one for all of it. `what` is read. */
export function renderEstimate(estimate: RunEstimate, what: string): readonly string[] {
  const { unit, streams, total, price } = estimate;
  const cost = price === undefined ? '' : `, some ${formatDollars(price.amount)} (${price.basis})`;
  return [
    ...streams.map(
      ({ stream, count }) => `${printable(stream)}: about ${formatCount(count)} ${unit}`,
    ),
    `${what} takes about ${formatCount(total)} ${unit}${cost}`,
  ];
}

/** An amount in dollars, never less than it is: `$0.01`, `$12.35`, `$1,234`. */
function formatDollars(amount: number): string {
  if (amount >= 100) return `$${formatCount(Math.ceil(amount))}`;
  // A cent is not made two by the last bit of a double.
  return `$${(Math.ceil(Number((amount * 100).toFixed(6))) / 100).toFixed(2)}`;
}
